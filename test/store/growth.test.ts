// Every list and view answers a page from indexes: at 100,000 events it reads a few rows for each that it shows. MariaDB
// counts them. SQLite does not: it shows its plan, and the system counts the pages that it reads, small ones, almost none
// of which it may keep.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { sqliteFile } from '../../src/store/database/sqlite-file.ts'
import { within } from '../patience.ts'
import { type BigList, bigLists, type Pages, page } from './big-lists.ts'
import { fill, sizes } from './big-tables.ts'
import { dialects, emptyDatabase, type TestDatabase } from './databases.ts'
import { mysqlRowsRead, sqlitePagesRead, sqlitePlanFaults, statementsOf, useSmallPages } from './plans.ts'

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
    let pages: Pages = []
    const reads = await (dialect === 'mysql' ? mysqlRowsRead : sqlitePagesRead)(store, async () => {
      pages = await read(store)
    })
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

/** SQLite tells how it will go about a query: through no whole table, and sorting nothing. */
async function faultsInPlans(store: Store, read: BigList['read']): Promise<readonly string[]> {
  const faults: string[] = []
  for (const statement of await statementsOf(store, () => read(store)))
    for (const fault of await sqlitePlanFaults(store, statement)) faults.push(`${fault}: ${statement.sql}`)
  return faults
}
