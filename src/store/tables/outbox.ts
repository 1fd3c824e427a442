// Webhooks waiting to be delivered: put here with their event, claimed by one sender at a time, gone once delivered.

import type { ClaimedWebhook, SettledWebhook } from '../../model/webhook.ts'
import { databaseTime } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { claimWebhooks, settleWebhooks } from './outbox-claims.ts'
import { countWebhooks, dropWebhooks, listWebhooks, retryWebhooks } from './outbox-upkeep.ts'

/** `retrying`: failed at least once. `given-up`: failed for a day; nothing more is tried unless somebody asks for it. */
export type WebhookState = 'waiting' | 'retrying' | 'given-up'

/** One webhook that is not delivered yet. */
export interface PendingWebhook {
  readonly id: string
  /** Names the event to its receiver: the same whenever and from wherever it is sent. */
  readonly eventId: string
  readonly bounceId: string
  readonly state: WebhookState
  readonly createdAt: Date
  /** When it is tried next; null when it was given up. */
  readonly dueAt: Date | null
  /** How often it failed so far. */
  readonly attempts: number
  readonly lastError: string | null
}

export interface WebhookCensus {
  /** Still to be tried, those that failed before among them; counted up to `most`. */
  readonly waiting: number
  readonly givenUp: number
  readonly most: number
  /** The creation of the oldest that is still to be tried. */
  readonly oldestAt: Date | null
}

export interface Outbox {
  /**
   * Those that are due, the longest waiting first. Each is nobody else's until `leaseMs` have passed:
   * if it is not settled by then it is due again, so that each is delivered at least once.
   */
  readonly claim: (options: {
    readonly leaseMs: number
    readonly limit: number
  }) => Promise<readonly ClaimedWebhook[]>
  /** Writes down what became of claimed ones, all or nothing. A failure counts only while its lease lasts. */
  readonly settle: (settled: readonly SettledWebhook[]) => Promise<void>
  /** What is not delivered: given up first, then by how often it failed, the oldest first. */
  readonly list: (limit: number) => Promise<readonly PendingWebhook[]>
  readonly census: () => Promise<WebhookCensus>
  /** Makes those that failed due now, with a whole day of tries; null means all. @returns how many. */
  readonly retry: (id: string | null) => Promise<number>
  /** Deletes those that were given up; null means all. @returns how many. */
  readonly drop: (id: string | null) => Promise<number>
}

/** `now` gives epoch milliseconds; the database's clock unless told. */
export function createOutbox(store: Store, now: () => Promise<number> = () => databaseTime(store)): Outbox {
  const time = () => persist(now)
  return {
    claim: async options => await claimWebhooks(store, { ...options, at: await time() }),
    settle: async settled => await settleWebhooks(store, settled, await time()),
    list: limit => listWebhooks(store, limit),
    census: () => persist(() => countWebhooks(store)),
    retry: async id => await retryWebhooks(store, id, await time()),
    drop: id => dropWebhooks(store, id),
  }
}
