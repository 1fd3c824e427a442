// Recording: exact counts, no message hurt by another, nothing counted twice.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

describe.each(dialects)('recording on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeAll(async () => {
    database = await newDatabase(dialect)
    recorder = createRecorder(database.store, { trustClaimed: false })
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const row = async (table: string, where: object) => (await database.store.knex(table).where(where))[0]

  it('stores a hard bounce, flags the record, moves its address and counts the campaign', async () => {
    const [recorded] = await recorder.record([event({ recordId: '1', campaign: { id: '7' } })])
    expect(recorded).toMatchObject({ isNew: true, address: 'ana@example.org', movedTo: 'hard' })
    expect(await row('rebound_bounces', { id: recorded?.id })).toMatchObject({
      kind: 'bounce',
      type: 'hard',
      category: 'unknown-user',
      address: 'ana@example.org',
      record_id: '1',
      campaign_id: '7',
      linked_by: 'signed',
      effect: 'removed',
    })
    expect(await row('rebound_contacts', { id: '1' })).toMatchObject({
      email: null,
      email_bounced: 1,
      bounced_address: 'ana@example.org',
      hard_bounces: 1,
    })
    expect(await row('rebound_campaign_results', { id: '7' })).toMatchObject({
      number: 7,
      hard_bounces: 1,
      soft_bounces: 0,
    })
    expect(await row('rebound_campaign_records', { campaign_id: '7' })).toMatchObject({
      module: 'contacts',
      record_id: '1',
      type: 'hard',
      event_id: Number(recorded?.id),
    })
  })

  it('answers as stored what is stored, though those who are told of the commit throw', async () => {
    const errors: unknown[] = []
    const watched = createRecorder(database.store, {
      trustClaimed: false,
      onCommit: () => {
        throw new Error('a misspelled label')
      },
      onObserverError: error => errors.push(error),
    })
    const [recorded] = await watched.record([event({ recordId: 'watched' })])
    await watched.close()
    expect(recorded).toMatchObject({ isNew: true })
    expect(await row('rebound_bounces', { id: recorded?.id })).toMatchObject({ record_id: 'watched' })
    expect(errors).toEqual([new Error('a misspelled label')])
  })

  it('waits while each turn of the event loop brings a message, and not for long', async () => {
    const batches: number[] = []
    const counted = createRecorder(database.store, {
      trustClaimed: false,
      onCommit: ({ events }) => batches.push(events),
    })
    const arriving: Promise<unknown>[] = []
    const send = (recordId: string) => arriving.push(counted.record([event({ recordId })]))
    for (let at = 0; at < 4; at++, await nextTurn()) send(`some ${at}`)
    await Promise.all(arriving)
    expect(batches).toEqual([4])
    for (let at = 0; at < 30; at++, await nextTurn()) send(`many ${at}`)
    await Promise.all(arriving)
    await counted.close()
    expect(batches[1]).toBeGreaterThan(4)
    expect(batches[1]).toBeLessThan(12)
  })

  it('knows the same report again, in another batch, in the same batch and in the same message', async () => {
    const same = event({ recordId: '2', campaign: { id: '8' }, name: 'the same' })
    const [first] = await recorder.record([same])
    const [again, twice] = await Promise.all([recorder.record([same, same]), recorder.record([same])])
    for (const each of [...again, ...twice])
      expect(each).toMatchObject({ id: first?.id, isNew: false, movedTo: null })
    expect(await row('rebound_contacts', { id: '2' })).toMatchObject({ hard_bounces: 1 })
    expect(await row('rebound_campaign_results', { id: '8' })).toMatchObject({ hard_bounces: 1 })
  })

  it('counts a record once a campaign, at its worst type', async () => {
    const about = (type: 'hard' | 'soft', category?: 'spam') =>
      event({ recordId: '3', campaign: { id: 'spring' }, type, ...(category ? { category } : {}) })
    const moved = [
      await recorder.record([about('soft', 'spam')]),
      await recorder.record([about('soft')]),
      await recorder.record([about('hard')]),
      await recorder.record([about('hard')]),
    ].map(([recorded]) => recorded?.movedTo)
    expect(moved).toEqual(['soft', null, 'hard', null])
    const campaign = await row('rebound_campaign_results', { id: 'spring' })
    expect(campaign).toMatchObject({ hard_bounces: 1, soft_bounces: 0, blocked_bounces: 0 })
    expect(campaign.number).toBeGreaterThanOrEqual(2 ** 31)
    // The number a signed path carries names the same campaign.
    await recorder.record([event({ recordId: '4', campaign: { number: campaign.number } })])
    expect(await row('rebound_campaign_results', { id: 'spring' })).toMatchObject({ hard_bounces: 2 })
  })

  it('makes no record, no campaign and no bounced send of a claim', async () => {
    const claim = event({ recordId: 'guessed', campaign: { id: 'guessed' }, by: 'legacy' })
    const [recorded] = await recorder.record([claim])
    expect(recorded).toMatchObject({ isNew: true, movedTo: null })
    expect(await row('rebound_bounces', { id: recorded?.id })).toMatchObject({ linked_by: 'legacy' })
    expect(await row('rebound_contacts', { id: 'guessed' })).toBeUndefined()
    expect(await row('rebound_campaigns', { id: 'guessed' })).toBeUndefined()
    expect(await row('rebound_campaign_records', { record_id: 'guessed' })).toBeUndefined()
  })

  it('keeps ids apart that differ in case or in a trailing space', async () => {
    for (const recordId of ['a', 'A', 'a ', 'ä']) await recorder.record([event({ recordId })])
    const rows = await database.store.knex('rebound_contacts').whereIn('id', ['a', 'A', 'a ', 'ä'])
    expect(rows.map(each => each.hard_bounces)).toEqual([1, 1, 1, 1])
  })

  it('lets one poisonous message among 200 cost none of the others', async () => {
    const poison = event({ recordId: 'poison', name: 'poison' })
    const broken = {
      ...poison,
      receivedAt: new Date(Number.NaN),
      kind: 'a kind longer than its column' as never,
    }
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, (_, at) =>
        recorder.record([at === 77 ? broken : event({ recordId: `p${at}`, campaign: { id: '200' } })]),
      ),
    )
    expect(answers.filter(answer => answer.status === 'fulfilled').length).toBeGreaterThanOrEqual(199)
    expect(await row('rebound_campaign_results', { id: '200' })).toMatchObject({ hard_bounces: 199 })
  })

  it("cuts and cleans a stranger's text to what its column takes", async () => {
    const [recorded] = await recorder.record([
      event({ recordId: 'text', diagnostic: `${'\ud83d\ude00'.repeat(3000)}`, subject: 'a\0b\ud800c' }),
    ])
    const stored = await row('rebound_bounces', { id: recorded?.id })
    expect([...stored.diagnostic].length).toBe(2000)
    expect(stored.subject).toBe('abc')
  })

  it('gives exact counts when two servers hammer one campaign', async () => {
    const other = createRecorder(database.open(), { trustClaimed: false })
    const work: Promise<unknown>[] = []
    for (let at = 0; at < 1000; at++) {
      const same = event({
        recordId: `r${at % 250}`,
        campaign: { id: '9' },
        type: at < 500 ? 'soft' : 'hard',
        name: `n${at}`,
      })
      work.push(recorder.record([same]), other.record([same]))
    }
    const answers = (await Promise.all(work)).flat() as { isNew: boolean; movedTo: string | null }[]
    expect(answers.filter(answer => answer.isNew).length).toBe(1000)
    expect(answers.filter(answer => answer.movedTo === 'hard').length).toBe(250)
    expect(await row('rebound_campaign_results', { id: '9' })).toMatchObject({
      hard_bounces: 250,
      soft_bounces: 0,
    })
    expect(await row('rebound_contacts', { id: 'r0' })).toMatchObject({ hard_bounces: 2, soft_bounces: 2 })
    await other.close()
  })
})
