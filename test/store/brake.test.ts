// The brake on removals with a database behind it: a dead smarthost, its end, and what people decide.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Brake, startBrake } from '../../src/backend/brake.ts'
import { createIncidents } from '../../src/backend/incidents.ts'
import type { Incident } from '../../src/model/incident.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { prune } from '../../src/store/upkeep/retention.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const smarthost = 'smtp.crn.example'
const addressOf = (n: number): string => (n % 3 === 0 ? `p${n}@gmail.com` : `p${n}@d${n}.example`)

describe.each(dialects)('the brake on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  let brake: Brake
  const gauges: { open: number; held: number; oldestSeconds: number }[] = []
  const logged: string[] = []
  const told: string[] = []
  let isAway = false
  const announcer = {
    tellIncident: async (name: string, { id, held }: Incident) => {
      if (!isAway) told.push(`${name} ${id} ${held}`)
      return !isAway
    },
  }
  beforeEach(async () => {
    gauges.length = 0
    logged.length = 0
    told.length = 0
    isAway = false
    database = await newDatabase(dialect)
    const write = (_: object, words: string) => void logged.push(words)
    brake = startBrake(database.store, {
      incidents: incidents(),
      announcer,
      metrics: { incidents: state => gauges.push(state) },
      log: { warn: write, error: write },
    })
    recorder = createRecorder(database.store, { trustClaimed: false, heldBy: brake.heldBy })
  })
  afterEach(async () => {
    await recorder?.close()
    await brake?.close()
    await database?.drop()
  })

  const refused = (n: number, more: EventSketch = {}) =>
    event({
      recordId: `${n}`,
      sentTo: addressOf(n),
      remoteMta: smarthost,
      // An archive is no sign.
      receivedAt: new Date(),
      ...more,
    })
  const record = async (from: number, to: number, more: EventSketch = {}) => {
    for (let n = from; n < to; n++) await recorder.record([refused(n, more)])
  }
  const incidents = () => createIncidents(database.store, (id, by) => undoBounce(database.store, id, by))
  const list = (all = false): Promise<readonly Incident[]> => incidents().list({ all })
  const removed = async (): Promise<number> => {
    const rows = await database.store.knex('rebound_contacts').whereNull('email')
    return rows.length
  }
  const get = (n: number) => createRecords(database.store).get('contacts', `${n}`)
  const effects = async () => {
    const rows = await database.store.knex('rebound_bounces').select('effect').whereNull('undone_at')
    const counts: Record<string, number> = {}
    for (const { effect } of rows) counts[effect] = (counts[effect] ?? 0) + 1
    return counts
  }

  it('gives back what a dead smarthost took, and holds what it tells from then on', async () => {
    await record(0, 30)
    expect(await removed()).toBe(30)
    await brake.look()
    expect(await removed()).toBe(0)
    const [incident] = await list()
    expect(incident).toMatchObject({ sign: 'host', subject: smarthost, endedAt: null, held: 30 })
    expect(gauges.at(-1)).toMatchObject({ open: 1, held: 30 })
    expect(logged).toContain(
      'removals are held: bounces tell of a fault on the sending side (rebound incidents)',
    )
    await record(30, 40)
    await recorder.record([
      event({ recordId: 'x', sentTo: 'x@other.example', remoteMta: 'mx.other.example' }),
    ])
    expect(await effects()).toEqual({ held: 40, removed: 1 })
    const advice = await database.store.knex('rebound_bounces').distinct('advice', 'effect').orderBy('effect')
    expect(advice).toEqual([
      { advice: 'wait', effect: 'held' },
      { advice: 'remove', effect: 'removed' },
    ])
    // Flags, counts and history go on.
    expect(await get(35)).toMatchObject({
      email: addressOf(35),
      emailBounced: true,
      hardBounces: 1,
      bouncedAddress: null,
    })
    expect(await get(3)).toMatchObject({ email: addressOf(3), emailBounced: true, hardBounces: 1 })
    const audit = await database.store.knex('rebound_audit').where({ action: 'hold' })
    expect(audit).toHaveLength(30)
    expect(audit[0]).toMatchObject({ actor: `brake ${incident?.id}` })
  })

  it('another server holds too, and one incident is opened', async () => {
    const other = startBrake(database.open(), {
      incidents: incidents(),
      announcer: null,
      metrics: { incidents: () => {} },
      log: { warn: () => {}, error: () => {} },
    })
    await record(0, 25)
    await Promise.all([brake.look(), other.look()])
    await other.look()
    expect(await list()).toHaveLength(1)
    expect(other.heldBy(refused(99), null)).toBe(Number((await list())[0]?.id))
    await other.close()
  })

  it('drop undoes what is held; apply removes it, but for addresses that have changed', async () => {
    await record(0, 25)
    await brake.look()
    const [incident] = await list()
    await createRecords(database.store).change(
      'contacts',
      '7',
      { email: 'new@example.org' },
      { actor: 'test' },
    )
    const by = { actor: 'test', reason: 'they are dead' }
    const applied = await incidents().decide(incident?.id ?? '', 'apply', by)
    expect(applied).toMatchObject({
      kind: 'decided',
      done: 24,
      kept: 1,
      incident: { held: 0, decision: 'apply', decidedBy: 'test', reason: 'they are dead' },
    })
    expect(await removed()).toBe(24)
    expect(await get(7)).toMatchObject({ email: 'new@example.org' })
    expect(await get(8)).toMatchObject({ email: null, bouncedAddress: addressOf(8) })
    expect(await incidents().decide(incident?.id ?? '', 'drop', by)).toMatchObject({ kind: 'conflict' })
    expect(await incidents().decide('999', 'drop', by)).toEqual({ kind: 'absent' })
    expect(await incidents().get(incident?.id ?? '')).toMatchObject({ decision: 'apply', held: 0 })
    expect(await incidents().get('999')).toBeNull()
    // What people called right is no sign for a day.
    await record(40, 65)
    await brake.look()
    expect(await list()).toEqual([])
    expect(await removed()).toBe(49)
    // And each can be taken back as ever.
    const [row] = await database.store.knex('rebound_bounces').where({ record_id: '8' })
    await undoBounce(database.store, String(row.id), { actor: 'test' })
    expect(await get(8)).toMatchObject({ email: addressOf(8), emailBounced: false, hardBounces: 0 })
  })

  it('drop leaves no trace in records and campaigns', async () => {
    await createCampaigns(database.store).put('spring', { sent: 10_000 })
    await record(0, 25, { campaign: { id: 'spring' } })
    await brake.look()
    const [incident] = await list()
    expect(await createCampaigns(database.store).get('spring')).toMatchObject({ hardBounces: 25 })
    // The last of them are seen only after the decision.
    await record(25, 27, { campaign: { id: 'spring' } })
    const by = { actor: 'test', reason: 'mistyped' }
    expect(await incidents().decide(incident?.id ?? '', 'drop', by)).toMatchObject({ done: 27, kept: 0 })
    await brake.look()
    expect(await createCampaigns(database.store).get('spring')).toMatchObject({ hardBounces: 0 })
    for (const n of [0, 24])
      expect(await get(n)).toMatchObject({ email: addressOf(n), emailBounced: false, hardBounces: 0 })
    expect(await list()).toEqual([])
    expect(await list(true)).toMatchObject([{ decision: 'drop', held: 0 }])
  })

  it('a campaign of which a third is dead is one, and of 15 % is none', async () => {
    const own = (n: number, campaign: string): EventSketch => ({
      remoteMta: `mx.d${n}.example`,
      campaign: { id: campaign },
    })
    const campaigns = createCampaigns(database.store)
    await campaigns.put('old', { sent: 200 })
    await campaigns.put('fine', { sent: 200 })
    for (let n = 0; n < 61; n++) await recorder.record([refused(n, own(n, 'old'))])
    for (let n = 100; n < 130; n++) await recorder.record([refused(n, own(n, 'fine'))])
    await brake.look()
    expect(await list()).toMatchObject([{ sign: 'campaign', subject: 'old', held: 61 }])
    expect(await removed()).toBe(30)
  })

  it('leaves the campaigns of tests alone', async () => {
    await createCampaigns(database.store).put('harness', { sent: 30, brake: false })
    await record(0, 30, { campaign: { id: 'harness' } })
    await brake.look()
    expect(await list()).toEqual([])
    expect(await removed()).toBe(30)
    await record(40, 65)
    await brake.look()
    await record(70, 75, { campaign: { id: 'harness' } })
    expect(await removed()).toBe(35)
  })

  it('ends an hour after the last sign, keeps what it holds through pruning, and says so', async () => {
    await record(0, 25)
    await brake.look()
    const hour = 3_600_000
    await database.store.knex('rebound_incidents').decrement('last_sign_at', hour + 1_000)
    await brake.look()
    expect(await list()).toMatchObject([{ endedAt: expect.any(Date), held: 25, decision: null }])
    expect(logged).toContain('an incident has ended: decide upon what it holds (rebound incidents)')
    expect(told).toEqual(['opened 1 25', 'ended 1 25'])
    await record(50, 52)
    expect(await removed()).toBe(2)
    const far = new Date(Date.now() + 400 * 24 * hour)
    await prune(
      database.store,
      {
        keepDays: 90,
        keepNoiseDays: null,
        keepCampaignDays: null,
        replyDays: 60,
        roleMailDays: 90,
        returnPathDays: 60,
      },
      { now: far },
    )
    expect(await effects()).toEqual({ held: 25 })
  })
})
