// How the databases go about what they are asked: the statements that some work sends, their plans, and what they read.

import { existsSync, readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { Store } from '../../src/store/database/open.ts'

export interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

/** What a piece of work asks the database, each statement once, with the values it was first sent with. */
export async function statementsOf(
  store: Store,
  work: () => Promise<unknown>,
): Promise<readonly Statement[]> {
  const asked = new Map<string, Statement>()
  const remember = ({
    sql,
    bindings = [],
  }: {
    readonly sql: string
    readonly bindings?: unknown[]
  }): void => {
    if (!asked.has(sql)) asked.set(sql, { sql, bindings })
  }
  store.knex.on('query', remember)
  await work().finally(() => store.knex.removeListener('query', remember))
  return [...asked.values()]
}

/** Whole tables in the order of the list, none of whose rows is passed over; and subselects. */
const walks: ReadonlySet<string> = new Set([
  'SCAN rebound_bounces USING INDEX rebound_bounces_recorded',
  'SCAN rebound_bounces USING COVERING INDEX rebound_bounces_recorded',
  'SCAN c USING INDEX rebound_campaigns_number',
  'SCAN rebound_campaigns USING COVERING INDEX rebound_campaigns_number',
  'SCAN rebound_audit',
  // A subselect of one row.
  'SCAN last',
  'SCAN s USING INDEX sqlite_autoindex_rebound_stripped_',
  'SCAN rebound_bounces',
  'SCAN rebound_bounced_records',
  'SCAN r',
  // The mapping file's modules: a handful.
  'SCAN m',
])

/**
 * SQLite tells how it will go about a statement: through no whole table, and sorting nothing.
 * @param isAllowed steps of a plan that are right all the same
 */
export async function sqlitePlanFaults(
  store: Store,
  { sql, bindings }: Statement,
  isAllowed: (step: string) => boolean = () => false,
): Promise<readonly string[]> {
  if (!/^\s*(select|update|delete|with)/i.test(sql)) return []
  const steps = (await store.knex.raw(`explain query plan ${sql}`, bindings as string[])) as readonly {
    readonly detail: string
  }[]
  return steps
    .map(({ detail }) => detail)
    .filter(detail => /^(?:SCAN|MATERIALIZE) |TEMP B-TREE/.test(detail))
    .filter(detail => !walks.has(detail.replace(/\d+$/, '')) && !isAllowed(detail))
}

const pageBytes = 1024

/** Before anything is written: so small that a page read stands for a few rows. */
export function useSmallPages(file: string): void {
  const handle = new Sqlite(file)
  handle.pragma(`page_size = ${pageBytes}`)
  handle.exec('vacuum')
  handle.close()
}

const account = '/proc/self/io'

/** Of this process. Linux keeps account; elsewhere the plans alone are looked at. */
function bytesRead(): number {
  return existsSync(account) ? Number(/rchar: (\d+)/.exec(readFileSync(account, 'utf8'))?.[1]) : 0
}

/** What the process reads is what SQLite reads: it asks the system for each page that it does not keep. */
export async function sqlitePagesRead(store: Store, work: () => Promise<unknown>): Promise<number> {
  await store.knex.raw('pragma cache_size = 1')
  const before = bytesRead()
  await work()
  return (bytesRead() - before) / pageBytes
}

/** @param store of one connection: what it read is counted there */
export async function mysqlRowsRead(store: Store, work: () => Promise<unknown>): Promise<number> {
  const counted = async (): Promise<number> => {
    const [rows] = await store.knex.raw("show session status like 'Handler_read%'")
    return (rows as readonly { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  await store.knex.raw('flush status')
  const idle = await counted()
  await store.knex.raw('flush status')
  await work()
  return (await counted()) - idle
}
