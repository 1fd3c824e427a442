// Undo: the address returns, the event leaves every count, twice is once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Records } from '../../src/model/record.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { forgetAddress } from '../../src/store/upkeep/forget.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

describe.each(dialects)('undo on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  let records: Records
  beforeAll(async () => {
    database = await newDatabase(dialect)
    recorder = createRecorder(database.store, { trustClaimed: false })
    records = createRecords(database.store)
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const by = { actor: 'test' }
  const record = async (sketch: EventSketch): Promise<string> =>
    (await recorder.record([event(sketch)]))[0]?.id ?? ''
  const undo = (id: string) => undoBounce(database.store, id, { actor: 'test' })
  const campaign = async (id: string) => {
    const found = await createCampaigns(database.store).get(id)
    return found && [found.hardBounces, found.softBounces, found.blockedBounces, found.complaints]
  }

  it('gives the address back and leaves no trace in the counts, once', async () => {
    await records.put('contacts', '1', { email: 'Ana@example.org' }, by)
    const id = await record({ recordId: '1', campaign: { id: 'a' } })
    expect(await undo(id)).toMatchObject({ kind: 'undone', bounce: { id, undoneAt: expect.any(Date) } })
    const restored = await records.get('contacts', '1')
    expect(restored).toMatchObject({
      email: 'Ana@example.org',
      emailBounced: false,
      bouncedAddress: null,
      hardBounces: 0,
      lastBounceAt: null,
    })
    expect(await campaign('a')).toEqual([0, 0, 0, 0])
    await undo(id)
    expect(await records.get('contacts', '1')).toEqual(restored)
    expect(await campaign('a')).toEqual([0, 0, 0, 0])
    const trail = await database.store.knex('rebound_audit').where({ record_id: '1' })
    expect(trail.map(row => [row.action, row.actor, row.event_id])).toEqual([['undo', 'test', Number(id)]])
  })

  it('is refused when the record has another address by now, and changes nothing', async () => {
    const id = await record({ recordId: '2', campaign: { id: 'b' } })
    await records.change('contacts', '2', { email: 'new@example.org' }, by)
    const before = await records.get('contacts', '2')
    expect(await undo(id)).toMatchObject({
      kind: 'conflict',
      why: expect.stringContaining('new@example.org'),
    })
    expect(await records.get('contacts', '2')).toEqual(before)
    expect(await campaign('b')).toEqual([1, 0, 0, 0])
  })

  it('leaves what other events did: the flag, their counts, the next worst type of the campaign', async () => {
    const about = { recordId: '3', campaign: { id: 'c' } } as const
    await record({ ...about, type: 'soft', category: 'spam' })
    await record({ ...about, kind: 'complaint' })
    const hard = await record(about)
    expect(await campaign('c')).toEqual([1, 0, 0, 1])
    await undo(hard)
    expect(await campaign('c')).toEqual([0, 1, 1, 1])
    expect(await records.get('contacts', '3')).toMatchObject({
      email: 'ana@example.org',
      emailBounced: true,
      hardBounces: 0,
      softBounces: 1,
    })
  })

  it('takes back a complaint', async () => {
    const id = await record({ recordId: '4', campaign: { id: 'd' }, kind: 'complaint' })
    await record({ recordId: '4', receivedAt: new Date('2026-01-02') })
    const later = await record({ recordId: '4', kind: 'complaint', receivedAt: new Date('2026-01-03') })
    const first = (await createBounces(database.store).get(id))?.receivedAt
    expect(await campaign('d')).toEqual([0, 0, 0, 1])
    const before = await records.get('contacts', '4')
    expect(before).toMatchObject({ complaints: 2, hardBounces: 1 })
    await undo(later)
    expect(await records.get('contacts', '4')).toEqual({ ...before, complaints: 1, lastComplaintAt: first })
    await undo(id)
    expect(await campaign('d')).toEqual([0, 0, 0, 0])
    expect(await records.get('contacts', '4')).toEqual({ ...before, complaints: 0, lastComplaintAt: null })
  })

  it('knows an event by one spelling of its id', async () => {
    const id = await record({ recordId: 'spelled' })
    for (const other of [`00${id}`, `+${id}`, ` ${id}`, `${id}.0`, ''])
      expect(await undo(other)).toEqual({ kind: 'absent' })
    expect(await createBounces(database.store).get(`0${id}`)).toBeNull()
    expect(await undo(id)).toMatchObject({ kind: 'undone' })
  })

  it('does not take from counts that began anew after it', async () => {
    const old = await record({ recordId: '5', type: 'soft' })
    await records.change('contacts', '5', { emailBounced: false }, by)
    await record({ recordId: '5', type: 'soft' })
    await undo(old)
    expect(await records.get('contacts', '5')).toMatchObject({ softBounces: 1, emailBounced: true })
  })

  const shown = async (id: string) => {
    const { email, bouncedAddress, emailBounced, hardBounces } = (await records.get('contacts', id)) ?? {}
    return [email, bouncedAddress, emailBounced, hardBounces]
  }

  it('takes back the bounced address of a record that had none', async () => {
    await records.put('contacts', '6', {}, by)
    const id = await record({ recordId: '6' })
    expect(await shown('6')).toEqual([null, 'ana@example.org', true, 1])
    await undo(id)
    expect(await shown('6')).toEqual([null, null, false, 0])
  })

  it('shows as bounced what an earlier bounce took', async () => {
    const ben = { sentTo: 'ben@example.org', recordId: '7' }
    await record({ recordId: '7' })
    await records.change('contacts', '7', { email: 'ben@example.org' }, by)
    const id = await record(ben)
    expect(await shown('7')).toEqual([null, 'ben@example.org', true, 2])
    await undo(id)
    expect(await shown('7')).toEqual(['ben@example.org', 'ana@example.org', true, 1])
  })

  it.each([['first'], ['second']])(
    'keeps an address away while one bounce of it stands, the %s undone before the other',
    async which => {
      const recordId = `8 ${which}`
      const ids = [await record({ recordId }), await record({ recordId, sentTo: 'ANA@example.org' })]
      if (which === 'second') ids.reverse()
      const [one = '', other = ''] = ids
      expect(await undo(one)).toMatchObject({ kind: 'undone' })
      expect(await shown(recordId)).toEqual([null, 'ana@example.org', true, 1])
      await undo(other)
      expect(await shown(recordId)).toEqual(['ana@example.org', null, false, 0])
    },
  )

  it('gives an address back though a bounce of it stands from before the reset', async () => {
    await record({ recordId: '9' })
    await records.change('contacts', '9', { email: 'ana@example.org', emailBounced: false }, by)
    const id = await record({ recordId: '9' })
    expect(await shown('9')).toEqual([null, 'ana@example.org', true, 1])
    await undo(id)
    expect(await shown('9')).toEqual(['ana@example.org', null, false, 0])
  })

  it('gives no address back to a record from which none was taken', async () => {
    await records.put('contacts', '10', {}, by)
    const ids = [await record({ recordId: '10' }), await record({ recordId: '10' })]
    for (const id of ids) await undo(id)
    expect(await shown('10')).toEqual([null, null, false, 0])
  })

  it('takes no bounce for one of the address that only claimed the record', async () => {
    const trusting = createRecorder(database.store, { trustClaimed: true })
    await records.put('contacts', '11', { email: 'ana@example.org' }, by)
    await trusting.record([event({ recordId: '11', by: 'legacy', sentTo: null, reported: 'x@example.net' })])
    expect(await shown('11')).toEqual(['ana@example.org', null, true, 1])
    await records.change('contacts', '11', { email: 'ben@example.org' }, by)
    const id = await record({ recordId: '11', sentTo: 'ben@example.org' })
    await undo(id)
    expect(await shown('11')).toEqual(['ben@example.org', null, true, 1])
    await trusting.close()
  })

  it('gives nothing back of an address that was forgotten', async () => {
    const ids = [await record({ recordId: '12' }), await record({ recordId: '12' })]
    const settings = { actor: 'test', pseudonym: 'forgotten-1', checks: [] }
    await forgetAddress(database.store, 'ana@example.org', settings)
    for (const id of ids) {
      expect(await undo(id)).toMatchObject({ kind: 'undone' })
      expect((await shown('12')).slice(0, 2)).toEqual([null, null])
    }
  })

  it('knows no events that are not there', async () => {
    for (const id of ['0', '999999', 'x', '', '1'.repeat(30)])
      expect(await undo(id)).toEqual({ kind: 'absent' })
  })
})
