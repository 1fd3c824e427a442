// docs/what-is-kept.md: no table is left out of it.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dialects, newDatabase } from '../store/databases.ts'

const page = readFileSync(new URL('../../docs/what-is-kept.md', import.meta.url), 'utf8')

test.each(dialects)('every table on %s has its place there', async dialect => {
  const { store, drop } = await newDatabase(dialect)
  const rows = (await (dialect === 'sqlite'
    ? store.knex('sqlite_master').select('name').where({ type: 'table' })
    : store
        .knex('information_schema.tables')
        .select('table_name as name')
        .whereRaw("table_schema = database() and table_type = 'BASE TABLE'"))) as readonly { name: string }[]
  await drop()
  const tables = rows.map(row => row.name).filter(name => /^rebound_(?!migrations)/.test(name))
  expect(tables.length).toBeGreaterThan(15)
  expect(tables.filter(name => !page.includes(`\`${name}\``))).toEqual([])
})
