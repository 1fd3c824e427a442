// Group commit: many messages share a transaction, each is answered after its commit, and none can hurt another.

import type { BounceEvent, Recorded } from '../model.ts'
import { campaignsOf, type Written, writeBatch } from './batch.ts'
import { CampaignGone } from './campaign-counts.ts'
import { createCampaignIds } from './campaign-numbers.ts'
import type { Detail } from './event-row.ts'
import type { Trust } from './facts.ts'
import { type Failure, failureOf, type Patience, patience, pause } from './failures.ts'
import type { Store } from './open.ts'
import { inTransaction, UnknownOutcome } from './transaction.ts'

export interface RecorderSettings extends Trust {
  /** Events a transaction takes at most; a message is never divided. */
  readonly maxBatch?: number
  /** Messages that may wait; beyond, `record` rejects at once. */
  readonly maxWaiting?: number
  /** Put new events into the outbox (outbox.ts). */
  readonly outbox?: boolean
  readonly patience?: Patience
  /** Told of each committed batch and of each failure, for metrics and log. */
  readonly onCommit?: (batch: { readonly events: number; readonly seconds: number }) => void
  readonly onFailure?: (failure: Failure, error: unknown) => void
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

interface Waiting {
  readonly events: readonly BounceEvent[]
  readonly resolve: (recorded: readonly Recorded[]) => void
  readonly reject: (error: unknown) => void
}

export function createRecorder(store: Store, settings: RecorderSettings): Recorder {
  const { maxBatch = 200, maxWaiting = 5_000, outbox = false } = settings
  const limits = settings.patience ?? patience
  const campaignIds = createCampaignIds(store)
  const queue: Waiting[] = []
  let working: Promise<void> | null = null
  let closed = false
  /** Halved when a transaction was cut for its length, doubled again by each that was not. */
  let batchLimit = maxBatch

  const write = async (
    messages: readonly Waiting[],
    detail: Detail,
  ): Promise<readonly (readonly Recorded[])[]> => {
    const events = messages.map(message => message.events)
    const started = performance.now()
    // What a transaction wrote whose COMMIT got no answer: found again, it is ours and not a duplicate.
    let unanswered: Written | null = null
    let told: Failure | null = null
    for (let attempt = 0; ; attempt++) {
      let written: Written | null = null
      try {
        const campaigns = detail === 'inert' ? new Map() : await campaignsOf(events, campaignIds)
        const committed = await inTransaction(store, async transaction => {
          const batch = { messages: events, campaigns, detail, trust: settings, outbox, unanswered }
          written = await writeBatch(store, transaction, batch)
          return written
        })
        settings.onCommit?.({
          events: committed.inserted.size,
          seconds: (performance.now() - started) / 1000,
        })
        return committed.recorded
      } catch (error) {
        const unknown = error instanceof UnknownOutcome
        if (unknown) unanswered = written
        if (error instanceof CampaignGone) campaignIds.forget()
        const failure = error instanceof CampaignGone ? 'conflict' : failureOf(error)
        // A lock that is tried a hundred times is one failure.
        if (failure !== told) settings.onFailure?.(failure, error)
        told = failure
        const waited = performance.now() - started
        const again =
          failure === 'conflict'
            ? waited < limits.conflictMs
            : failure === 'lost'
              ? waited < limits.lostMs
              : // Somebody else stored the same meanwhile: the next try sees it.
                failure === 'duplicate' && attempt < 20
        if (!again) throw error
        await pause(attempt, failure)
      }
    }
  }

  /** Divides what fails until the culprit stands alone; that one is stored in ever barer form. */
  const settle = async (messages: readonly Waiting[]): Promise<void> => {
    try {
      const recorded = await write(messages, 'full')
      batchLimit = Math.min(maxBatch, batchLimit * 2)
      messages.forEach((message, at) => {
        message.resolve(recorded[at] ?? [])
      })
    } catch (error) {
      const failure = failureOf(error)
      if (failure !== 'content' && failure !== 'duplicate') {
        if (failure === 'slow') batchLimit = Math.max(1, batchLimit >> 1)
        return refuseAll(messages, error)
      }
      if (messages.length > 1) {
        const half = messages.length >> 1
        await settle(messages.slice(0, half))
        return settle(messages.slice(half))
      }
      await settleBare(messages, error)
    }
  }

  const settleBare = async (messages: readonly Waiting[], cause: unknown): Promise<void> => {
    for (const detail of ['bare', 'inert'] as const) {
      try {
        const [recorded] = await write(messages, detail)
        return messages[0]?.resolve(recorded ?? [])
      } catch {
        // The barer form is next; when there is none, the first failure is the one to tell.
      }
    }
    for (const message of messages) message.reject(cause)
  }

  /** When the database is away or blocked, all who wait would wait in vain. */
  const refuseAll = (messages: readonly Waiting[], error: unknown): void => {
    for (const message of [...messages, ...queue.splice(0)]) message.reject(error)
  }

  const work = async (): Promise<void> => {
    while (queue.length > 0) await settle(takeBatch(queue, batchLimit))
    working = null
  }

  return {
    record: events => {
      if (events.length === 0) return Promise.resolve([])
      if (closed) return Promise.reject(new NotTaken('The recorder is closed'))
      if (queue.length >= maxWaiting)
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

function takeBatch(queue: Waiting[], maxEvents: number): readonly Waiting[] {
  let events = 0
  let messages = 0
  for (const message of queue) {
    events += message.events.length
    if (messages > 0 && events > maxEvents) break
    messages++
  }
  return queue.splice(0, messages)
}
