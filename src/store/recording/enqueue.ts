// What becomes a webhook, and how it gets into the outbox.

import type { BounceEvent } from '../../model/event.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import { hasUsableLink } from './event-row.ts'

/** What is told: whatever says something of a record. Blocks of others in a report, and mail that reports nothing, do not. */
export function isAnnounced(event: BounceEvent): boolean {
  return event.kind !== 'ordinary' && event.concern !== 'other' && hasUsableLink(event)
}

/** Puts new events into the outbox, in the transaction that stores them. */
export async function enqueue(
  store: Store,
  transaction: Transaction,
  eventIds: readonly number[],
  at: number,
): Promise<void> {
  const rows = eventIds.map(id => ({ event_id: id, created_at: at, due_at: at }))
  for (const some of chunks(store, rows))
    await transaction.run(store.knex('rebound_outbox').insert([...some]))
}
