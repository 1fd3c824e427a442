// An address row that several records share: whose bounce holds its mark, and when undo takes it away.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Records } from '../../src/model/record.ts'
import type { Store } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { createCrm, emptied, mapped, shippedMapping } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder
  let records: Records
  beforeAll(async () => {
    database = await newDatabase(dialect)
    await createCrm(database.store, 'suitecrm')
    store = await mapped(database.store, shippedMapping('suitecrm'))
    records = createRecords(store)
  })
  afterAll(async () => database?.drop())
  beforeEach(async () => {
    await emptied(database.store)
    recorder = createRecorder(store, { trustClaimed: false })
    const { knex } = store
    await knex('contacts').insert([{ id: 'A' }, { id: 'B' }])
    await knex('leads').insert({ id: 'L' })
    await knex('email_addresses').insert([
      { id: 'shared', email_address: 'ana@example.org' },
      { id: 'first', email_address: 'first@example.org' },
    ])
    await link('1', 'A', 'Contacts', 'shared', 0)
    await link('2', 'A', 'Contacts', 'first', 1)
    await link('3', 'B', 'Contacts', 'shared', 1)
    await link('4', 'L', 'Leads', 'shared', 1)
  })
  afterEach(async () => recorder?.close())
  const link = (id: string, bean: string, module: string, address: string, primary: number) =>
    store.knex('email_addr_bean_rel').insert({
      id,
      bean_id: bean,
      bean_module: module,
      email_address_id: address,
      primary_address: primary,
    })
  const bounce = async (recordId: string, more: EventSketch = {}): Promise<string> =>
    (await recorder.record([event({ recordId, ...more })]))[0]?.id ?? ''
  const undo = (id: string) => undoBounce(store, id, { actor: 'test' })
  const mark = async () => (await store.knex('email_addresses').where({ id: 'shared' }))[0].invalid_email
  const people = (invalid: number) =>
    store.knex('email_addresses').where({ id: 'shared' }).update({ invalid_email: invalid })
  const holders = async () =>
    (await store.knex('rebound_taken_addresses').where({ lapsed: 0 }).orderBy('record_id')).map(
      row => row.record_id,
    )

  it('a mark that people cleared is held by nobody: the next bounce holds it alone', async () => {
    await bounce('B')
    await bounce('L', { module: 'leads' })
    await people(0)
    const id = await bounce('A')
    expect(await holders()).toEqual(['A'])
    // Theirs was cleared, whatever A's bounce did since.
    expect(await records.get('contacts', 'B')).toMatchObject({ emailBounced: false, hardBounces: 0 })
    expect(await records.get('leads', 'L')).toMatchObject({ emailBounced: false, hardBounces: 0 })
    expect(await undo(id)).toMatchObject({ kind: 'undone' })
    expect(await mark()).toBe(0)
    expect(await records.get('contacts', 'A')).toMatchObject({ emailBounced: false, bouncedAddress: null })
  })

  it('a bounce after that holds it again', async () => {
    await bounce('B')
    await people(0)
    const first = await bounce('A')
    const second = await bounce('B')
    expect(await holders()).toEqual(['A', 'B'])
    expect(await records.get('contacts', 'B')).toMatchObject({ emailBounced: true, hardBounces: 1 })
    await undo(first)
    expect(await mark()).toBe(1)
    await undo(second)
    expect(await mark()).toBe(0)
    expect(await store.knex('rebound_taken_addresses')).toEqual([])
  })

  it('several bounces in one transaction hold it all', async () => {
    await bounce('B')
    await people(0)
    const all = await recorder.record([
      event({ recordId: 'A' }),
      event({ recordId: 'B' }),
      event({ recordId: 'L', module: 'leads' }),
    ])
    expect(await holders()).toEqual(['A', 'B', 'L'])
    for (const { id } of all) {
      expect(await mark()).toBe(1)
      await undo(id)
    }
    expect(await mark()).toBe(0)
  })

  it('a mark that people cleared and set themselves is theirs', async () => {
    const id = await bounce('B')
    await people(0)
    await bounce('A', { type: 'soft' })
    await people(1)
    expect(await undo(id)).toMatchObject({ kind: 'undone' })
    expect(await mark()).toBe(1)
    expect(await records.get('contacts', 'B')).toMatchObject({ emailBounced: false, hardBounces: 0 })
  })

  it.each([
    ['the record is deleted', 'contacts', 'A'],
    ['its link to the address is removed', 'email_addr_bean_rel', '1'],
  ])('undo takes the mark away when %s, and leaves one of another record', async (_, table, id) => {
    const a = await bounce('A')
    const b = await bounce('B')
    await store.knex(table).where({ id }).update({ deleted: 1 })
    expect(await undo(a)).toMatchObject({ kind: 'undone' })
    expect([await mark(), await holders()]).toEqual([1, ['B']])
    expect(await undo(b)).toMatchObject({ kind: 'undone' })
    expect(await mark()).toBe(0)

    await store.knex(table).where({ id }).update({ deleted: 0 })
    const again = await bounce('A')
    await store.knex(table).where({ id }).update({ deleted: 1 })
    expect(await undo(again)).toMatchObject({ kind: 'undone' })
    expect([await mark(), await holders()]).toEqual([0, []])
  })

  it('undo of a bounce whose mark people cleared is no conflict while the record has the address', async () => {
    const id = await bounce('A')
    await people(0)
    expect(await undo(id)).toMatchObject({ kind: 'undone' })
    expect(await mark()).toBe(0)
  })

  it('and is one when neither mark nor link is left, and the record has another address', async () => {
    const id = await bounce('A')
    await people(0)
    await bounce('A', { type: 'soft', sentTo: 'first@example.org' })
    await store.knex('email_addr_bean_rel').where({ id: '1' }).update({ deleted: 1 })
    expect(await undo(id)).toMatchObject({
      kind: 'conflict',
      why: expect.stringContaining('first@example.org'),
    })
  })
})
