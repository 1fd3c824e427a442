// Which module a number in return paths is: remembered, refused for another, free once its paths have expired.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { registerModules } from '../../src/store/tables/module-numbers.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'

const day = (n: number) => new Date(Date.UTC(2026, 0, n))
const contacts = { module: 'contacts', number: 0 }
const targets = { module: 'targets', number: 3 }
const homes = { module: 'homes', number: 3 }

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database?.drop())
  beforeEach(() => database.store.knex('rebound_modules').del())
  const start = (modules: readonly { module: string; number: number }[], n: number, retires = true) =>
    registerModules(database.store, modules, { now: day(n), keepDays: 60, retires })
  const numbers = async () =>
    (await database.store.knex('rebound_modules').orderBy('number')).map(row => [row.number, row.module])

  it('refuses a number for another module, and writes nothing then', async () => {
    await start([contacts, targets], 1)
    expect((await start([contacts, targets], 2)).clashes).toEqual([])
    expect((await start([homes, { module: 'units', number: 4 }], 3)).clashes).toEqual([
      { number: 3, module: 'homes', was: 'targets' },
    ])
    expect(await numbers()).toEqual([
      [0, 'contacts'],
      [3, 'targets'],
    ])
  })

  it('knows a module that is gone, and gives its number away when its paths have expired', async () => {
    await start([targets], 1)
    expect((await start([], 10)).earlier).toMatchObject([targets])
    await start([], 40)
    expect((await start([homes], 70)).clashes).toHaveLength(1)
    expect((await start([homes], 71)).clashes).toEqual([])
    expect(await numbers()).toEqual([[3, 'homes']])
    expect((await start([targets], 72)).clashes).toHaveLength(1)
  })

  it('a module that comes back is as it was', async () => {
    await start([targets], 1)
    await start([], 2)
    expect((await start([targets], 100)).clashes).toEqual([])
    expect((await start([homes], 101)).clashes).toHaveLength(1)
  })

  it('a command with other settings retires nothing', async () => {
    await start([targets], 1)
    await start([], 2, false)
    expect((await start([homes], 100)).clashes).toHaveLength(1)
  })

  it('two that start at once agree', async () => {
    const all = await Promise.all([1, 2, 3].map(() => start([targets], 1)))
    expect(all.flatMap(({ clashes }) => clashes)).toEqual([])
    expect(await numbers()).toEqual([[3, 'targets']])
  })

  it('the view of bounced records shows each module from where it is', async () => {
    const { knex } = database.store
    await knex('rebound_contacts').insert({ id: '1', email_bounced: 1 })
    await knex('rebound_mapped_records').insert({ module: 'contacts', id: '2', email_bounced: 1 })
    const shown = async () => (await knex('rebound_bounced_records').orderBy('id')).map(row => row.id)
    await start([contacts], 1)
    expect(await shown()).toEqual(['2'])
    await start([], 2)
    expect(await shown()).toEqual(['1'])
    await knex('rebound_modules').insert({ number: 9, module: 'contacts' })
    expect(await shown()).toEqual(['2'])
  })
})
