// Group commit: many messages share a transaction, each is answered after its commit, and none can hurt another.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BounceEvent, Recorded } from '../../model/event.ts'
import { type Failure, failureOf, type Patience, patience, pause } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { inTransaction, type Transaction, UnknownOutcome } from '../database/transaction.ts'
import { createCampaignIds } from '../tables/campaign-numbers.ts'
import { campaignsOf, writeBatch } from './batch.ts'
import type { BatchResult } from './batch-result.ts'
import { CampaignGone } from './campaign-counts.ts'
import type { Detail } from './event-row.ts'
import { byRecord, type Group, halves, takeGroup, type Waiting } from './group.ts'
import type { Trust } from './trust.ts'

export interface RecorderSettings extends Trust {
  /** Events a transaction takes at most; a message is never divided. */
  readonly maxBatch?: number
  /** Messages that may wait; beyond, `record` rejects at once. */
  readonly maxWaiting?: number
  /** Put new events into the outbox (outbox.ts). */
  readonly outbox?: boolean
  readonly patience?: Patience
  /** Told of each committed batch and of each failure, for metrics and log. */
  readonly onCommit?: (batch: Committed) => void
  readonly onFailure?: (failure: Failure, error: unknown) => void
  /** Told when all who wait are refused, since the database takes nothing from anybody. */
  readonly onRefusal?: (failure: Failure) => void
  /** Told when `onCommit` threw: the batch is stored all the same, and answered so. */
  readonly onObserverError?: (error: unknown) => void
}

export interface Committed {
  /** New events. */
  readonly events: number
  readonly seconds: number
}

export interface Recorder {
  /**
   * Stores one message's events. Resolves, in the order given, once they are committed or known to be stored;
   * rejects when nothing of them is stored (SMTP answers 451).
   */
  readonly record: (events: readonly BounceEvent[]) => Promise<readonly Recorded[]>
  /** Resolves when everything taken so far is answered; nothing more is taken. */
  readonly close: () => Promise<void>
}

/** The queue is full, or the recorder is closing. */
export class NotTaken extends Error {}

/** Turns of the event loop between the first message and its batch: what other connections have sent comes in meanwhile. */
const gatherTurns = 2
/** Once a row was found locked, transactions do not wait for others' rows for this long: it may be one of the next too. */
const cautiousMs = 30_000
/** How long, between two batches, what is locked is tried again; and the pause when nothing else is to do. */
const lockedRoundMs = 100
const lockedPauseMs = 50

export function createRecorder(store: Store, settings: RecorderSettings): Recorder {
  const { maxBatch = 200, maxWaiting = 5_000, outbox = false } = settings
  const limits = settings.patience ?? patience
  const campaignIds = createCampaignIds(store)
  const queue: Waiting[] = []
  /** One record each, whose rows somebody else holds: they wait beside the queue and stop nobody. */
  const locked: Group[] = []
  let cautiousUntil = 0
  let working: Promise<void> | null = null
  let closed = false
  /** Halved when a transaction was cut for its length, doubled again by each that was not. */
  let batchLimit = maxBatch

  const waited = (group: Group): number => performance.now() - group.since
  const isOverdue = (group: Group): boolean => !group.waitsForRows && waited(group) >= limits.conflictMs

  /** What is committed is answered as stored, whatever those who watch make of it. */
  const announce = (committed: Committed): void => {
    try {
      settings.onCommit?.(committed)
    } catch (error) {
      settings.onObserverError?.(error)
    }
  }

  const write = async (group: Group, detail: Detail): Promise<readonly (readonly Recorded[])[]> => {
    const messages = group.messages.map(message => message.events)
    const started = performance.now()
    let reported: Failure | null = null
    let locks = 0
    for (let attempt = 0; ; attempt++) {
      let written: BatchResult | null = null
      try {
        const campaigns = detail === 'inert' ? new Map() : await campaignsOf(messages, campaignIds)
        const { unanswered, waitsForRows } = group
        const work = async (transaction: Transaction): Promise<BatchResult> => {
          const onRefused = (error: unknown): void => settings.onFailure?.('content', error)
          const batch = { messages, campaigns, detail, trust: settings, outbox, onRefused, unanswered }
          written = await writeBatch(store, transaction, batch)
          return written
        }
        const committed = await inTransaction(store, work, { waitsForRows })
        announce({ events: committed.inserted.size, seconds: (performance.now() - started) / 1000 })
        return committed.recorded
      } catch (error) {
        if (error instanceof UnknownOutcome) group.unanswered = written
        if (error instanceof CampaignGone) campaignIds.forget()
        const failure = error instanceof CampaignGone ? 'conflict' : failureOf(error)
        if (failure === 'locked') locks++
        // A lock that is tried a hundred times is one failure; a moment's is none.
        if (failure !== reported && (group.waitsForRows || failure !== 'locked'))
          settings.onFailure?.(failure, error)
        reported = failure
        const again =
          failure === 'conflict'
            ? waited(group) < limits.conflictMs
            : failure === 'locked'
              ? group.waitsForRows && locks < 2
              : failure === 'lost'
                ? performance.now() - started < limits.lostMs
                : // Somebody else stored the same meanwhile: the next try sees it.
                  failure === 'duplicate' && attempt < 20
        if (!again) throw error
        await pause(attempt, failure)
      }
    }
  }

  /**
   * Writes one group after another. What fails for its content is divided until the culprit stands alone, and that one
   * is stored in ever barer form; what fails for a locked row is divided by records, and only those that are locked wait.
   */
  const settle = async (groups: readonly Group[]): Promise<void> => {
    const ahead = [...groups]
    for (let group = ahead.shift(); group; group = ahead.shift()) {
      if (isOverdue(group)) {
        refuseLocked(group, new NotTaken('Somebody else holds its record'))
        continue
      }
      try {
        answer(group, await write(group, 'full'))
        batchLimit = Math.min(maxBatch, batchLimit * 2)
      } catch (error) {
        const failure = failureOf(error)
        if (failure === 'locked') ahead.unshift(...divideLocked(group, error))
        else if (failure !== 'content' && failure !== 'duplicate') {
          if (failure === 'slow') batchLimit = Math.max(1, batchLimit >> 1)
          return refuseAll([group, ...ahead], failure, error)
        } else if (group.messages.length > 1) ahead.unshift(...halves(group))
        else await settleBare(group, error)
      }
    }
  }

  const settleBare = async (group: Group, cause: unknown): Promise<void> => {
    for (const detail of ['bare', 'inert'] as const) {
      try {
        return answer(group, await write(group, detail))
      } catch (error) {
        const failure = failureOf(error)
        if (failure === 'locked') {
          divideLocked(group, error)
          return
        }
        // The barer form is next; when there is none, the first failure is the one to report.
        if (failure !== 'content' && failure !== 'duplicate') return refuse([group], error)
      }
    }
    refuse([group], cause)
  }

  /** The groups to try now, of one in which a row is locked; one that cannot be divided is locked, or has waited enough. */
  const divideLocked = (group: Group, error: unknown): readonly Group[] => {
    cautiousUntil = performance.now() + cautiousMs
    const parts = byRecord(group)
    if (waited(group) >= limits.conflictMs) refuseLocked(group, error)
    else if (parts.length > 1) return parts
    else locked.push(...parts)
    return []
  }

  const refuseLocked = (group: Group, error: unknown): void => {
    settings.onFailure?.('locked', error)
    refuse([group], error)
  }

  const answer = (group: Group, recorded: readonly (readonly Recorded[])[]): void => {
    for (const [at, message] of group.messages.entries()) message.resolve(recorded[at] ?? [])
  }

  const refuse = (groups: readonly Group[], error: unknown): void => {
    for (const message of groups.flatMap(group => group.messages)) message.reject(error)
  }

  /** When the database is away or blocked, all who wait would wait without success. */
  const refuseAll = (groups: readonly Group[], failure: Failure, error: unknown): void => {
    settings.onRefusal?.(failure)
    refuse([...groups, ...locked.splice(0)], error)
    for (const message of queue.splice(0)) message.reject(error)
  }

  const retryLocked = async (): Promise<void> => {
    const all = locked.splice(0)
    locked.push(...all.filter(group => !isOverdue(group)))
    await settle(all.filter(isOverdue))
    const until = performance.now() + lockedRoundMs
    for (let left = locked.length; left > 0 && performance.now() < until; left--)
      await settle(locked.splice(0, 1))
  }

  const work = async (): Promise<void> => {
    while (queue.length + locked.length > 0) {
      if (queue.length > 0) {
        for (let turn = 0; turn < gatherTurns; turn++) await nextTurn()
        await settle([takeGroup(queue, batchLimit, performance.now() > cautiousUntil)])
      } else await new Promise(resolve => setTimeout(resolve, lockedPauseMs))
      await retryLocked()
    }
    working = null
  }

  return {
    record: events => {
      if (events.length === 0) return Promise.resolve([])
      if (closed) return Promise.reject(new NotTaken('The recorder is closed'))
      if (queue.length + locked.length >= maxWaiting)
        return Promise.reject(new NotTaken('Too many messages wait for the database'))
      return new Promise((resolve, reject) => {
        queue.push({ events, resolve, reject })
        working ??= Promise.resolve().then(work)
      })
    },
    close: async () => {
      closed = true
      await working
    },
  }
}
