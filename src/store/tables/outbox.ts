// Webhooks waiting to be delivered: put here with their event, claimed by one sender at a time, gone once delivered.

import type { ClaimedWebhook, SettledWebhook, Webhooks } from '../../model/webhook.ts'
import { databaseTime } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { claimWebhooks, settleWebhooks } from './outbox-claims.ts'
import { countWebhooks, dropWebhooks, listWebhooks, retryWebhooks } from './outbox-upkeep.ts'

export interface Outbox extends Webhooks {
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
