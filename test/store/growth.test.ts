// Every list and view answers a page from indexes: at 100,000 events it reads a few rows for each that it shows. MariaDB
// counts them. SQLite does not: it shows its plan, and the system counts the pages that it reads, small ones, almost none
// of which it may keep.

import { existsSync, readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { sqliteFile } from '../../src/store/database/sqlite-file.ts'
import { within } from '../patience.ts'
import { type BigList, bigLists, type Pages, page } from './big-lists.ts'
import { fill, sizes } from './big-tables.ts'
import { dialects, emptyDatabase, type TestDatabase } from './databases.ts'

const pageBytes = 1024

/** By its key SQLite goes down four of them to a row, and comes to the key by an index as deep. */
const pagesForRow = 4

describe.each(dialects)('with 100,000 events, on %s', dialect => {
  let database: TestDatabase
  /** One connection: what it read is counted there. */
  let store: Store
  beforeAll(async () => {
    database = await emptyDatabase(dialect)
    if (dialect === 'sqlite') useSmallPages(sqliteFile(database.url))
    await migrate(database.store)
    await fill(database.store)
    store = dialect === 'sqlite' ? database.store : openStore({ url: database.url, connections: 1 })
  }, within(180_000))
  afterAll(async () => {
    if (store !== database?.store) await store?.close()
    await database?.drop()
  })

  const named = bigLists(sizes.events).map(list => [list.what, list] as const)
  it.each(named)('%s', async (_, { read, amount, most }) => {
    if (dialect === 'sqlite') expect(await faultsInPlans(store, read)).toEqual([])
    const { pages, reads } = await (dialect === 'mysql' ? rowsRead : pagesRead)(store, read)
    const [first = []] = pages
    if (amount === 'none') expect(first).toEqual([])
    else if (amount === 'full') expect(first).toHaveLength(page)
    else if (amount === 'some') {
      expect(first.length).toBeGreaterThan(0)
      expect(first.length).toBeLessThan(page)
    }
    const shown = pages.reduce((sum, rows) => sum + Math.max(page, rows.length), 0)
    expect(reads / shown).toBeLessThan(dialect === 'mysql' ? most : most * pagesForRow)
  })
})

interface Looked {
  readonly pages: Pages
  readonly reads: number
}

async function rowsRead(store: Store, read: BigList['read']): Promise<Looked> {
  const counted = async (): Promise<number> => {
    const [rows] = await store.knex.raw("show session status like 'Handler_read%'")
    return (rows as readonly { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  await store.knex.raw('flush status')
  const idle = await counted()
  await store.knex.raw('flush status')
  const pages = await read(store)
  return { pages, reads: (await counted()) - idle }
}

/** Before anything is written: so small that a page read stands for a few rows. */
function useSmallPages(file: string): void {
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
async function pagesRead(store: Store, read: BigList['read']): Promise<Looked> {
  await store.knex.raw('pragma cache_size = 1')
  const before = bytesRead()
  const pages = await read(store)
  return { pages, reads: (bytesRead() - before) / pageBytes }
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

/** SQLite tells how it will go about a query: through no whole table, and sorting nothing. */
async function faultsInPlans(store: Store, read: BigList['read']): Promise<readonly string[]> {
  const asked = new Map<string, readonly unknown[]>()
  const remember = ({
    sql,
    bindings,
  }: {
    readonly sql: string
    readonly bindings?: readonly unknown[]
  }): void => {
    asked.set(sql, bindings ?? [])
  }
  store.knex.on('query', remember)
  await read(store)
  store.knex.removeListener('query', remember)
  const faults: string[] = []
  for (const [sql, bindings] of asked) {
    if (!/^\s*(select|update|delete)/i.test(sql)) continue
    const steps = (await store.knex.raw(`explain query plan ${sql}`, bindings as string[])) as readonly {
      readonly detail: string
    }[]
    for (const { detail } of steps)
      if (/^(?:SCAN|MATERIALIZE) |TEMP B-TREE/.test(detail) && !walks.has(detail.replace(/\d+$/, '')))
        faults.push(`${detail}: ${sql}`)
  }
  return faults
}
