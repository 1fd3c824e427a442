// What has become old is deleted in small steps, so that mail never waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import { dayMs } from '../../model/day.ts'
import { chunks } from '../database/chunks.ts'
import { databaseTime } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { ClockFault, clockFault, newestEvent } from './clocks.ts'

export interface Retention {
  /** Days to keep events with their evidence and webhooks, and the audit; null keeps them for ever. */
  readonly keepDays: number | null
  /** How long return paths are accepted; what is needed to know a report again is kept a week longer. */
  readonly returnPathDays: number
}

/** How many rows went. */
export interface Pruned {
  readonly bounces: number
  readonly evidence: number
  readonly webhooks: number
  readonly audit: number
  readonly returnPaths: number
  readonly messageIds: number
}

interface Old {
  readonly table: string
  readonly key: string
  /** Epoch milliseconds. */
  readonly column: string
  /** Not: rows are looked through in the order of their key, which is that of their time. */
  readonly isIndexed: boolean
}

/** How much longer than its return path a fingerprint is kept, so that a report re-sent at the last moment is still known. */
export const graceDays = 7
const step = 500
const pauseMs = 50

/**
 * Deletes what is older than its time; counts of records and campaigns stay. May run in several processes at once.
 * Stops between two steps when `signal` says so.
 */
export async function prune(
  store: Store,
  { keepDays, returnPathDays }: Retention,
  options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
): Promise<Pruned> {
  // A report may come again as long as its path is accepted: its fingerprint must still be there.
  const pathDays = returnPathDays + graceDays
  const eventDays = keepDays === null ? null : Math.max(keepDays, pathDays)
  const old = (days: number | null, what: Old): Promise<number> =>
    days === null
      ? Promise.resolve(0)
      : deleteOld(store, what, options.now.getTime() - days * dayMs, options.signal)
  const [key, isIndexed] = ['id', false] as const
  // Few rows, and nobody's history: they go without being counted.
  await old(eventDays, { table: 'rebound_stripped', key: 'event_id', column: 'at', isIndexed: true })
  await old(pathDays, { table: 'rebound_refused', key: 'fingerprint', column: 'last_at', isIndexed: true })
  return {
    bounces: await old(eventDays, { table: 'rebound_bounces', key, column: 'recorded_at', isIndexed: true }),
    evidence: await old(eventDays, { table: 'rebound_evidence', key, column: 'at', isIndexed }),
    // Given up long ago: they tell of events that are gone.
    webhooks: await old(eventDays, { table: 'rebound_outbox', key, column: 'created_at', isIndexed }),
    audit: await old(keepDays, { table: 'rebound_audit', key, column: 'at', isIndexed }),
    returnPaths: await old(pathDays, {
      table: 'rebound_return_paths',
      key: 'token',
      column: 'issued_at',
      isIndexed: true,
    }),
    messageIds: await old(pathDays, {
      table: 'rebound_message_ids',
      key: 'message_id_hash',
      column: 'issued_at',
      isIndexed: true,
    }),
  }
}

/** The database's time, for a run that somebody asked for. Throws ClockFault when clocks disagree. */
export async function agreedNow(store: Store): Promise<Date> {
  const fault = await persist(() => clockFault(store))
  if (fault !== null) throw new ClockFault(`Nothing is deleted while the clocks disagree (${fault})`)
  return new Date(await persist(() => databaseTime(store)))
}

/**
 * The same for a run that nobody watches: at most a day after the newest event. A clock that is far ahead makes
 * everything look old, and what was deleted would count again when it comes again.
 */
export async function unwatchedNow(store: Store): Promise<Date> {
  const now = await agreedNow(store)
  const newest = await persist(() => newestEvent(store))
  return newest === null ? now : new Date(Math.min(now.getTime(), newest + dayMs))
}

async function deleteOld(
  store: Store,
  { table, key, column, isIndexed }: Old,
  before: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let deleted = 0
  while (!signal?.aborted) {
    // Chosen first and deleted by key: neither database then locks more than goes.
    const rows = await persist(async () => {
      const select = store.knex(table).select(key, column).limit(step)
      return (await (isIndexed
        ? select.where(column, '<', before).orderBy(column)
        : select.orderBy(key))) as readonly Readonly<Record<string, string | number>>[]
    })
    const keys = rows.flatMap(row => (Number(row[column]) < before ? (row[key] ?? []) : []))
    for (const some of chunks(store, keys))
      deleted += await persist(async () => await store.knex(table).whereIn(key, some).del())
    if (keys.length < step) break
    await sleep(pauseMs)
  }
  return deleted
}
