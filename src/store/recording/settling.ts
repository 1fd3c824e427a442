// How each message gets its answer: a group that fails is divided until the culprit stands alone, and hurts nobody else.

import { dayMs } from '../../model/day.ts'
import type { Recorded } from '../../model/event.ts'
import type { StrippedDetail } from '../../model/stripped-bounce.ts'
import { codeOf, type Failure, failureOf, type Patience } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type Attempts, fingerprintOfMessage } from './attempt.ts'
import { type Group, halves } from './group.ts'
import { createLockedGroups } from './locked-groups.ts'
import { probe } from './probe.ts'
import { noteRefused } from './stripped.ts'
import { createTakenLately } from './taken-lately.ts'

export interface SettlingSettings {
  readonly patience: Patience
  readonly onFailure: (failure: Failure, error: unknown) => void
  /** Told when all who wait are refused, since the database takes nothing from anybody. */
  readonly onRefusal: (failure: Failure) => void
  /** Told of a message that was stored without its text. */
  readonly onStripped: (stripped: StrippedMessage) => void
}

export interface StrippedMessage {
  readonly detail: StrippedDetail
  readonly ids: readonly string[]
  readonly error: unknown
}

export interface Settling {
  /** Writes one group after another until each message is answered or waits in `locked`. Never rejects. */
  readonly settle: (groups: readonly Group[]) => Promise<void>
  /** Groups of one record each, whose rows somebody else holds: they wait beside the queue and stop nobody. */
  readonly locked: Group[]
  /** Refuses those of `locked` that have waited as long as a sender should. */
  readonly refuseOverdue: () => void
  /** Events a transaction takes by now: halved when one was slow, doubled again by each that was not. */
  readonly batchLimit: () => number
  /** Until then (`performance.now()`) transactions do not wait for others' rows. */
  readonly cautiousUntil: () => number
}

/** The database takes the probe and refuses so many messages in a row: it is the database, whatever the probe says. */
const mostCulprits = 20
const largestBatch = 1_024
/** After so long the sender gives up soon: rather without its text than not at all. */
const stripAfterMs = dayMs

export function createSettling(
  store: Store,
  attempts: Attempts,
  settings: SettlingSettings,
  /** Refuses whoever waits in the queue. */
  refuseQueue: (error: unknown) => void,
): Settling {
  let batchLimit = largestBatch
  let culprits = 0

  const refuse = (groups: readonly Group[], error: unknown): void => {
    for (const message of groups.flatMap(group => group.messages)) message.reject(error)
  }

  const refuseLocked = (group: Group, error: unknown): void => {
    settings.onFailure('locked', error)
    refuse([group], error)
  }
  const locked = createLockedGroups(settings.patience, refuseLocked)
  const takenLately = createTakenLately()

  const answer = (group: Group, recorded: readonly (readonly Recorded[])[]): void => {
    culprits = 0
    batchLimit = Math.min(largestBatch, batchLimit * 2)
    takenLately.add(group)
    for (const [at, message] of group.messages.entries()) message.resolve(recorded[at] ?? [])
  }

  /** When the database is away or blocked, nobody's mail would be stored. */
  const refuseAll = (groups: readonly Group[], error: unknown): void => {
    settings.onRefusal(failureOf(error))
    refuse([...groups, ...locked.groups.splice(0)], error)
    refuseQueue(error)
  }

  /** Writes one message without its text. Null when it is answered, else the error. */
  const strip = async (group: Group, detail: StrippedDetail, cause: unknown): Promise<unknown> => {
    try {
      const recorded = await attempts.write(group, detail, cause)
      answer(group, recorded)
      const ids = recorded.flatMap(events => events.filter(({ isNew }) => isNew).map(({ id }) => id))
      if (ids.length > 0) settings.onStripped({ detail, ids, error: cause })
      return null
    } catch (error) {
      return error
    }
  }

  /** One message that the database does not take, though it takes others. */
  const settleCulprit = async (group: Group, error: unknown): Promise<readonly Group[] | 'all'> => {
    if (failureOf(error) === 'content') {
      // The control: the same without its text, rolled back. Only when it succeeds was it the text.
      const left = (await attempts.tryBare(group)) ?? (await strip(group, 'bare', error))
      if (left === null) return []
      if (failureOf(left) === 'locked') return locked.divide(group, left)
      if (failureOf(left) !== 'content' && !(await takesProbe(store))) return 'all'
    }
    const isHopeless = (await refusedMs(store, group, error)) >= stripAfterMs && takenLately.has(group)
    if (isHopeless)
      for (const detail of ['bare', 'inert'] as const)
        if ((await strip(group, detail, error)) === null) return []
    culprits++
    if (culprits >= mostCulprits) return 'all'
    refuse([group], error)
    return []
  }

  /** What to try instead of a group that failed; `all`: nothing, the database takes nothing from anybody. */
  const afterFailure = async (group: Group, error: unknown): Promise<readonly Group[] | 'all'> => {
    const failure = failureOf(error)
    if (failure === 'locked') return locked.divide(group, error)
    if (failure === 'conflict' || failure === 'lost') return 'all'
    if (failure === 'slow') batchLimit = Math.max(1, batchLimit >> 1)
    const isOne = group.messages.length === 1
    // A value is the message's own; anything else may be the database's.
    const isOurs = failure === 'trouble' || failure === 'slow' || (failure === 'duplicate' && isOne)
    if (isOurs && !(await takesProbe(store))) return 'all'
    if (!isOne) return halves(group)
    if (failure !== 'slow') return await settleCulprit(group, error)
    refuse([group], error)
    return []
  }

  return {
    locked: locked.groups,
    refuseOverdue: locked.refuseOverdue,
    batchLimit: () => batchLimit,
    cautiousUntil: locked.cautiousUntil,
    settle: async groups => {
      const ahead = [...groups]
      for (let group = ahead.shift(); group; group = ahead.shift()) {
        try {
          answer(group, await attempts.write(group, 'full'))
        } catch (error) {
          const next = await afterFailure(group, error)
          if (next === 'all') return refuseAll([group, ...ahead], error)
          ahead.unshift(...next)
        }
      }
    },
  }
}

async function takesProbe(store: Store): Promise<boolean> {
  try {
    await probe(store)
    return true
  } catch {
    return false
  }
}

/** For how long the database has refused a message by now; notes that it does so again. */
async function refusedMs(store: Store, { messages: [message] }: Group, error: unknown): Promise<number> {
  if (!message) return 0
  return await noteRefused(store, fingerprintOfMessage(message.events), codeOf(error)).catch(() => 0)
}
