// Deleting what is old: what others need stays, counts stay right, and mail does not wait.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Knex } from 'knex'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kinds } from '../../src/model/report.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createEvidence } from '../../src/store/tables/evidence.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { createStoredPaths } from '../../src/store/tables/return-paths.ts'
import { schedulePruning } from '../../src/store/upkeep/prune-schedule.ts'
import { type Pruned, prune } from '../../src/store/upkeep/retention.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const send = { module: 'contacts', recordId: '1', campaign: null, mailId: null, addressCheck: 'check' }
const keep = {
  keepDays: null,
  keepNoiseDays: null,
  keepCampaignDays: null,
  returnPathDays: 60,
  replyDays: 30,
  roleMailDays: 90,
}
const nothing: Pruned = {
  bounces: 0,
  noise: 0,
  campaignRecords: 0,
  evidence: 0,
  webhooks: 0,
  audit: 0,
  returnPaths: 0,
  messageIds: 0,
  replies: 0,
  roleMail: 0,
}
const dayMs = 86_400_000

const many = 10_000
/** What one step deletes (store/upkeep/retention.ts). */
const step = 500

/** Makes so many copies of an event within the database, recorded a millisecond apart. */
async function multiply(knex: Knex, id: number, recordedAt: number): Promise<void> {
  const [row] = await knex('rebound_bounces').where({ id })
  const columns = Object.keys(row).filter(name => !['id', 'fingerprint', 'recorded_at'].includes(name))
  // In parts, since no statement may last longer than a server waits for it.
  for (let from = 0; from < many; from += 2_000)
    await knex.raw(
      `insert into rebound_bounces (fingerprint, recorded_at, ${columns.join(', ')})
       with recursive n(i) as (select 0 union all select i + 1 from n where i < 39),
         m(j) as (select 0 union all select j + 1 from m where j < 49)
       select concat('00000001', substr(concat('${'0'.repeat(64)}', ${from} + i * 50 + j), -64)),
         ${recordedAt + from} + i * 50 + j, ${columns.join(', ')} from n, m, rebound_bounces where id = ?`,
      [id],
    )
}

describe.each(dialects)('on %s', dialect => {
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
  beforeEach(async () => {
    for (const table of ['bounces', 'audit', 'outbox']) await database.store.knex(`rebound_${table}`).del()
  })
  const ago = (days: number): number => Date.now() - days * dayMs
  const aged = async (id: string | undefined, days: number): Promise<void> => {
    await database.store
      .knex('rebound_bounces')
      .where({ id: Number(id) })
      .update({ recorded_at: ago(days) })
  }
  const pruneNow = (keepDays: number | null, open = database.store) =>
    prune(open, { ...keep, keepDays }, { now: new Date() })

  it('takes what is older than its time, and no event whose report may still come again', async () => {
    const { knex } = database.store
    const evidence = createEvidence(database.store, 100)
    for (const days of [10, 66, 68, 400]) {
      const [recorded] = await recorder.record([event({ recordId: `${days}` })])
      await aged(recorded?.id, days)
      const receivedAt = new Date(ago(days))
      await createStoredPaths(database.store).save([{ token: `s-${days}`, send, issuedAt: receivedAt }])
    }
    // In the order in which they came, as servers write them.
    for (const days of [400, 68, 66, 10]) {
      evidence.keep({ receivedAt: new Date(ago(days)), kind: 'bounce', bounceId: null, kept: '{}' })
      await knex('rebound_outbox').insert({ event_id: days, created_at: ago(days), due_at: 0 })
      await knex('rebound_audit').insert({ at: ago(days), actor: 'test', action: 'reset' })
    }
    await evidence.close()
    const left = async () => (await knex('rebound_bounces').orderBy('id')).map(row => row.record_id)

    expect(await pruneNow(null)).toEqual({ ...nothing, returnPaths: 2 })
    expect(await pruneNow(365)).toEqual({ ...nothing, bounces: 1, evidence: 1, webhooks: 1, audit: 1 })
    expect(await left()).toEqual(['10', '66', '68'])
    // The settings refuse so few days; whoever calls cannot do harm either.
    expect(await pruneNow(1)).toMatchObject({ bounces: 1, evidence: 1, webhooks: 1 })
    expect(await left()).toEqual(['10', '66'])
    expect(await pruneNow(1)).toMatchObject({ bounces: 0, evidence: 0, webhooks: 0 })
  })

  const noisy: readonly (readonly [what: string, sketch: EventSketch, isNoise: boolean])[] = [
    ...kinds.map((kind): readonly [string, EventSketch, boolean] => [
      kind,
      { kind },
      ['delayed', 'auto-reply', 'receipt', 'ordinary'].includes(kind),
    ]),
    ['soft bounce', { type: 'soft' }, false],
    ['block about another address', { concern: 'other' }, true],
    ['expanded alias', { concern: 'expanded' }, false],
  ]
  it.each(noisy)('%s: noise goes, history stays for ever', async (what, sketch, isNoise) => {
    const ids: (string | undefined)[] = []
    for (const days of [10, 66, 399, 401]) {
      const [recorded] = await recorder.record([event({ ...sketch, recordId: `${what} ${days}` })])
      ids.push(recorded?.id)
      await aged(recorded?.id, days)
    }
    const left = async () => await database.store.knex('rebound_bounces').orderBy('id').pluck('id')
    const pruned = async (keepNoiseDays: number | null) =>
      await prune(database.store, { ...keep, keepNoiseDays }, { now: new Date() })
    expect(await pruned(null)).toMatchObject({ bounces: 0, noise: 0 })
    expect(await pruned(400)).toMatchObject({ bounces: 0, noise: isNoise ? 1 : 0 })
    // A report may come again as long as its path is accepted, and a week longer.
    expect(await pruned(1)).toMatchObject({ bounces: 0, noise: isNoise ? 1 : 0 })
    expect((await left()).map(String)).toEqual(isNoise ? ids.slice(0, 2) : ids)
  })

  it('closes campaigns that ended years ago: no later report counts again, and the others stay', async () => {
    const { store } = database
    const { knex } = store
    const make = async (recordId: string, id: string, days: number) => {
      const [recorded] = await recorder.record([event({ recordId, campaign: { id } })])
      await aged(recorded?.id, days)
    }
    for (const recordId of ['c1', 'c2', 'c3']) await make(recordId, 'ended', 900)
    await make('c1', 'lasting', 900)
    await make('c2', 'lasting', 20)
    const counted = async (id: string) =>
      (await knex('rebound_campaign_records').where({ campaign_id: id })).length
    const results = async (id: string) => (await createCampaigns(store).get(id))?.hardBounces
    const closing = (days: number) =>
      prune(store, { ...keep, keepCampaignDays: 730 }, { now: new Date(Date.now() + days * dayMs) })

    expect(await pruneNow(null)).toEqual(nothing)
    // Closed first: a server may take it for open a while longer, and must find whom it counted.
    expect(await closing(0)).toMatchObject({ campaignRecords: 0 })
    expect(await counted('ended')).toBe(3)
    expect(await closing(1)).toMatchObject({ campaignRecords: 3 })
    expect(await counted('ended')).toBe(0)
    expect(await counted('lasting')).toBe(2)

    const later = createRecorder(store, { trustClaimed: false })
    for (const id of ['ended', 'lasting'])
      for (const recordId of ['c1', 'new']) await later.record([event({ recordId, campaign: { id } })])
    await later.close()
    expect(await results('ended')).toBe(3)
    expect(await counted('ended')).toBe(0)
    // One record counts once, and the new one as it should.
    expect(await results('lasting')).toBe(3)
    // What a later report says of the record itself is not lost.
    expect(await createRecords(store).get('contacts', 'new')).toMatchObject({ emailBounced: true })
  })

  it('leaves counts right, whatever is recorded or undone afterwards', async () => {
    const { store } = database
    const in7 = { recordId: 'p1', campaign: { id: '7' } } as const
    const [first] = await recorder.record([event({ ...in7, type: 'soft' })])
    await aged(first?.id, 100)
    expect(await pruneNow(90)).toMatchObject({ bounces: 1 })
    const [second] = await recorder.record([event({ ...in7, type: 'soft' })])
    const campaign = () => createCampaigns(store).get('7')
    const record = () => createRecords(store).get('contacts', 'p1')
    expect(await campaign()).toMatchObject({ softBounces: 1, hardBounces: 0 })
    expect(await record()).toMatchObject({ softBounces: 2, emailBounced: true })

    // The second was never the one that counts: with it gone, the first still does.
    await undoBounce(store, second?.id ?? '', { actor: 'test' })
    expect(await campaign()).toMatchObject({ softBounces: 1, hardBounces: 0 })
    const lastBounceAt = new Date('2026-03-01T12:00:00Z')
    expect(await record()).toMatchObject({ softBounces: 1, emailBounced: true, lastBounceAt })
    await recorder.record([event(in7)])
    expect(await campaign()).toMatchObject({ softBounces: 0, hardBounces: 1 })
    expect(await undoBounce(store, first?.id ?? '', { actor: 'test' })).toEqual({ kind: 'absent' })
  })

  it('lets mail pass while many rows go, two servers at once', { timeout: within(60_000) }, async () => {
    const { store } = database
    const { knex } = store
    const [one] = await recorder.record([event({ recordId: 'many', campaign: { id: '8' } })])
    await multiply(knex, Number(one?.id), ago(400))
    const other = database.open()
    const servers = [pruneNow(365), pruneNow(365, other)]
    let isDone = false
    const pruned = Promise.all(servers).finally(() => {
      isDone = true
    })
    let meanwhile = 0
    do {
      await recorder.record([event({ recordId: `new ${meanwhile}`, campaign: { id: '8' } })])
      // Mails come over sockets: without a turn of the event loop SQLite would let no timer run.
      await nextTurn()
      if (!isDone) meanwhile++
    } while (!isDone)
    const counts = await pruned
    expect(counts.reduce((sum, { bounces }) => sum + bounces, 0)).toBe(many)
    // Each step pauses: at least one mail passes in every fifth pause on a slow machine.
    expect(meanwhile).toBeGreaterThan(many / step / 5)
    const left = await knex('rebound_bounces').count({ count: '*' }).first()
    const campaign = await createCampaigns(store).get('8')
    expect(campaign?.hardBounces).toBe(Number(left?.count))
  })

  it('is scheduled: runs again and again, outlives failures, stops between two steps', async () => {
    const { knex } = database.store
    const errors: unknown[] = []
    const runs: Pruned[] = []
    const broken = database.open()
    await broken.close()
    const options = {
      everyMs: 40,
      onError: (error: unknown) => errors.push(error),
      onPruned: (run: Pruned) => runs.push(run),
    }
    const failing = schedulePruning(broken, { ...keep, keepDays: 90 }, options)
    await expect.poll(() => errors.length, { timeout: within(30_000) }).toBeGreaterThan(1)
    await failing.close()

    const schedule = schedulePruning(database.store, { ...keep, keepDays: 90 }, options)
    for (let round = 1; round <= 2; round++) {
      await knex('rebound_audit').insert({ at: ago(100), actor: 'test', action: 'reset' })
      await expect.poll(() => runs.length, { timeout: within(30_000) }).toBe(round)
    }
    expect(runs).toEqual([
      { ...nothing, audit: 1 },
      { ...nothing, audit: 1 },
    ])
    await schedule.close()
    const after = runs.length
    await knex('rebound_audit').insert({ at: ago(100), actor: 'test', action: 'reset' })
    // A schedule of the same beat, begun later, comes round three times: the closed one would have run by then.
    errors.length = 0
    const beat = schedulePruning(broken, { ...keep, keepDays: 90 }, options)
    await expect.poll(() => errors.length).toBeGreaterThan(3)
    await beat.close()
    expect(runs.length).toBe(after)

    const rows = Array.from({ length: 2_000 }, () => ({ at: ago(100), actor: 'test', action: 'reset' }))
    await knex.batchInsert('rebound_audit', rows, 100)
    const stop = new AbortController()
    const stopped = prune(database.store, { ...keep, keepDays: 90 }, { now: new Date(), signal: stop.signal })
    stop.abort()
    expect((await stopped).audit).toBeLessThan(2_000)
  })
})
