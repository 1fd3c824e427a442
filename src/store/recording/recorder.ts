// Group commit: many messages share a transaction, each is answered after its commit, and none can hurt another.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BounceEvent, Recorded } from '../../model/event.ts'
import { type Failure, type Patience, patience } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { scheduleAfterwork } from './afterwork.ts'
import { type AttemptSettings, createAttempts } from './attempt.ts'
import { takeGroup, type Waiting } from './group.ts'
import { createSettling, type SettlingSettings } from './settling.ts'
import type { Trust } from './trust.ts'

export interface RecorderSettings extends Trust {
  /** Events a transaction takes at most; a message is never divided. */
  readonly maxBatch?: number
  /** Messages that may wait; beyond, `record` rejects at once. */
  readonly maxWaiting?: number
  /** Put new events into the outbox (outbox.ts). */
  readonly outbox?: boolean
  /** False: every batch goes the general way. */
  readonly fastPath?: boolean
  readonly patience?: Patience
  /** Told of each committed batch and of each failure, for metrics and log. */
  readonly onCommit?: AttemptSettings['onCommit']
  readonly onFailure?: (failure: Failure, error: unknown) => void
  readonly onRefusal?: SettlingSettings['onRefusal']
  readonly onStripped?: SettlingSettings['onStripped']
  /** Told when one of the others threw: what is committed is answered as stored all the same. */
  readonly onObserverError?: (error: unknown) => void
  /** Told why the fast path left a group to the general one: every day's business, unless it is every group. */
  readonly onGaveUp?: AttemptSettings['onGaveUp']
  /** Told when campaigns' counts or rules' hits could not be added up; they are tried again. */
  readonly onAfterworkError?: (error: unknown) => void
}

export interface Recorder {
  /**
   * Stores one message's events. Resolves, in the order given, once they are committed or known to be stored;
   * rejects when nothing of them is stored (SMTP answers 451).
   */
  readonly record: (events: readonly BounceEvent[]) => Promise<readonly Recorded[]>
  /** Messages that wait for their commit. */
  readonly waiting: () => number
  /** Resolves when everything taken so far is answered; nothing more is taken. */
  readonly close: () => Promise<void>
}

/** The queue is full, or the recorder is closing. */
export class NotTaken extends Error {}

/**
 * Turns of the event loop between the first message and its batch, in which comes in what other connections have sent: at
 * least, and at most, while each of them brings something. A commit costs as much as recording five events.
 */
const leastTurns = 2
const mostTurns = 8
/** How long, between two batches, what is locked is tried again; and the pause when nothing else is to do. */
const lockedRoundMs = 100
const lockedPauseMs = 50

export function createRecorder(store: Store, settings: RecorderSettings): Recorder {
  const { maxBatch = 200, maxWaiting = 5_000 } = settings
  const guarded =
    <Told extends readonly unknown[]>(observer: ((...told: Told) => void) | undefined) =>
    (...told: Told): void => {
      try {
        observer?.(...told)
      } catch (error) {
        settings.onObserverError?.(error)
      }
    }
  const observers = {
    patience: settings.patience ?? patience,
    onCommit: guarded(settings.onCommit),
    onFailure: guarded(settings.onFailure),
    onRefusal: guarded(settings.onRefusal),
    onStripped: guarded(settings.onStripped),
    onGaveUp: guarded(settings.onGaveUp),
  }
  const queue: Waiting[] = []
  const attempts = createAttempts(store, {
    ...settings,
    ...observers,
    outbox: settings.outbox ?? false,
    fastPath: settings.fastPath ?? true,
    onWritten: recorded => afterwork.committed(recorded.flatMap(each => (each.isNew ? each.event : []))),
  })
  const afterwork = scheduleAfterwork(store, { onError: guarded(settings.onAfterworkError) })
  const { settle, locked, refuseOverdue, batchLimit, cautiousUntil } = createSettling(
    store,
    attempts,
    observers,
    error => {
      for (const message of queue.splice(0)) message.reject(error)
    },
  )
  let working: Promise<void> | null = null
  let closed = false

  const retryLocked = async (): Promise<void> => {
    refuseOverdue()
    const until = performance.now() + lockedRoundMs
    for (let left = locked.length; left > 0 && performance.now() < until; left--)
      await settle(locked.splice(0, 1))
  }

  const gather = async (): Promise<void> => {
    for (let turn = 0, before = 0; turn < mostTurns && queue.length < maxBatch; turn++) {
      if (turn >= leastTurns && queue.length === before) return
      before = queue.length
      await nextTurn()
    }
  }

  const work = async (): Promise<void> => {
    while (queue.length + locked.length > 0) {
      if (queue.length > 0) {
        await gather()
        const most = Math.min(maxBatch, batchLimit())
        await settle([takeGroup(queue, most, performance.now() > cautiousUntil())])
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
    waiting: () => queue.length + locked.length,
    close: async () => {
      closed = true
      await working
      await afterwork.close()
      await attempts.close()
    },
  }
}
