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
    const threshold = { bounces: 3, days: 4, afterId: 0 }
    const thresholds = { 'mailbox-full': threshold, 'unknown-user': threshold }
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
      actor: 'threshold mailbox-full=3/4d',
      event_id: Number(last?.id),
    })
    const history = await createRecords(database.store).history('contacts', '1', { limit: 10 })
    expect(history.items.map(({ effect, promotedBy }) => [effect, promotedBy])).toEqual([
      ['removed', 'mailbox-full=3/4d'],
      ['flagged', null],
      ['flagged', null],
    ])
    await undoBounce(database.store, last?.id ?? '', { actor: 'test' })
    expect(await get('1')).toMatchObject({ email: 'ana@example.org', softBounces: 2 })
  })

  it('counts anew once it has removed an address, whoever brings that back', async () => {
    const [, , last] = await Promise.all([1, 3, 5].map(day => recorder.record([full('back', day)])))
    expect(await get('back')).toMatchObject({ email: null })
    await undoBounce(database.store, last?.[0]?.id ?? '', { actor: 'test' })
    await recorder.record([full('back', 7)])
    expect(await get('back')).toMatchObject({ email: 'ana@example.org' })
    for (const day of [9, 11]) await recorder.record([full('back', day)])
    expect(await get('back')).toMatchObject({ email: null })
    await createRecords(database.store).put('contacts', 'back', { email: 'ana@example.org' }, { actor: 't' })
    await recorder.record([full('back', 13)])
    expect(await get('back')).toMatchObject({ email: 'ana@example.org' })
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
    ['members of a list', Array(3).fill({ concern: 'expanded' })],
    ['unknown users in class 5', Array(3).fill({ category: 'unknown-user' })],
    ['what came before a delivery', [{}, {}, { kind: 'delivered', action: 'delivered' }, {}, {}]],
    ['what came before a receipt', [{}, {}, { kind: 'receipt' }, {}, {}]],
    ['what came before an automatic answer', [{}, {}, { kind: 'auto-reply' }, {}, {}]],
    ['what came before an answer', [{}, {}, { kind: 'ordinary', from: 'ana@example.org' }, {}, {}]],
  ]
  it.each(never)('does not count %s', async (name, sketches) => {
    await createRecords(database.store).put('contacts', name, { email: 'ana@example.org' }, { actor: 't' })
    for (const [at, sketch] of sketches.entries()) await recorder.record([full(name, 1 + at * 3, sketch)])
    expect(await get(name)).toMatchObject({ email: 'ana@example.org' })
    // One by one, as above, or all at once: the same.
    await createRecords(database.store).put(
      'leads',
      name,
      { email: 'ana@example.org', emailBounced: false },
      { actor: 't' },
    )
    await recorder.record(
      sketches.map((sketch, at) => full(name, 1 + at * 3, { ...sketch, module: 'leads' })),
    )
    expect(await createRecords(database.store).get('leads', name)).toMatchObject({ email: 'ana@example.org' })
  })

  const always: readonly (readonly [string, readonly EventSketch[]])[] = [
    ['unknown users in class 4', Array(3).fill({ category: 'unknown-user', permanent: false })],
    ['forwarded mail', Array(3).fill({ concern: 'forward' })],
    ['what a server passed on', [{}, { kind: 'delivered', action: 'relayed' }, {}, {}]],
    ['what was spread to a list', [{}, { kind: 'delivered', action: 'expanded' }, {}, {}]],
    ['a delay', [{}, { kind: 'delayed', action: 'delayed' }, {}, {}]],
    ["somebody else's delivery", [{}, { kind: 'delivered', action: 'delivered', concern: 'other' }, {}, {}]],
    ['an answer that anyone could forge', [{}, { kind: 'auto-reply', by: 'legacy' }, {}, {}]],
    ['an answer of another', [{}, { kind: 'ordinary', from: 'postmaster@example.org' }, {}, {}]],
    ['an answer of no sender', [{}, { kind: 'ordinary', from: 'ana@example.org', nullSender: true }, {}, {}]],
  ]
  it.each(always)('counts on over %s', async (name, sketches) => {
    for (const [at, sketch] of sketches.entries()) await recorder.record([full(name, 1 + at * 3, sketch)])
    expect(await get(name)).toMatchObject({ email: null })
    await recorder.record(
      sketches.map((sketch, at) => full(name, 1 + at * 3, { ...sketch, module: 'leads' })),
    )
    expect(await createRecords(database.store).get('leads', name)).toMatchObject({ email: null })
  })

  it('counts on over a proof of life that was taken back', async () => {
    await recorder.record([full('undone', 1)])
    await recorder.record([full('undone', 3)])
    const [alive] = await recorder.record([full('undone', 4, { kind: 'auto-reply' })])
    await undoBounce(database.store, alive?.id ?? '', { actor: 'test' })
    await recorder.record([full('undone', 5)])
    expect(await get('undone')).toMatchObject({ email: null, softBounces: 3 })
  })

  it('begins anew when somebody says that the address works, audited where that changed something', async () => {
    const records = createRecords(database.store)
    expect(await records.alive('contacts', 'nobody', { actor: 'test' })).toBeNull()
    for (const day of [1, 3]) await recorder.record([full('said', day)])
    const alive = await records.alive('contacts', 'said', { actor: 'test' })
    expect(alive).toMatchObject({ emailBounced: true, softBounces: 2, aliveAt: expect.any(Date) })
    await records.alive('contacts', 'said', { actor: 'test' })
    for (const day of [5, 7]) await recorder.record([full('said', day)])
    expect(await get('said')).toMatchObject({ email: 'ana@example.org', softBounces: 4 })
    await recorder.record([full('said', 9)])
    expect(await get('said')).toMatchObject({ email: null })
    const trail = await database.store.knex('rebound_audit').where({ record_id: 'said' }).orderBy('id')
    expect(trail.map(({ action, actor }) => [action, actor])).toEqual([
      ['alive', 'test'],
      ['promote', 'threshold mailbox-full=3/4d'],
    ])
  })

  it('begins anew after a gap of more than 90 days, and reaches over any shorter one', async () => {
    for (const day of [1, 90, 182]) await recorder.record([full('gap', day)])
    expect(await get('gap')).toMatchObject({ email: 'ana@example.org', softBounces: 3 })
    for (const day of [1, 91, 181]) await recorder.record([full('monthly', day)])
    expect(await get('monthly')).toMatchObject({ email: null })
  })

  it('begins anew after a reset', async () => {
    for (const day of [1, 3]) await recorder.record([full('3', day)])
    await createRecords(database.store).change('contacts', '3', { emailBounced: false }, { actor: 't' })
    await recorder.record([full('3', 5)])
    expect(await get('3')).toMatchObject({ email: 'ana@example.org', emailBounced: true })
  })
})
