// The CRM's own tables, addresses on the record (vtiger): what is written, what never is, and what people change there.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/database/open.ts'
import { foldCampaigns } from '../../src/store/recording/fold-campaigns.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords, type StoredRecords } from '../../src/store/tables/records.ts'
import { forgetAddress } from '../../src/store/upkeep/forget.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { within } from '../patience.ts'
import { createCrm, crmContents, differences, emptied, mapped, shippedMapping } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

/** The shipped mapping with the two fields that its manual tells to add. */
function withFields(): unknown {
  const file = shippedMapping('vtiger') as { modules: Record<string, Record<string, unknown>> }
  const contacts = file.modules.contacts ?? {}
  Object.assign(contacts, {
    beside: { vtiger_crmentity: 'crmid', vtiger_contactscf: 'contactid' },
    flag: 'vtiger_contactscf.cf_email_bounced',
    bouncedAddress: 'vtiger_contactscf.cf_bounced_address',
  })
  return file
}

describe.each(dialects)('vtiger on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder
  let records: StoredRecords
  const use = async (file: unknown): Promise<void> => {
    // One that knows another mapping would fold campaigns without it.
    await recorder?.close()
    store = await mapped(database.store, file)
    recorder = createRecorder(store, { trustClaimed: false })
    records = createRecords(store)
  }
  beforeAll(async () => {
    database = await newDatabase(dialect)
    await createCrm(database.store, 'vtiger')
  })
  afterAll(async () => database?.drop())
  beforeEach(async () => {
    await emptied(database.store)
    const { knex } = database.store
    const contact = async (id: number, fields: object, deleted = 0): Promise<void> => {
      const at = '2026-01-01 00:00:00'
      await knex('vtiger_crmentity').insert({
        crmid: id,
        setype: 'Contacts',
        createdtime: at,
        modifiedtime: at,
        deleted,
      })
      await knex('vtiger_contactdetails').insert({
        contactid: id,
        contact_no: `CON${id}`,
        lastname: 'Doe',
        ...fields,
      })
      await knex('vtiger_contactscf').insert({ contactid: id })
    }
    await contact(42, { email: 'ana@example.org', otheremail: 'Ana@home.example', phone: '1' })
    await contact(43, { email: 'ben@example.org', secondaryemail: '' })
    await contact(44, { email: 'gone@example.org' }, 1)
    await use(shippedMapping('vtiger'))
  })
  afterEach(async () => recorder?.close())
  const record = async (sketch: EventSketch): Promise<string> =>
    (await recorder.record([event(sketch)]))[0]?.id ?? ''
  const undo = (id: string) => undoBounce(store, id, { actor: 'test' })
  const contact = async (id: number) =>
    (await store.knex('vtiger_contactdetails').where({ contactid: id }))[0]
  const fields = async (id: number) => (await store.knex('vtiger_contactscf').where({ contactid: id }))[0]

  it('a hard bounce empties the column whose address bounced, and writes nothing else', async () => {
    const before = await crmContents(store)
    await record({ sentTo: 'ana@home.example' })
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactdetails.otheremail',
      'vtiger_crmentity.modifiedtime',
    ])
    expect(await contact(42)).toMatchObject({ email: 'ana@example.org', otheremail: null })
    expect(await records.get('contacts', '42')).toEqual({
      module: 'contacts',
      id: '42',
      email: 'ana@example.org',
      emailBounced: true,
      bouncedAddress: 'Ana@home.example',
      hardBounces: 1,
      softBounces: 0,
      lastBounceAt: new Date('2026-03-01T12:00:00Z'),
      resetAt: null,
      aliveAt: null,
      complaints: 0,
      lastComplaintAt: null,
    })
  })

  it('empties each column that holds the address', async () => {
    await store
      .knex('vtiger_contactdetails')
      .where({ contactid: 43 })
      .update({ otheremail: 'BEN@example.org' })
    await record({ recordId: '43', sentTo: 'ben@example.org' })
    expect(await contact(43)).toMatchObject({ email: null, otheremail: null, secondaryemail: '' })
  })

  it('without a field for the flag a soft bounce leaves the CRM as it is', async () => {
    const before = await crmContents(store)
    await record({ type: 'soft' })
    expect(differences(before, await crmContents(store))).toEqual([])
    expect(await records.get('contacts', '42')).toMatchObject({ emailBounced: true, softBounces: 1 })
  })

  it('a complaint that is proven sets the opt-out, once and for all; a claimed one is counted', async () => {
    const before = await crmContents(store)
    await record({ kind: 'complaint', by: 'legacy' })
    expect(differences(before, await crmContents(store))).toEqual([])
    const id = await record({ kind: 'complaint' })
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactdetails.emailoptout',
      'vtiger_crmentity.modifiedtime',
    ])
    expect(await contact(42)).toMatchObject({ email: 'ana@example.org', emailoptout: '1' })
    const complained = {
      emailBounced: false,
      complaints: 2,
      lastComplaintAt: new Date('2026-03-01T12:00:00Z'),
    }
    expect(await records.get('contacts', '42')).toMatchObject(complained)
    const { items } = await listRecords(store, { limit: 10, complained: true })
    expect(items.map(item => item.id)).toEqual(['42'])
    await undo(id)
    expect(await contact(42)).toMatchObject({ emailoptout: '1' })
    expect(await records.get('contacts', '42')).toMatchObject({ complaints: 1 })
  })

  it('a complaint of a record that the CRM has deleted writes nothing into it', async () => {
    const before = await crmContents(store)
    const id = await record({ kind: 'complaint', recordId: '44', sentTo: 'gone@example.org' })
    expect(differences(before, await crmContents(store))).toEqual([])
    await undo(id)
    expect(differences(before, await crmContents(store))).toEqual([])
  })

  it('with fields for flag and address, these are written, and nothing else', async () => {
    await use(withFields())
    const before = await crmContents(store)
    await record({ type: 'soft' })
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactscf.cf_email_bounced',
      'vtiger_crmentity.modifiedtime',
    ])
    const flagged = await crmContents(store)
    await record({ type: 'soft' })
    expect(differences(flagged, await crmContents(store))).toEqual([])
    await record({ sentTo: 'ana@example.org' })
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactdetails.email',
      'vtiger_contactscf.cf_bounced_address',
      'vtiger_contactscf.cf_email_bounced',
      'vtiger_crmentity.modifiedtime',
    ])
    expect(await fields(42)).toMatchObject({ cf_email_bounced: '1', cf_bounced_address: 'ana@example.org' })
  })

  it('undo puts the address back where it was, in whatever order', async () => {
    await use(withFields())
    const before = await crmContents(store)
    const first = await record({ sentTo: 'ana@example.org' })
    const second = await record({ sentTo: 'ana@home.example' })
    expect(await contact(42)).toMatchObject({ email: null, otheremail: null })
    expect(await undo(first)).toMatchObject({ kind: 'undone' })
    expect(await contact(42)).toMatchObject({ email: 'ana@example.org', otheremail: null })
    expect(await records.get('contacts', '42')).toMatchObject({ emailBounced: true, hardBounces: 1 })
    expect(await undo(second)).toMatchObject({ kind: 'undone' })
    expect(differences(before, await crmContents(store))).toEqual(['vtiger_crmentity.modifiedtime'])
    expect(await store.knex('rebound_taken_addresses')).toEqual([])
  })

  it('the address stays away while one bounce of it stands, and comes back with the last', async () => {
    await use(withFields())
    const before = await crmContents(store)
    const first = await record({ sentTo: 'ana@example.org' })
    const second = await record({ sentTo: 'ana@example.org' })
    await undo(first)
    expect(await contact(42)).toMatchObject({ email: null })
    expect(await fields(42)).toMatchObject({ cf_email_bounced: '1', cf_bounced_address: 'ana@example.org' })
    await undo(second)
    expect(differences(before, await crmContents(store))).toEqual(['vtiger_crmentity.modifiedtime'])
  })

  it('undo is refused when the column has another address by now', async () => {
    const id = await record({ sentTo: 'ana@example.org' })
    await store.knex('vtiger_contactdetails').where({ contactid: 42 }).update({ email: 'new@example.org' })
    expect(await undo(id)).toMatchObject({
      kind: 'conflict',
      why: expect.stringContaining('new@example.org'),
    })
    expect(await contact(42)).toMatchObject({ email: 'new@example.org', otheremail: 'Ana@home.example' })
  })

  it('a new address is kept, unflagged, when the old one bounces', async () => {
    await use(withFields())
    await store
      .knex('vtiger_contactdetails')
      .where({ contactid: 42 })
      .update({ email: 'new@example.org', otheremail: null })
    const before = await crmContents(store)
    await record({ sentTo: 'ana@example.org' })
    expect(differences(before, await crmContents(store))).toEqual([])
    expect(await records.get('contacts', '42')).toMatchObject({
      email: 'new@example.org',
      emailBounced: false,
      hardBounces: 1,
    })
  })

  it('the flag unchecked in the CRM is a reset: noticed when shown, written down with the next change', async () => {
    await use(withFields())
    await record({ type: 'soft' })
    await record({ type: 'soft' })
    await store.knex('vtiger_contactscf').where({ contactid: 42 }).update({ cf_email_bounced: '0' })
    expect(await records.get('contacts', '42')).toMatchObject({ emailBounced: false, softBounces: 0 })
    expect((await listRecords(store, { limit: 10, bounced: true })).items).toEqual([])
    expect((await listRecords(store, { limit: 10, bounced: false })).items).toMatchObject([{ id: '42' }])
    await record({ type: 'soft' })
    expect(await records.get('contacts', '42')).toMatchObject({
      emailBounced: true,
      softBounces: 1,
      resetAt: expect.any(Date),
    })
    const trail = await store.knex('rebound_audit').where({ record_id: '42' })
    expect(trail.map(row => [row.action, row.actor])).toEqual([['reset', 'crm']])
  })

  it('a reset unchecks the flag in the CRM and leaves the address gone', async () => {
    await use(withFields())
    await record({ sentTo: 'ana@example.org' })
    const reset = { emailBounced: false } as const
    expect(await records.change('contacts', '42', reset, { actor: 'test' })).toMatchObject({
      emailBounced: false,
      hardBounces: 0,
      bouncedAddress: 'ana@example.org',
      resetAt: expect.any(Date),
    })
    expect(await fields(42)).toMatchObject({ cf_email_bounced: '0' })
    expect(await contact(42)).toMatchObject({ email: null })
  })

  it('a new address over the API goes into the CRM, in place of the current one', async () => {
    const before = await crmContents(store)
    const change = { email: 'new@example.org' }
    const by = { actor: 'test' }
    expect(await records.put('contacts', '42', change, by)).toMatchObject({
      record: { email: 'new@example.org' },
      isNew: false,
    })
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactdetails.email',
      'vtiger_crmentity.modifiedtime',
    ])
    expect(await records.put('contacts', '99', change, by)).toBeNull()
  })

  it.each(['44', '99', '042', '42 ', '42abc', 'x'])(
    'a record that the CRM does not have (%s) changes nothing there and is counted',
    async id => {
      const before = await crmContents(store)
      const bounce = await record({ recordId: id, campaign: { id: '7' } })
      expect(differences(before, await crmContents(store))).toEqual([])
      expect(await records.get('contacts', id)).toBeNull()
      expect((await records.history('contacts', id, { limit: 5 })).items).toMatchObject([{ type: 'hard' }])
      const [row] = await store.knex('rebound_bounces').where({ id: bounce })
      expect(row.effect).toBe('absent')
      expect(await createCampaigns(store).get('7')).toMatchObject({ hardBounces: 1 })
      expect(await undo(bounce)).toMatchObject({ kind: 'undone' })
      expect(await createCampaigns(store).get('7')).toMatchObject({ hardBounces: 0 })
      const [own] = await store.knex('rebound_mapped_records').where({ id })
      expect(own.hard_bounces).toBe(0)
    },
  )

  it('lists the records that bounced, with what the CRM says of them now', async () => {
    await record({ recordId: '42', type: 'soft' })
    await record({ recordId: '43', sentTo: 'ben@example.org', campaign: { id: '7' } })
    await record({ recordId: '44', sentTo: 'gone@example.org' })
    await store.knex('vtiger_contactdetails').where({ contactid: 43 }).update({ email: 'new@example.org' })
    const all = await listRecords(store, { limit: 10 })
    expect(all.items.map(({ id, email, lastType }) => [id, email, lastType])).toEqual([
      ['42', 'ana@example.org', 'soft'],
      ['43', 'new@example.org', 'hard'],
    ])
    const first = await listRecords(store, { limit: 1, module: 'contacts', bounced: true })
    expect(first.items.map(item => item.id)).toEqual(['42'])
    const rest = await listRecords(store, {
      limit: 1,
      module: 'contacts',
      bounced: true,
      after: first.next ?? '',
    })
    expect([rest.items.map(item => item.id), rest.next]).toEqual([['43'], null])
    expect((await listRecords(store, { limit: 10, campaignId: '7' })).items).toMatchObject([{ id: '43' }])
  })

  it('lists a small page without a query for every record that is not to be shown', async () => {
    await use(withFields())
    const ids = Array.from({ length: 300 }, (_, at) => 1000 + at)
    const { knex } = store
    const at = '2026-01-01 00:00:00'
    const crmentity = ids.map(crmid => ({ crmid, createdtime: at, modifiedtime: at }))
    await knex.batchInsert('vtiger_crmentity', crmentity, 100)
    const details = ids.map(contactid => ({ contactid, contact_no: '', lastname: '' }))
    await knex.batchInsert('vtiger_contactdetails', details, 100)
    await knex.batchInsert(
      'vtiger_contactscf',
      ids.map(contactid => ({ contactid, cf_email_bounced: contactid === 1299 ? '1' : '0' })),
      100,
    )
    const kept = { module: 'contacts', email_bounced: 1, flag_column: 'vtiger_contactscf.cf_email_bounced' }
    await knex.batchInsert(
      'rebound_mapped_records',
      ids.map(id => ({ ...kept, id: `${id}` })),
      100,
    )
    let queries = 0
    const count = () => queries++
    knex.on('query', count)
    const { items } = await listRecords(store, { limit: 1, bounced: true })
    knex.removeListener('query', count)
    expect(items.map(({ id }) => id)).toEqual(['1299'])
    expect(queries).toBeLessThan(60)
  })

  it('finds the only record of an address', async () => {
    expect(await records.findByAddress('ben@example.org')).toEqual({ module: 'contacts', id: '43' })
    expect(await records.findByAddress('gone@example.org')).toBeNull()
    await store
      .knex('vtiger_contactdetails')
      .where({ contactid: 42 })
      .update({ secondaryemail: 'ben@example.org' })
    expect(await records.findByAddress('ben@example.org')).toBeNull()
  })

  it('keeps the CRM’s campaigns equal to its counts, undo included, and no other column of them', async () => {
    await store.knex.raw(
      'create table campaigns (id int not null primary key, name varchar(50), bounced int default null, spam int default 5, changed bigint default null)',
    )
    await store.knex('campaigns').insert([{ id: 7, name: 'spring' }, { id: 8 }])
    const campaigns = { table: 'campaigns', id: 'id', hardBounces: 'bounced', complaints: 'spam' }
    await use({
      ...(withFields() as object),
      campaigns: { ...campaigns, updatedAt: { column: 'changed', format: 'epoch' } },
    })
    const before = await crmContents(store)
    const id = await record({ campaign: { id: '7' }, sentTo: 'gone@example.org' })
    await record({ campaign: { id: '7' }, recordId: '43', sentTo: 'old@example.org' })
    await record({ campaign: { id: 'x' }, sentTo: 'gone@example.org' })
    // As the recorder does within a second; while it does, a row is passed over.
    const changed = async () => {
      await foldCampaigns(store, error => expect.unreachable(`${error}`))
      return differences(before, await crmContents(store))
    }
    await expect
      .poll(changed, { timeout: within(10_000) })
      .toEqual(['campaigns.bounced', 'campaigns.changed', 'campaigns.spam'])
    const read = async () =>
      (await store.knex('campaigns').select('bounced', 'spam').orderBy('id')) as unknown
    await expect.poll(read, { timeout: within(10_000) }).toEqual([
      { bounced: 2, spam: 0 },
      { bounced: null, spam: 5 },
    ])
    await undo(id)
    await expect.poll(read, { timeout: within(10_000) }).toEqual([
      { bounced: 1, spam: 0 },
      { bounced: null, spam: 5 },
    ])
  })

  it('forgets an address in what it wrote, and leaves the CRM’s own columns to the CRM', async () => {
    await use(withFields())
    const id = await record({ sentTo: 'ana@example.org' })
    await store
      .knex('vtiger_contactdetails')
      .where({ contactid: 43 })
      .update({ otheremail: 'ana@example.org' })
    const before = await crmContents(store)
    const settings = { actor: 'test', pseudonym: 'forgotten-1', checks: [] }
    expect(await forgetAddress(store, 'ANA@example.org', { ...settings, dryRun: true })).toMatchObject({
      records: 1,
    })
    expect(differences(before, await crmContents(store))).toEqual([])
    expect(await forgetAddress(store, 'ANA@example.org', settings)).toMatchObject({ records: 1 })
    expect(differences(before, await crmContents(store))).toEqual(['vtiger_contactscf.cf_bounced_address'])
    const own = ['rebound_mapped_records', 'rebound_taken_addresses', 'rebound_bounces', 'rebound_audit']
    for (const table of own) expect(JSON.stringify(await store.knex(table))).not.toMatch(/ana@example/i)
    // There is nothing left to give back.
    expect(await undo(id)).toMatchObject({ kind: 'undone' })
    expect(await contact(42)).toMatchObject({ email: null })
  })

  it('many at once: one commit, exact counts, each record its own', async () => {
    await use(withFields())
    const ids = Array.from({ length: 40 }, (_, at) => 1000 + at)
    await store.knex('vtiger_crmentity').insert(
      ids.map(crmid => ({
        crmid,
        createdtime: '2026-01-01 00:00:00',
        modifiedtime: '2026-01-01 00:00:00',
      })),
    )
    await store
      .knex('vtiger_contactdetails')
      .insert(ids.map(id => ({ contactid: id, contact_no: '', lastname: '', email: `c${id}@example.org` })))
    await store.knex('vtiger_contactscf').insert(ids.map(contactid => ({ contactid })))
    const other = createRecorder(await mapped(database.open(), withFields()), {
      trustClaimed: false,
    })
    await Promise.all(
      ids.flatMap(id =>
        [recorder, other].flatMap(each => [
          each.record([event({ recordId: `${id}`, type: 'soft', sentTo: `c${id}@example.org` })]),
          each.record([event({ recordId: `${id}`, sentTo: `c${id}@example.org` })]),
        ]),
      ),
    )
    await other.close()
    const rows = await store.knex('vtiger_contactdetails').whereIn('contactid', ids)
    expect(rows.filter(row => row.email !== null)).toEqual([])
    const flags = await store.knex('vtiger_contactscf').whereIn('contactid', ids)
    expect(flags.map(row => row.cf_bounced_address)).toEqual(ids.map(id => `c${id}@example.org`))
    const own = await store.knex('rebound_mapped_records').where({ hard_bounces: 2, soft_bounces: 2 })
    expect(own).toHaveLength(40)
  })
})
