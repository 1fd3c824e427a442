// What taking one event back does to its record and its campaign: the inverse of `effects.ts`. Pure.

import { type Category, groupOf } from '../model/categories.ts'
import type { Kind } from '../model/report.ts'
import type { BounceType } from '../model/verdict.ts'
import type { CampaignCounts, RecordState } from './effects.ts'
import { sameAddress } from './mapped-record.ts'
import { lastTaken, type PastBounce, takenBy } from './taken-address.ts'

const flags = ({ effect }: PastBounce): boolean =>
  effect === 'flagged' || effect === 'removed' || effect === 'held'

/**
 * The record as if the event had never been.
 * @param left its other events that did something to it and still stand, newest first
 * @param options.resetAt epoch milliseconds of its last reset: only what was recorded since then counts
 * @param options.bouncedAddress what the record showed as bounced before the undo began
 */
export function recordWithout(
  record: RecordState,
  undone: PastBounce,
  left: readonly PastBounce[],
  options: { readonly resetAt: number; readonly bouncedAddress: string | null },
): RecordState {
  const isSinceReset = (event: PastBounce): boolean => event.recordedAt >= options.resetAt
  const counted = isSinceReset(undone) ? 1 : 0
  // Counts outlive their events: more counts than events, and some were pruned.
  const isPruned = record.hardBounces + record.softBounces > left.filter(isSinceReset).length + counted
  const stillFlagged = isPruned || left.some(event => flags(event) && isSinceReset(event))
  const lastLeft = left.length > 0 ? Math.max(...left.map(event => event.receivedAt)) : null
  const taken = takenBy(undone)
  const showedIt = taken !== null && sameAddress(options.bouncedAddress, taken)
  return {
    ...record,
    emailBounced: record.emailBounced && (stillFlagged || !flags(undone)),
    bouncedAddress: showedIt ? lastTaken(record.email, left) : record.bouncedAddress,
    hardBounces: Math.max(0, record.hardBounces - (undone.type === 'hard' ? counted : 0)),
    softBounces: Math.max(0, record.softBounces - (undone.type === 'soft' ? counted : 0)),
    lastBounceAt: lastLeft ?? (isPruned ? record.lastBounceAt : null),
  }
}

/** How a campaign counts a record, and by which events. */
export interface CountedStanding {
  readonly type: BounceType | null
  readonly blocked: boolean
  readonly eventId: number | null
  readonly complaintEventId: number | null
}

/** An event of the same record and campaign that still stands. */
export interface PastEvent extends Pick<PastBounce, 'id' | 'type' | 'effect'> {
  readonly kind: Kind
  readonly category: Category | null
}

/**
 * How the campaign counts the record once the event is gone, and what that adds to its counts.
 * @param left the oldest first
 */
export function standingWithout(
  before: CountedStanding,
  undoneId: number,
  left: readonly PastEvent[],
): { readonly standing: CountedStanding; readonly add: CampaignCounts } {
  const complaint = left.find(event => event.kind === 'complaint')
  const standing: CountedStanding = {
    ...before,
    ...bounceWithout(before, undoneId, left),
    ...(before.complaintEventId === undoneId ? { complaintEventId: complaint?.id ?? null } : {}),
  }
  const change = (now: boolean, then: boolean): number => Number(now) - Number(then)
  return {
    standing,
    add: {
      hard: change(standing.type === 'hard', before.type === 'hard'),
      soft: change(standing.type === 'soft', before.type === 'soft'),
      blocked: change(standing.blocked, before.blocked),
      complaints: change(standing.complaintEventId !== null, before.complaintEventId !== null),
    },
  }
}

/** What counted goes on to count, though its event may have been pruned. */
function bounceWithout(
  before: CountedStanding,
  undoneId: number,
  left: readonly PastEvent[],
): Partial<CountedStanding> {
  if (before.eventId !== undoneId) return {}
  const bounces = left.filter(event => event.kind === 'bounce' && event.effect !== 'none')
  const counted = bounces.find(event => event.type === 'hard') ?? bounces[0]
  const isBlocked = counted?.type === 'soft' && counted.category !== null
  return {
    type: counted?.type ?? null,
    blocked: isBlocked && groupOf(counted.category) === 'blocked',
    eventId: counted?.id ?? null,
  }
}
