// What has become old is deleted in small steps, so that mail never waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import { chunks } from './chunks.ts'
import { persist } from './failures.ts'
import type { Store } from './open.ts'

export interface Retention {
  /** Days to keep events; null keeps them for ever. */
  readonly eventDays: number | null
  readonly auditDays: number | null
  /** How long return paths are accepted; what is needed to know a report again is kept a week longer. */
  readonly returnPathDays: number
}

/** How many rows went. */
export interface Pruned {
  readonly bounces: number
  readonly webhooks: number
  readonly returnPaths: number
  readonly messageIds: number
  readonly audit: number
}

const dayMs = 86_400_000
const graceDays = 7
const step = 500
const pauseMs = 50

/**
 * Deletes what is older than its time; counts of records and campaigns stay. May run in several processes at once.
 * Stops between two steps when `signal` says so.
 */
export async function prune(
  store: Store,
  retention: Retention,
  options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
): Promise<Pruned> {
  const before = (days: number): number => options.now.getTime() - days * dayMs
  // A report may come again as long as its path is accepted: its fingerprint must still be there.
  const pathDays = retention.returnPathDays + graceDays
  const old = (table: string, key: string, column: string, days: number | null): Promise<number> =>
    days === null
      ? Promise.resolve(0)
      : deleteOld(store, { table, key, column, before: before(days) }, options.signal)
  const eventDays = retention.eventDays === null ? null : Math.max(retention.eventDays, pathDays)
  return {
    bounces: await old('rebound_bounces', 'id', 'recorded_at', eventDays),
    // Given up long ago: they tell of events that go now.
    webhooks: await old('rebound_outbox', 'id', 'created_at', eventDays),
    returnPaths: await old('rebound_return_paths', 'token', 'issued_at', pathDays),
    messageIds: await old('rebound_message_ids', 'message_id_hash', 'issued_at', pathDays),
    audit: await old('rebound_audit', 'id', 'at', retention.auditDays),
  }
}

async function deleteOld(
  store: Store,
  what: { readonly table: string; readonly key: string; readonly column: string; readonly before: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const { table, key, column, before } = what
  let deleted = 0
  while (!signal?.aborted) {
    // Chosen first and deleted by key: neither database then locks more than goes.
    const rows = await persist(
      async () =>
        (await store
          .knex(table)
          .select(key)
          .where(column, '<', before)
          .orderBy(column)
          .limit(step)) as readonly {
          [key: string]: string | number
        }[],
    )
    const keys = rows.flatMap(row => row[key] ?? [])
    for (const some of chunks(store, keys))
      deleted += await persist(async () => await store.knex(table).whereIn(key, some).del())
    if (keys.length < step) break
    await sleep(pauseMs)
  }
  return deleted
}
