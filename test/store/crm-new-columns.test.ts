// A mapping that changes between two starts, and records that have no row in a table beside: nobody did anything.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Records } from '../../src/model/record.ts'
import type { Store } from '../../src/store/database/open.ts'
import { copyKept } from '../../src/store/homes/crm-copy.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { emptied, mapped } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const people = { table: 'people', id: 'id', addresses: ['email'] }
const plain = { modules: { contacts: people } }
const beside = { ...people, beside: { extra: 'person' } }
const withFields = {
  modules: { contacts: { ...beside, flag: 'extra.bounced', bouncedAddress: 'extra.old' } },
}

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder | undefined
  let records: Records
  beforeAll(async () => {
    database = await newDatabase(dialect)
    for (const sql of [
      'create table people (id int not null primary key, email varchar(100), mail varchar(100))',
      `create table extra (person int not null primary key, bounced tinyint default 0, old varchar(100), other tinyint default 0,
       mail varchar(100))`,
    ])
      await database.store.knex.raw(sql)
  })
  afterAll(async () => database?.drop())
  beforeEach(async () => {
    await emptied(database.store)
    await database.store.knex('people').insert([
      { id: 42, email: 'ana@example.org' },
      { id: 43, email: 'ben@example.org' },
    ])
    await database.store.knex('extra').insert({ person: 42 })
  })
  afterEach(async () => recorder?.close())
  const start = async (file: unknown): Promise<void> => {
    await recorder?.close()
    store = await mapped(database.store, file)
    recorder = createRecorder(store, { trustClaimed: false })
    records = createRecords(store)
  }
  const record = async (sketch: EventSketch): Promise<string> =>
    (await recorder?.record([event(sketch)]))?.[0]?.id ?? ''
  const ben = { recordId: '43', sentTo: 'ben@example.org' } as const
  const extra = async (person: number) => (await store.knex('extra').where({ person }))[0]
  const resets = async () => (await store.knex('rebound_audit').where({ action: 'reset' })).length
  const bounced = { emailBounced: true, bouncedAddress: 'ana@example.org', hardBounces: 1 }

  it('fields mapped later: what Rebound kept stands, and is no reset', async () => {
    await start(plain)
    await record({})
    await start(withFields)
    expect(await records.get('contacts', '42')).toMatchObject({ email: null, ...bounced })
    expect((await listRecords(store, { limit: 9, bounced: true })).items).toMatchObject([{ id: '42' }])
    await record({ type: 'soft' })
    expect(await extra(42)).toMatchObject({ bounced: 1, old: 'ana@example.org' })
    expect(await records.get('contacts', '42')).toMatchObject({ ...bounced, softBounces: 1 })
    expect(await resets()).toBe(0)
    // From now on it is the CRM's to say.
    await store.knex('extra').update({ bounced: 0 })
    expect(await records.get('contacts', '42')).toMatchObject({ emailBounced: false, hardBounces: 0 })
  })

  it('the start writes what was kept into new columns, once', async () => {
    await start(plain)
    await record({})
    await record({ ...ben, type: 'soft' })
    await start(withFields)
    await copyKept(store, new AbortController().signal)
    expect(await extra(42)).toMatchObject({ bounced: 1, old: 'ana@example.org' })
    expect(await resets()).toBe(0)
    await store.knex('extra').update({ bounced: 0 })
    await copyKept(store, new AbortController().signal)
    expect(await extra(42)).toMatchObject({ bounced: 0 })
    expect(await records.get('contacts', '43')).toMatchObject({ emailBounced: true, softBounces: 1 })
  })

  it('a flag in another column than before is no reset', async () => {
    await start(withFields)
    await record({})
    await start({ modules: { contacts: { ...beside, flag: 'extra.other' } } })
    expect(await records.get('contacts', '42')).toMatchObject(bounced)
    await record({ type: 'soft' })
    expect(await extra(42)).toMatchObject({ bounced: 1, other: 1 })
    expect(await resets()).toBe(0)
  })

  it('without a row beside, Rebound keeps flag and address, and no bounce is a reset', async () => {
    await start(withFields)
    for (const day of [1, 2])
      await record({ ...ben, type: 'soft', receivedAt: new Date(Date.UTC(2026, 2, day)) })
    await record(ben)
    const kept = { emailBounced: true, bouncedAddress: 'ben@example.org', softBounces: 2, hardBounces: 1 }
    expect(await records.get('contacts', '43')).toMatchObject({ email: null, ...kept })
    expect(await resets()).toBe(0)
    // The CRM makes the row at its next edit.
    await store.knex('extra').insert({ person: 43 })
    expect(await records.get('contacts', '43')).toMatchObject(kept)
    await copyKept(store, new AbortController().signal)
    expect(await extra(43)).toMatchObject({ bounced: 1, old: 'ben@example.org' })
    await store.knex('extra').where({ person: 43 }).del()
    expect(await records.get('contacts', '43')).toMatchObject(kept)
    expect(await resets()).toBe(0)
  })

  it('a new address goes into a column that the record has', async () => {
    await start({ modules: { contacts: { ...beside, addresses: ['extra.mail', 'mail'] } } })
    const change = { email: 'new@example.org' }
    expect(await records.change('contacts', '43', change, { actor: 'test' })).toMatchObject(change)
    expect((await store.knex('people').where({ id: 43 }))[0]).toMatchObject({ mail: 'new@example.org' })
  })

  it('an address taken from a column that has another name by now comes back into the first, once', async () => {
    await start(plain)
    const id = await record({})
    await start({ modules: { contacts: { ...people, addresses: ['mail'] } } })
    expect(await undoBounce(store, id, { actor: 'test' })).toMatchObject({ kind: 'undone' })
    expect((await store.knex('people').where({ id: 42 }))[0]).toMatchObject({ mail: 'ana@example.org' })
    expect(await store.knex('rebound_taken_addresses')).toEqual([])
  })
})
