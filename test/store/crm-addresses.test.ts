// The CRM's own tables, addresses in a table of their own: SuiteCRM, EspoCRM, CiviCRM by the same mapping language.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/database/open.ts'
import { idleConditions } from '../../src/store/homes/crm-conditions.ts'
import type { CrmTables } from '../../src/store/homes/crm-tables.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords, type StoredRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { createCrm, crmContents, type crms, differences, emptied, mapped, shippedMapping } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder
  let records: StoredRecords
  beforeAll(async () => {
    database = await newDatabase(dialect)
    for (const crm of ['suitecrm', 'espocrm', 'civicrm'] as const) await createCrm(database.store, crm)
  })
  afterAll(async () => database?.drop())
  beforeEach(() => emptied(database.store))
  afterEach(async () => recorder?.close())
  const use = async (crm: keyof typeof crms): Promise<void> => {
    // One that knows another mapping would fold campaigns without it.
    await recorder?.close()
    store = await mapped(database.store, shippedMapping(crm))
    recorder = createRecorder(store, { trustClaimed: false })
    records = createRecords(store)
  }
  const record = async (sketch: EventSketch): Promise<string> =>
    (await recorder.record([event(sketch)]))[0]?.id ?? ''
  const undo = (id: string) => undoBounce(store, id, { actor: 'test' })
  const row = async (table: string, id: string | number) => (await store.knex(table).where({ id }))[0]

  describe('SuiteCRM', () => {
    beforeEach(async () => {
      await use('suitecrm')
      const { knex } = store
      await knex('contacts').insert([{ id: 'c1', last_name: 'Doe' }, { id: 'c2' }])
      await knex('leads').insert({ id: 'l1' })
      await knex('prospects').insert({ id: 'p1' })
      await knex('contacts').insert({ id: 'gone', deleted: 1 })
      await knex('email_addresses').insert([
        { id: 'a-shared', email_address: 'ana@example.org', email_address_caps: 'ANA@EXAMPLE.ORG' },
        { id: 'a-home', email_address: 'ana@home.example', email_address_caps: 'ANA@HOME.EXAMPLE' },
        { id: 'a-out', email_address: 'out@example.org', invalid_email: 1 },
      ])
      const link = (
        id: string,
        bean: string,
        module: string,
        address: string,
        primary: number,
        deleted = 0,
      ) =>
        knex('email_addr_bean_rel').insert({
          id,
          bean_id: bean,
          bean_module: module,
          email_address_id: address,
          primary_address: primary,
          deleted,
        })
      await link('1', 'c1', 'Contacts', 'a-home', 0)
      await link('2', 'c1', 'Contacts', 'a-shared', 1)
      await link('3', 'l1', 'Leads', 'a-shared', 1)
      await link('4', 'c2', 'Contacts', 'a-out', 1)
      await link('5', 'c2', 'Contacts', 'a-home', 0, 1)
      await link('6', 'gone', 'Contacts', 'a-shared', 1)
      await link('7', 'p1', 'Prospects', 'a-shared', 1)
    })
    const ana = { recordId: 'c1', sentTo: 'Ana@example.org' } as const

    it('a hard bounce sets invalid_email, and nothing else', async () => {
      expect(await records.get('contacts', 'c1')).toMatchObject({ email: 'ana@example.org' })
      const before = await crmContents(store)
      await record(ana)
      expect(differences(before, await crmContents(store))).toEqual([
        'email_addresses.date_modified',
        'email_addresses.invalid_email',
      ])
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
      expect(await records.get('contacts', 'c1')).toMatchObject({
        email: 'ana@home.example',
        emailBounced: true,
        bouncedAddress: 'ana@example.org',
        hardBounces: 1,
      })
      // It is out of use for the lead too, which did not bounce.
      expect(await records.get('leads', 'l1')).toMatchObject({ email: null, emailBounced: false })
    })

    it('a complaint opts out the address that it is about, and nothing else', async () => {
      const before = await crmContents(store)
      await record({ ...ana, kind: 'complaint' })
      expect(differences(before, await crmContents(store))).toEqual([
        'email_addresses.date_modified',
        'email_addresses.opt_out',
      ])
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ opt_out: 1 })
      expect(await row('email_addresses', 'a-home')).toMatchObject({ opt_out: 0 })
    })

    it('a soft bounce leaves the CRM as it is', async () => {
      const before = await crmContents(store)
      await record({ ...ana, type: 'soft' })
      expect(differences(before, await crmContents(store))).toEqual([])
      expect(await records.get('contacts', 'c1')).toMatchObject({ emailBounced: true, softBounces: 1 })
    })

    it('undo takes the mark away once no bounce of any record holds it', async () => {
      const contact = await record(ana)
      const lead = await record({ ...ana, module: 'leads', recordId: 'l1' })
      const target = await record({ ...ana, module: 'targets', recordId: 'p1' })
      const effects = await store.knex('rebound_bounces').select('effect')
      expect(effects.map(({ effect }) => effect)).toEqual(['removed', 'removed', 'removed'])
      for (const id of [contact, target]) {
        expect(await undo(id)).toMatchObject({ kind: 'undone' })
        expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
      }
      expect(await records.get('contacts', 'c1')).toMatchObject({ emailBounced: false, hardBounces: 0 })
      expect(await undo(lead)).toMatchObject({ kind: 'undone' })
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 0 })
      expect(await records.get('contacts', 'c1')).toMatchObject({
        email: 'ana@example.org',
        bouncedAddress: null,
      })
    })

    it('a mark that somebody else set stays theirs', async () => {
      const before = await crmContents(store)
      const id = await record({ recordId: 'c2', sentTo: 'out@example.org' })
      await undo(id)
      expect(differences(before, await crmContents(store))).toEqual([])
      expect(await records.get('contacts', 'c2')).toMatchObject({ email: null, hardBounces: 0 })
    })

    it('the mark cleared in the CRM is a reset of the records whose bounce it was', async () => {
      await record(ana)
      await store.knex('email_addresses').update({ invalid_email: 0 }).where({ id: 'a-shared' })
      expect(await records.get('contacts', 'c1')).toMatchObject({
        email: 'ana@example.org',
        emailBounced: false,
        hardBounces: 0,
      })
      await record(ana)
      expect(await records.get('contacts', 'c1')).toMatchObject({ emailBounced: true, hardBounces: 1 })
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
    })

    it('undo of a bounce whose address is no longer the record’s takes its mark away and changes the counts', async () => {
      const id = await record(ana)
      await store.knex('email_addr_bean_rel').update({ deleted: 1 }).where({ id: '2' })
      expect(await undo(id)).toMatchObject({ kind: 'undone' })
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 0 })
      expect(await records.get('contacts', 'c1')).toMatchObject({
        email: 'ana@home.example',
        emailBounced: false,
        hardBounces: 0,
      })
    })

    it('a deleted address is no address of the record', async () => {
      await store.knex('email_addresses').update({ deleted: 1 }).where({ id: 'a-shared' })
      const before = await crmContents(store)
      await record(ana)
      expect(differences(before, await crmContents(store))).toEqual([])
      expect(await records.get('contacts', 'c1')).toMatchObject({ email: 'ana@home.example' })
      await store.knex('email_addr_bean_rel').update({ deleted: 1 }).whereNot({ id: '3' })
      expect(await records.findByAddress('ana@example.org')).toBeNull()
    })

    it('a deleted record is left alone, with its address', async () => {
      const before = await crmContents(store)
      await record({ ...ana, recordId: 'gone' })
      expect(differences(before, await crmContents(store))).toEqual([])
      expect(await records.get('contacts', 'gone')).toBeNull()
    })

    it('an address cannot be given over the API, a reset can', async () => {
      await record(ana)
      const by = { actor: 'test' }
      await expect(records.put('contacts', 'c1', { email: 'x@example.org' }, by)).rejects.toMatchObject({
        name: 'FieldError',
        field: 'email',
        message: expect.stringContaining('email_addresses'),
      })
      expect(await records.change('contacts', 'c1', { emailBounced: false }, by)).toMatchObject({
        emailBounced: false,
        hardBounces: 0,
      })
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
    })

    it('lists bounced records of all modules, and finds by address', async () => {
      await record({ ...ana, type: 'soft' })
      await record({ ...ana, module: 'targets', recordId: 'p1', type: 'soft' })
      const { items } = await listRecords(store, { limit: 10, bounced: true })
      expect(items.map(({ module, id, email }) => [module, id, email])).toEqual([
        ['contacts', 'c1', 'ana@example.org'],
        ['targets', 'p1', 'ana@example.org'],
      ])
      expect(await records.findByAddress('ana@home.example')).toEqual({ module: 'contacts', id: 'c1' })
      expect(await records.findByAddress('ana@example.org')).toBeNull()
    })

    it('a threshold that is reached marks the address', async () => {
      const thresholds = { 'mailbox-full': { bounces: 2, days: 1, afterId: 0 } }
      const strict = createRecorder(store, { trustClaimed: false, thresholds })
      for (const day of [1, 2, 3])
        await strict.record([event({ ...ana, type: 'soft', receivedAt: new Date(Date.UTC(2026, 2, day)) })])
      await strict.close()
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
      expect(await records.get('contacts', 'c1')).toMatchObject({ email: 'ana@home.example', softBounces: 3 })
    })

    it('a proof of life begins the count anew, kept beside the CRM', async () => {
      const thresholds = { 'mailbox-full': { bounces: 2, days: 1, afterId: 0 } }
      const strict = createRecorder(store, { trustClaimed: false, thresholds })
      const bounce = (day: number) =>
        strict.record([event({ ...ana, type: 'soft', receivedAt: new Date(Date.UTC(2026, 2, day)) })])
      await bounce(1)
      expect(await records.alive('contacts', 'nobody', { actor: 'test' })).toBeNull()
      const alive = await records.alive('contacts', 'c1', { actor: 'test' })
      expect(alive).toMatchObject({ softBounces: 1, aliveAt: expect.any(Date) })
      await bounce(2)
      expect(await row('email_addresses', 'a-shared')).not.toMatchObject({ invalid_email: 1 })
      await bounce(3)
      expect(await row('email_addresses', 'a-shared')).toMatchObject({ invalid_email: 1 })
      expect((await records.get('contacts', 'c1'))?.aliveAt).toEqual(alive?.aliveAt)
      await strict.close()
    })

    it('conditions that nothing meets are told', async () => {
      expect(await idleConditions(store, store.crm as CrmTables)).toEqual([
        'modules.companies.addresses.link.where: email_addr_bean_rel has rows, but none with bean_module = Accounts and deleted = 0: their bounces would have no effect',
      ])
    })

    it('two servers at one address lose and double nothing', async () => {
      const other = createRecorder(await mapped(database.open(), shippedMapping('suitecrm')), {
        trustClaimed: false,
      })
      const sketches = Array.from({ length: 20 }, () => [
        ana,
        { ...ana, module: 'leads', recordId: 'l1' },
        { ...ana, sentTo: 'ana@home.example' },
      ]).flat()
      await Promise.all(
        sketches.flatMap(each => [recorder.record([event(each)]), other.record([event(each)])]),
      )
      await other.close()
      expect(await records.get('contacts', 'c1')).toMatchObject({ email: null, hardBounces: 80 })
      expect(await records.get('leads', 'l1')).toMatchObject({ email: null, hardBounces: 40 })
    })
  })

  it('EspoCRM: the same language, quoted names and all', async () => {
    await use('espocrm')
    await store.knex('contact').insert({ id: '65a1b2c3d4e5f6a7b' })
    await store.knex('email_address').insert({ id: 'e1', name: 'Ana@example.org', lower: 'ana@example.org' })
    await store.knex('entity_email_address').insert({
      id: 1,
      entity_id: '65a1b2c3d4e5f6a7b',
      email_address_id: 'e1',
      entity_type: 'Contact',
      primary: 1,
    })
    const before = await crmContents(store)
    const id = await record({ recordId: '65a1b2c3d4e5f6a7b', sentTo: 'ana@example.org' })
    expect(differences(before, await crmContents(store))).toEqual(['email_address.invalid'])
    expect(await records.get('contacts', '65a1b2c3d4e5f6a7b')).toMatchObject({ email: null, hardBounces: 1 })
    await undo(id)
    expect(differences(before, await crmContents(store))).toEqual([])
  })

  it('CiviCRM: on hold with its date, released with another; an opt-out hold is left alone', async () => {
    await use('civicrm')
    await store.knex('civicrm_contact').insert([
      { id: 7, contact_type: 'Individual' },
      { id: 8, contact_type: 'Organization' },
    ])
    await store.knex('civicrm_email').insert([
      { id: 70, contact_id: 7, email: 'ana@home.example', is_primary: 0, on_hold: 0 },
      { id: 71, contact_id: 7, email: 'ana@example.org', is_primary: 1, on_hold: 0 },
      { id: 80, contact_id: 8, email: 'info@example.org', is_primary: 1, on_hold: 2 },
    ])
    const before = await crmContents(store)
    const id = await record({ recordId: '7', sentTo: 'ana@example.org' })
    expect(differences(before, await crmContents(store))).toEqual([
      'civicrm_email.hold_date',
      'civicrm_email.on_hold',
    ])
    expect(await row('civicrm_email', 71)).toMatchObject({ on_hold: 1, reset_date: null })
    expect(await records.get('contacts', '7')).toMatchObject({ email: 'ana@home.example' })
    await undo(id)
    expect(differences(before, await crmContents(store))).toEqual(['civicrm_email.reset_date'])
    const held = await crmContents(store)
    await record({ module: 'companies', recordId: '8', sentTo: 'info@example.org' })
    // A person, not a company: there is no such record in this module.
    await record({ recordId: '8', sentTo: 'info@example.org' })
    expect(differences(held, await crmContents(store))).toEqual([])
  })
})
