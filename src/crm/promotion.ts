// A soft bounce that makes its record hard: which bounces count towards a threshold, and what reaching one does. Pure.

import { type Category, groupOf } from '../model/categories.ts'
import { type BounceEvent, countedConcerns } from '../model/event.ts'
import type { Effects } from './effects.ts'
import { type SoftBounce, type ThresholdsInForce, thresholdName, thresholdReached } from './thresholds.ts'

/** The soft bounces of a record on one day, of one category and address. */
export interface BouncedDay {
  readonly category: Category
  readonly address: string
  /** Any time of that day, epoch milliseconds. */
  readonly at: number
  /** Of the last of them, epoch milliseconds. */
  readonly recordedAt: number
  /** Of the last of them. */
  readonly id: number
}

/** The event with this id made the count begin anew; of one address where it names one. */
export interface Beginning {
  readonly address: string | null
  readonly id: number
}

/** What came back for one record, as far as thresholds ask. */
export interface RecordPast {
  readonly days: readonly BouncedDay[]
  readonly beginnings: readonly Beginning[]
}

/** The counts of one batch: what was recorded before it, and what it brings, in the order of its events. */
export interface Counting {
  /** Somebody lives at the record's addresses: what bounced until now counts no longer. */
  readonly beginAnew: (record: string) => void
  /** The effects of a bounce, grown to the removal of the address where it is the one that reaches a threshold. */
  readonly grown: (record: string, event: BounceEvent, effects: Effects) => Effects
}

/**
 * Could this bounce reach a threshold? A dead member of a list does not make the list's address dead. What anyone
 * could have forged does not count.
 */
export function isCandidate(
  { kind, concern, link, verdict, recipient: { replyCode } }: BounceEvent,
  thresholds: ThresholdsInForce,
  trustClaimed: boolean,
): boolean {
  if (kind !== 'bounce' || !verdict || verdict.type !== 'soft' || !thresholds[verdict.category]) return false
  if (!countedConcerns.includes(concern) || !(link?.proven || (link && trustClaimed))) return false
  // "No such user" in class 4 is what a server says whose directory is away; repeated for days it is meant.
  return groupOf(verdict.category) !== 'hard' || verdict.permanent === false || (replyCode ?? 500) < 500
}

/**
 * @param pasts by record; of others nothing is known
 * @param options.since epoch milliseconds of a record's reset or proof of life: what was recorded before does not count
 */
export function startCounting(
  thresholds: ThresholdsInForce,
  pasts: ReadonlyMap<string, RecordPast>,
  options: { readonly trustClaimed: boolean; readonly since: (record: string) => number },
): Counting {
  /** Of each record, by address in lower case. */
  const counts = new Map<string, Map<string, SoftBounce[]>>()
  const bouncesOf = (record: string, address: string): SoftBounce[] => {
    const known = counts.get(record) ?? pastCounts(thresholds, pasts.get(record), options.since(record))
    counts.set(record, known)
    const bounces = known.get(address.toLowerCase()) ?? []
    known.set(address.toLowerCase(), bounces)
    return bounces
  }
  return {
    beginAnew: record => counts.set(record, new Map()),
    grown: (record, event, effects) => {
      const { record: state, address } = effects
      if (effects.effect !== 'flagged' || effects.type !== 'soft' || !event.verdict) return effects
      if (!isCandidate(event, thresholds, options.trustClaimed)) return effects
      // Only of the address that the record has: what bounced long ago says nothing of a new one.
      if (!state || state.email === null || state.email !== address) return effects
      const bounces = bouncesOf(record, address)
      bounces.push({ category: event.verdict.category, at: event.receivedAt.getTime() })
      if (event.keepsAddress) return effects
      const reached = thresholdReached(thresholds, bounces)
      const threshold = reached && thresholds[reached]
      if (!threshold) return effects
      // The count is spent: should the address come back, it begins anew.
      bounces.length = 0
      return {
        ...effects,
        effect: 'removed',
        record: { ...state, email: null, bouncedAddress: state.email },
        promotedBy: thresholdName(reached, threshold),
      }
    },
  }
}

function pastCounts(
  thresholds: ThresholdsInForce,
  past: RecordPast | undefined,
  since: number,
): Map<string, SoftBounce[]> {
  const counts = new Map<string, SoftBounce[]>()
  for (const { category, address, at, recordedAt, id } of past?.days ?? []) {
    const threshold = thresholds[category]
    if (!threshold || recordedAt < since || id <= threshold.afterId) continue
    const begun = (beginning: Beginning): boolean =>
      beginning.id > id && (beginning.address ?? address).toLowerCase() === address.toLowerCase()
    if (past?.beginnings.some(begun)) continue
    const known = counts.get(address.toLowerCase()) ?? []
    counts.set(address.toLowerCase(), [...known, { category, at }])
  }
  return counts
}
