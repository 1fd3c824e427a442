// REBOUND_SPREAD: a dead address goes from every record that has it, each with its own history, and comes back to each.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createIncidents } from '../../src/backend/incidents.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import type { Trust } from '../../src/store/recording/trust.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createDayCells } from '../../src/store/tables/day-cells.ts'
import { noteSign } from '../../src/store/tables/incidents.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { holdRemoval } from '../../src/store/upkeep/hold.ts'
import { spreadRemoval } from '../../src/store/upkeep/spread.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { createCrm, crmContents, differences, emptied, mapped, shippedMapping } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const by = { actor: 'test' }
const ana = 'Ana@Example.org'

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  let trust: Trust
  beforeAll(async () => {
    database = await newDatabase(dialect)
    await createCrm(database.store, 'vtiger')
  })
  afterAll(async () => database?.drop())
  beforeEach(async () => {
    await emptied(database.store)
    for (const table of ['contacts', 'companies', 'leads', 'outbox', 'incidents'])
      await database.store.knex(`rebound_${table}`).del()
    trust = { trustClaimed: false }
    recorder = createRecorder(database.store, trust)
    const records = createRecords(database.store)
    await records.put('contacts', '42', { email: 'ana@example.org' }, by)
    await records.put('leads', '9', { email: ana }, by)
    await records.put('contacts', '43', { email: 'ana@example.org' }, by)
    await records.put('companies', '1', { email: 'ben@example.org' }, by)
  })
  afterEach(async () => recorder?.close())
  const record = async (sketch: EventSketch = {}): Promise<number> =>
    Number((await recorder.record([event(sketch)]))[0]?.id)
  const spread = (id: number, more: Partial<Parameters<typeof spreadRemoval>[2]> = {}) =>
    spreadRemoval(database.store, id, { outbox: true, ...more })
  const get = (module: string, id: string) => createRecords(database.store).get(module, id)
  const rows = async (table: string) =>
    (await database.store.knex(table).select('*').orderBy('id')) as Record<string, unknown>[]
  const gone = { email: null, emailBounced: true, hardBounces: 1, softBounces: 0 }

  it('takes the address from all that have it, with history, audit and webhook, and counts no mail', async () => {
    await createCampaigns(database.store).put('7', { sent: 10 })
    const id = await record({ campaign: { id: '7' } })
    const shared = await spread(id)
    expect(shared.map(({ effect, movedTo }) => [effect, movedTo])).toEqual([
      ['removed', null],
      ['removed', null],
    ])
    expect(await get('leads', '9')).toMatchObject({ ...gone, bouncedAddress: ana })
    expect(await get('contacts', '43')).toMatchObject({ ...gone, bouncedAddress: 'ana@example.org' })
    expect(await get('companies', '1')).toMatchObject({ email: 'ben@example.org', emailBounced: false })

    const { items } = await createRecords(database.store).history('leads', '9', { limit: 10 })
    expect(items).toMatchObject([
      {
        concern: 'shared',
        effect: 'removed',
        type: 'hard',
        category: 'unknown-user',
        advice: 'remove',
        address: ana,
        diagnostic: '550 5.1.1 no such user',
        remoteMta: 'mx.example.org',
        campaignId: null,
        mailId: null,
        subject: null,
      },
    ])
    const audit = (await rows('rebound_audit')).filter(({ action }) => action === 'share')
    expect(audit.map(({ actor, module, record_id }) => [actor, module, record_id])).toEqual([
      [`event ${id}`, 'contacts', '43'],
      [`event ${id}`, 'leads', '9'],
    ])
    expect(await rows('rebound_outbox')).toHaveLength(2)
    expect(await createCampaigns(database.store).get('7')).toMatchObject({ hardBounces: 1 })
    const today = new Date().setUTCHours(0, 0, 0, 0)
    const cells = await createDayCells(database.store, { loadProviders: async () => () => 'other' })(
      today,
      'provider',
    )
    expect(cells.map(({ type, count }) => [type, count])).toEqual([['hard', 1]])
  })

  it('does nothing the second time, nor of what is not a proven removal', async () => {
    const id = await record()
    await spread(id)
    const before = await rows('rebound_bounces')
    expect(await spread(id)).toEqual([])
    expect(await spread(Number(before.at(-1)?.id))).toEqual([])
    const rest: EventSketch[] = [
      { recordId: '50', type: 'soft' },
      { recordId: '51', sentTo: 'eve@example.org' },
    ]
    await createRecords(database.store).put('leads', '10', { email: 'ana@example.org' }, by)
    for (const sketch of rest) expect(await spread(await record(sketch))).toEqual([])
    // Removed, but by a link that anybody can write.
    await recorder.close()
    recorder = createRecorder(database.store, { trustClaimed: true })
    await createRecords(database.store).put('contacts', '52', { email: 'ana@example.org' }, by)
    const claimed = await record({ recordId: '52', by: 'legacy' })
    expect((await rows('rebound_bounces')).at(-1)).toMatchObject({ effect: 'removed', linked_by: 'legacy' })
    expect(await spread(claimed)).toEqual([])
    expect(await get('leads', '10')).toMatchObject({ email: 'ana@example.org', emailBounced: false })
  })

  it('goes back where it came from, or to one record alone', async () => {
    const id = await record()
    const [first] = await spread(id)
    await undoBounce(database.store, first?.id ?? '', by)
    expect(await get('contacts', '43')).toMatchObject({ email: 'ana@example.org', emailBounced: false })
    expect(await get('leads', '9')).toMatchObject(gone)
    expect(await get('contacts', '42')).toMatchObject(gone)

    expect(await undoBounce(database.store, `${id}`, by)).toMatchObject({ kind: 'undone', others: 1 })
    for (const [module, at] of [
      ['contacts', '42'],
      ['leads', '9'],
    ] as const)
      expect(await get(module, at)).toMatchObject({ emailBounced: false, hardBounces: 0 })
    expect(await get('leads', '9')).toMatchObject({ email: ana, bouncedAddress: null })
    // What was undone is not taken again.
    expect(await spread(id)).toEqual([])
  })

  it('leaves a record its new address when the rest is undone', async () => {
    const id = await record()
    await spread(id)
    await createRecords(database.store).put('leads', '9', { email: 'new@example.org' }, by)
    expect(await undoBounce(database.store, `${id}`, by)).toMatchObject({ kind: 'undone', others: 1 })
    expect(await get('leads', '9')).toMatchObject({ email: 'new@example.org' })
    expect(await get('contacts', '43')).toMatchObject({ email: 'ana@example.org' })
  })

  it('spreads a promotion as one: the other records turn hard by the same threshold', async () => {
    await recorder.close()
    const thresholds = { 'mailbox-full': { bounces: 2, days: 1, afterId: 0 } }
    recorder = createRecorder(database.store, { trustClaimed: false, thresholds })
    const soft = (day: number) => record({ type: 'soft', receivedAt: new Date(Date.UTC(2026, 2, day, 12)) })
    await soft(1)
    const id = await soft(4)
    expect(await get('contacts', '42')).toMatchObject({ email: null })
    await spread(id)
    expect(await get('leads', '9')).toMatchObject({ email: null, softBounces: 1, bouncedAddress: ana })
    expect((await rows('rebound_bounces')).at(-1)).toMatchObject({
      concern: 'shared',
      effect: 'removed',
      promoted_by: 'mailbox-full=2/1d',
    })
  })

  it('holds with the brake, goes on when it is let go, and is given back with what it came from', async () => {
    const id = await record({ campaign: { id: '7' } })
    const sign = { sign: 'campaign', subject: '7', records: 20, domains: 10 } as const
    const incident = await noteSign(database.store, sign, { at: Date.now(), quietMs: 1 })
    const incidentId = Number(incident?.id)
    // The campaign is that of the mail, though the other records are in none.
    const heldBy = (_: unknown, campaignId: string | null) => (campaignId === '7' ? incidentId : null)
    expect((await spread(id, { heldBy })).map(({ effect }) => effect)).toEqual(['held', 'held'])
    expect(await get('leads', '9')).toMatchObject({ email: ana, emailBounced: true })
    const incidents = createIncidents(database.store, (event, who) => undoBounce(database.store, event, who))
    expect(await incidents.decide(`${incidentId}`, 'apply', { ...by, reason: '' })).toMatchObject({ done: 2 })
    expect(await get('leads', '9')).toMatchObject({ email: null, bouncedAddress: ana })

    await holdRemoval(database.store, id, { incidentId, ...by })
    expect(await get('contacts', '42')).toMatchObject({ email: 'ana@example.org', emailBounced: true })
    expect(await get('leads', '9')).toMatchObject({ email: ana, emailBounced: true })
  })

  it('begins when a held removal is made', async () => {
    await recorder.close()
    const { store } = database
    const sign = { sign: 'host', subject: 'mx.example.org', records: 20, domains: 10 } as const
    const incidentId = Number((await noteSign(store, sign, { at: Date.now(), quietMs: 1 }))?.id)
    recorder = createRecorder(store, { ...trust, heldBy: () => incidentId })
    const id = await record()
    expect(await spread(id)).toEqual([])
    const undo = (event: string, who: typeof by) => undoBounce(store, event, who)
    const incidents = createIncidents(store, undo, event => spread(event))
    await incidents.decide(`${incidentId}`, 'apply', { ...by, reason: '' })
    expect(await get('leads', '9')).toMatchObject(gone)
  })

  it('gives way to an undo that comes meanwhile', async () => {
    const id = await record()
    const [, undone] = await Promise.all([spread(id), undoBounce(database.store, `${id}`, by)])
    expect(undone).toMatchObject({ kind: 'undone' })
    // Whichever came first: what was shared after all goes back with the same undo, made again.
    await undoBounce(database.store, `${id}`, by)
    for (const [module, at] of [
      ['contacts', '43'],
      ['leads', '9'],
    ] as const)
      expect(await get(module, at)).toMatchObject({ emailBounced: false, hardBounces: 0 })
  })

  it('shares from two servers at once as from one', async () => {
    const id = await record()
    const other = database.open()
    const [one, two] = await Promise.all([spread(id), spreadRemoval(other, id, { outbox: true })])
    expect(one.length + two.length).toBe(2)
    expect(await get('leads', '9')).toMatchObject(gone)
  })

  it("takes it from the CRM's own tables, in whichever column it is, and writes nothing else", async () => {
    await recorder.close()
    const store = await mapped(database.store, shippedMapping('vtiger'))
    recorder = createRecorder(store, trust)
    const { knex } = store
    const at = '2026-01-01 00:00:00'
    for (const [crmid, setype, deleted = 0] of [
      [42, 'Contacts'],
      [43, 'Contacts'],
      [44, 'Contacts', 1],
      [50, 'Leads'],
    ] as const)
      await knex('vtiger_crmentity').insert({ crmid, setype, createdtime: at, modifiedtime: at, deleted })
    const contact = (id: number, fields: object) =>
      knex('vtiger_contactdetails').insert({
        contactid: id,
        contact_no: `C${id}`,
        lastname: 'Doe',
        ...fields,
      })
    await contact(42, { email: 'ana@example.org' })
    await contact(43, { email: 'eve@example.org', otheremail: 'ana@example.org' })
    await contact(44, { email: 'ana@example.org' })
    await knex('vtiger_leaddetails').insert({
      leadid: 50,
      lead_no: 'L50',
      lastname: 'Doe',
      company: '',
      email: 'ana@example.org',
    })
    const id = await record()
    const before = await crmContents(store)
    const shared = await spreadRemoval(store, id, { outbox: false })
    expect(shared.map(({ event: { link } }) => link?.send.recordId).sort()).toEqual(['43', '50'])
    expect(differences(before, await crmContents(store))).toEqual([
      'vtiger_contactdetails.otheremail',
      'vtiger_crmentity.modifiedtime',
      'vtiger_leaddetails.email',
    ])
    const [third] = await knex('vtiger_contactdetails').where({ contactid: 43 })
    expect(third).toMatchObject({ email: 'eve@example.org' })
    const [deleted] = await knex('vtiger_contactdetails').where({ contactid: 44 })
    expect(deleted).toMatchObject({ email: 'ana@example.org' })

    await undoBounce(store, `${id}`, by)
    const [back] = await knex('vtiger_contactdetails').where({ contactid: 43 })
    expect(back).toMatchObject({ email: 'eve@example.org', otheremail: 'ana@example.org' })
    const [lead] = await knex('vtiger_leaddetails').where({ leadid: 50 })
    expect(lead).toMatchObject({ email: 'ana@example.org' })
  })
})
