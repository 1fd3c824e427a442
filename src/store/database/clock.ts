// The database's clock: what orders `recorded_at` must be one clock for all servers that share a database.

import { uptime } from 'node:os'
import type { Store } from './open.ts'
import { rowsOf } from './tables.ts'
import type { Transaction } from './transaction.ts'

/**
 * Epoch milliseconds for rows written now. On SQLite, where writers come one after another, it never runs
 * backwards behind what is stored, so that (recorded_at, id) rises in the order of commits.
 */
export async function databaseNow(store: Store, transaction: Transaction): Promise<number> {
  const { knex, dialect } = store
  if (dialect === 'mysql') return mysqlNow(await transaction.run(knex.raw(mysqlClock)))
  const rows = (await transaction.run(
    rowsOf({ knex }, 'rebound_bounces').max('recorded_at as last'),
  )) as readonly {
    last: number | null
  }[]
  return sqliteNow(rows[0]?.last ?? 0)
}

/** This machine's clock was set while we ran: by the time of one or the other, what is recorded now would lie far off. */
export class ClockMoved extends Error {
  readonly code = 'REBOUND_CLOCK'
}

/** Further than any clock is set that was nearly right. */
const mostMovedMs = 3_600_000
/** The wall clock's time at which the machine was started, as it was when we were. It counts while a machine sleeps, too. */
const bootedAt = Date.now() - uptime() * 1_000

/**
 * Never behind what is stored, and nothing at all once the clock was moved: an event from the future would have to be
 * waited for by all that come after it. Throws ClockMoved.
 * @param last epoch milliseconds of the newest event
 */
export function sqliteNow(last: number): number {
  const now = Date.now()
  const movedMs = Math.abs(now - uptime() * 1_000 - bootedAt)
  if (movedMs > mostMovedMs)
    throw new ClockMoved(`This clock was moved by ${(movedMs / 3_600_000).toFixed(1)} hours since the start`)
  return Math.max(now, last)
}

/** Later than every event of the record, and no later than the next: what counts since then is plain (undo.ts). */
export async function resetTime(
  store: Store,
  transaction: Transaction,
  module: string,
  recordId: string,
): Promise<number> {
  const rows = (await transaction.run(
    rowsOf(store, 'rebound_bounces').max('recorded_at as last').where({ module, record_id: recordId }),
  )) as unknown as readonly { last: number | null }[]
  return Math.max(await databaseNow(store, transaction), Number(rows[0]?.last ?? 0) + 1)
}

/** The clock itself, in or outside of a transaction: by it leases end alike for all servers. */
export async function databaseTime({ knex, dialect }: Store, transaction?: Transaction): Promise<number> {
  if (dialect !== 'mysql') return Date.now()
  const query = knex.raw(mysqlClock)
  return mysqlNow(transaction ? await transaction.run(query) : await query)
}

const mysqlClock = 'select floor(unix_timestamp(now(3)) * 1000) as now'

function mysqlNow(answer: unknown): number {
  return Number((answer as [[{ now: number | string }]])[0][0].now)
}
