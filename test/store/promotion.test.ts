// Thresholds in the database: the record becomes hard, the event, its campaign and the metrics stay soft.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

describe.each(dialects)('thresholds on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const thresholds = { 'mailbox-full': { bounces: 3, days: 4 } }
    recorder = createRecorder(database.store, { trustClaimed: false, thresholds })
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const full = (recordId: string, day: number, more: EventSketch = {}) =>
    event({
      recordId,
      type: 'soft',
      campaign: { id: 'c' },
      receivedAt: new Date(Date.UTC(2026, 0, day)),
      ...more,
    })
  const get = (id: string) => createRecords(database.store).get('contacts', id)

  it('removes the address with the bounce that reaches one, audited, and all else stays soft', async () => {
    await recorder.record([full('1', 1)])
    await recorder.record([full('1', 3)])
    expect(await get('1')).toMatchObject({ email: 'ana@example.org' })
    const [last] = await recorder.record([full('1', 5)])
    expect(last?.event.verdict?.type).toBe('soft')
    expect(await get('1')).toMatchObject({
      email: null,
      bouncedAddress: 'ana@example.org',
      emailBounced: true,
      hardBounces: 0,
      softBounces: 3,
    })
    const [campaign] = await database.store.knex('rebound_campaign_results').where({ id: 'c' })
    expect([campaign.hard_bounces, campaign.soft_bounces]).toEqual([0, 1])
    const [trail] = await database.store.knex('rebound_audit').where({ record_id: '1' })
    expect(trail).toMatchObject({
      action: 'promote',
      actor: 'threshold mailbox-full',
      event_id: Number(last?.id),
    })
    await undoBounce(database.store, last?.id ?? '', { actor: 'test' })
    expect(await get('1')).toMatchObject({ email: 'ana@example.org', softBounces: 2 })
  })

  it('sees the bounces of one batch, and stops at the first that reaches it', async () => {
    await recorder.record([1, 2, 3, 5, 6].map(day => full('2', day)))
    expect(await get('2')).toMatchObject({ email: null, softBounces: 5 })
    expect(await database.store.knex('rebound_audit').where({ record_id: '2' })).toHaveLength(1)
  })

  const never: readonly (readonly [string, readonly EventSketch[]])[] = [
    ['claimed links', Array(3).fill({ by: 'legacy' })],
    ['bounces of another category', [{}, { category: 'expired' }, {}]],
    ['bounces of an address that the record had before', [{ sentTo: 'old@example.org' }, {}, {}]],
  ]
  it.each(never)('does not count %s', async (name, sketches) => {
    await createRecords(database.store).put('contacts', name, { email: 'ana@example.org' }, { actor: 't' })
    for (const [at, sketch] of sketches.entries()) await recorder.record([full(name, 1 + at * 3, sketch)])
    expect(await get(name)).toMatchObject({ email: 'ana@example.org' })
  })

  it('begins anew after a reset', async () => {
    for (const day of [1, 3]) await recorder.record([full('3', day)])
    await createRecords(database.store).change('contacts', '3', { emailBounced: false }, { actor: 't' })
    await recorder.record([full('3', 5)])
    expect(await get('3')).toMatchObject({ email: 'ana@example.org', emailBounced: true })
  })
})
