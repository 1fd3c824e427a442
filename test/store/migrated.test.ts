// What tests begin with is what the migrations make, to the word.

import { expect, it } from 'vitest'
import { migrate } from '../../src/store/database/migrate.ts'
import type { Store } from '../../src/store/database/open.ts'
import { dialects, emptyDatabase, newDatabase } from './databases.ts'
import { dumpOf } from './dump.ts'

/** Every table, index, view and pragma of the file, as the database writes them, and every row. */
async function contentOf(store: Store): Promise<readonly unknown[]> {
  const { knex, dialect } = store
  const rows = JSON.parse(await dumpOf(store), (key, value) => (key === 'migration_time' ? null : value))
  if (dialect === 'sqlite')
    return [await knex('sqlite_master').orderBy('name'), await knex.raw('pragma application_id'), rows]
  const [tables] = await knex.raw('show full tables')
  const names = (tables as readonly object[]).map(row => Object.values(row)[0] as string)
  return [
    ...(await Promise.all(names.map(async name => (await knex.raw(`show create table ${name}`))[0]))),
    rows,
  ]
}

it.each(dialects)('on %s', async dialect => {
  const made = await emptyDatabase(dialect)
  await migrate(made.store)
  const copied = await newDatabase(dialect)
  expect(await migrate(copied.store)).toEqual([])
  const content = await contentOf(made.store)
  expect(content.length).toBeGreaterThan(2)
  expect(await contentOf(copied.store)).toEqual(content)
  await made.drop()
  await copied.drop()
})
