// How each message gets its answer: a group that fails is divided until the culprit stands alone, and hurts nobody else.

import type { BounceEvent, Recorded } from '../../model/event.ts'
import type { StrippedDetail } from '../../model/stripped-bounce.ts'
import { codeOf, type Failure, failureOf, type Patience } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type Attempts, fingerprintOfMessage } from './attempt.ts'
import { byRecord, type Group, halves, waited } from './group.ts'
import { probe } from './probe.ts'
import { noteRefused } from './stripped.ts'

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

/** A group waited as long as mail can: somebody else has its record. */
export class RecordLocked extends Error {}

/** Once a row was found locked, transactions do not wait for others' rows for this long: it may be one of the next too. */
const cautiousMs = 30_000
/** The database takes the probe and refuses so many messages in a row: it is the database, whatever the probe says. */
const mostCulprits = 20
const largestBatch = 1_024
/** After so long the sender gives up soon: rather without its text than not at all. */
const stripAfterMs = 24 * 3_600_000
/** A module of which mail was stored within this time is one whose tables work. */
const recentMs = 3_600_000

export function createSettling(
  store: Store,
  attempts: Attempts,
  settings: SettlingSettings,
  /** Refuses whoever waits in the queue. */
  refuseQueue: (error: unknown) => void,
): Settling {
  const limits = settings.patience
  const locked: Group[] = []
  /** When mail of a module was committed last, by `performance.now()`. */
  const committedAt = new Map<string, number>()
  let cautiousUntil = 0
  let batchLimit = largestBatch
  let culprits = 0

  const answer = (group: Group, recorded: readonly (readonly Recorded[])[]): void => {
    culprits = 0
    batchLimit = Math.min(largestBatch, batchLimit * 2)
    for (const event of group.messages.flatMap(message => message.events))
      committedAt.set(moduleOf(event), performance.now())
    for (const [at, message] of group.messages.entries()) message.resolve(recorded[at] ?? [])
  }

  const refuse = (groups: readonly Group[], error: unknown): void => {
    for (const message of groups.flatMap(group => group.messages)) message.reject(error)
  }

  /** When the database is away or blocked, nobody's mail would be stored. */
  const refuseAll = (groups: readonly Group[], error: unknown): void => {
    settings.onRefusal(failureOf(error))
    refuse([...groups, ...locked.splice(0)], error)
    refuseQueue(error)
  }

  const refuseLocked = (group: Group, error: unknown): void => {
    settings.onFailure('locked', error)
    refuse([group], error)
  }

  /** The groups to try now, of one in which a row is locked; one that cannot be divided waits, or has waited enough. */
  const divideLocked = (group: Group, error: unknown): readonly Group[] => {
    cautiousUntil = performance.now() + cautiousMs
    const parts = byRecord(group)
    if (waited(group) >= limits.conflictMs) refuseLocked(group, error)
    else if (parts.length > 1) return parts
    else locked.push(...parts)
    return []
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

  /** Has the database refused this message for a day while it took others of its module? */
  const isHopeless = async (group: Group, error: unknown): Promise<boolean> => {
    const [message] = group.messages
    if (!message) return false
    const refusedMs = await noteRefused(store, fingerprintOfMessage(message.events), codeOf(error)).catch(
      () => 0,
    )
    const last = Math.max(
      ...message.events.map(event => committedAt.get(moduleOf(event)) ?? Number.NEGATIVE_INFINITY),
    )
    return refusedMs >= stripAfterMs && performance.now() - last < recentMs
  }

  /** One message that the database does not take, though it takes others. */
  const settleCulprit = async (group: Group, error: unknown): Promise<readonly Group[] | 'all'> => {
    if (failureOf(error) === 'content') {
      // The control: the same without its text, rolled back. Only when it succeeds was it the text.
      const left = (await attempts.tryBare(group)) ?? (await strip(group, 'bare', error))
      if (left === null) return []
      if (failureOf(left) === 'locked') return divideLocked(group, left)
      if (failureOf(left) !== 'content' && !(await takesProbe(store))) return 'all'
    }
    if (await isHopeless(group, error))
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
    if (failure === 'locked') return divideLocked(group, error)
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
    locked,
    refuseOverdue: () => {
      const overdue = locked.filter(group => waited(group) >= limits.conflictMs)
      locked.splice(0, locked.length, ...locked.filter(group => !overdue.includes(group)))
      for (const group of overdue) refuseLocked(group, new RecordLocked('Somebody else holds its record'))
    },
    batchLimit: () => batchLimit,
    cautiousUntil: () => cautiousUntil,
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

const moduleOf = (event: BounceEvent): string => event.link?.send.module ?? ''
