// What lists of events, addresses, records, changes and days answer, in either order and page by page.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BounceQuery } from '../../src/model/bounces.ts'
import type { Page } from '../../src/model/page.ts'
import { kinds } from '../../src/model/report.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { listAudit } from '../../src/store/tables/audit-list.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createCampaignCells, createDayCells } from '../../src/store/tables/day-cells.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { lastBounces } from '../../src/store/tables/known-addresses.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { resetRecords } from '../../src/store/upkeep/reset-records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const sketches: readonly EventSketch[] = [
  { recordId: '1', sentTo: 'Ana@example.org', subject: 'News in spring', campaign: { id: 'spring' } },
  {
    recordId: '2',
    sentTo: 'ben@gmail.com',
    type: 'soft',
    category: 'blocked',
    diagnostic: '550 listed: 100%',
  },
  { recordId: '3', sentTo: 'eva@mail.gmail.com', type: 'soft', campaign: { id: 'spring' } },
  { recordId: '1', sentTo: 'ana@example.org', kind: 'delayed', campaign: { id: 'spring' } },
  { recordId: '4', sentTo: 'ana@example.org', module: 'leads' },
  { recordId: '5', sentTo: 'kim@example.com', kind: 'complaint', campaign: { id: 'autumn' } },
]

describe.each(dialects)('searches on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeAll(async () => {
    database = await newDatabase(dialect)
    recorder = createRecorder(database.store, { trustClaimed: false })
    for (const sketch of sketches) await recorder.record([event(sketch)])
    // A poller on MySQL waits for transactions that may still run.
    await database.store
      .knex('rebound_bounces')
      .update({ recorded_at: database.store.knex.raw('recorded_at - 60000') })
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })

  async function all(list: (query: BounceQuery) => Promise<Page<{ readonly id: string }>>, query: object) {
    const ids: number[] = []
    for (let after: string | undefined; ; ) {
      const { items, next } = await list({ ...query, after, limit: 1 })
      ids.push(...items.map(item => Number(item.id)))
      if (next === null) return ids
      after = next
    }
  }

  it.each<[string, Omit<BounceQuery, 'limit'>, readonly number[]]>([
    ['nothing', {}, [1, 2, 3, 4, 5, 6]],
    ['kind', { kind: 'bounce' }, [1, 2, 3, 5]],
    ['kind of no bounce', { kind: 'delayed' }, [4]],
    ['type', { type: 'soft' }, [2, 3]],
    ['category', { category: 'blocked' }, [2]],
    ['campaign', { campaignId: 'spring' }, [1, 3, 4]],
    ['campaign and type', { campaignId: 'spring', type: 'soft' }, [3]],
    ['record', { module: 'contacts', recordId: '1' }, [1, 4]],
    ['record of any module', { recordId: '4' }, [5]],
    ['module', { module: 'leads' }, [5]],
    ['address', { address: 'ANA@example.org' }, [4, 5]],
    ['address as written', { address: 'Ana@example.org' }, [1, 4, 5]],
    ['provider', { addressLike: ['%@gmail.com', '%@%.gmail.com'] }, [2, 3]],
    ['effect', { effect: 'removed' }, [1, 5]],
    ['text', { q: 'SPRING' }, [1]],
    ['text with the signs of like', { q: '100%' }, [2]],
    ['text that is not there', { q: '100_' }, []],
    ['time', { from: new Date(0), to: new Date('2000-01-01') }, []],
    ['time and kind', { from: new Date('2020-01-01'), kind: 'complaint' }, [6]],
  ])('by %s', async (_, query, expected) => {
    const bounces = createBounces(database.store)
    expect(await all(bounces.list, query)).toEqual(expected)
    expect(await all(bounces.newest, query)).toEqual([...expected].reverse())
  })

  it('campaigns by text', async () => {
    const campaigns = createCampaigns(database.store)
    await campaigns.put('autumn', { name: 'Leaves 100%' })
    const ids = async (q?: string) =>
      (await campaigns.list({ q, limit: 10 })).items.map(each => each.id).sort()
    expect(await ids()).toEqual(['autumn', 'spring'])
    expect(await ids('SPR')).toEqual(['spring'])
    expect(await ids('leaves 100%')).toEqual(['autumn'])
    expect(await ids('1_0')).toEqual([])
  })

  it('the last bounce of an address, and its records', async () => {
    const asked = ['ANA@example.org', 'nobody@example.org', 'ben@GMAIL.com', 'kim@example.com']
    const found = await lastBounces(database.store, asked)
    expect(found.map(each => each && Number(each.id))).toEqual([5, null, 2, null])
    const { items } = await listRecords(database.store, { address: 'ana@example.org', limit: 10 })
    expect(items.map(each => `${each.module} ${each.id}`)).toEqual(['contacts 1', 'leads 4'])
    expect((await listRecords(database.store, { address: 'no@example.org', limit: 10 })).items).toEqual([])
  })

  it('counts days by provider and by campaign', async () => {
    const today = Math.floor((Date.now() - 60_000) / 86_400_000) * 86_400_000
    const loadProviders = async () => (domain: string) => (domain.includes('gmail') ? 'gmail' : domain)
    const count = createDayCells(database.store, { loadProviders })
    const cells = await count(today, 'provider')
    const of = (provider: string) => cells.filter(cell => cell.provider === provider)
    expect(of('gmail')).toContainEqual(
      expect.objectContaining({ type: 'soft', category: 'blocked', count: 1 }),
    )
    expect(of('example.org').reduce((sum, cell) => sum + cell.count, 0)).toBe(3)
    const campaigns = await count(today, 'campaign')
    expect(campaigns.filter(cell => cell.campaignId === 'spring').length).toBe(3)
    const ofSpring = await createCampaignCells(database.store, loadProviders)('spring')
    expect(ofSpring.map(cell => `${cell.kind} ${cell.provider} ${cell.count}`).sort()).toEqual([
      'bounce example.org 1',
      'bounce gmail 1',
      'delayed example.org 1',
    ])
    expect(ofSpring[0]?.day.getTime()).toBe(
      Math.floor((ofSpring[0]?.day.getTime() ?? 0) / 3_600_000) * 3_600_000,
    )
  })

  it('counts a big campaign in steps, and each event once', async () => {
    const { store } = database
    const [row] = await store.knex('rebound_bounces').where({ campaign_id: 'autumn' })
    const { id: _, ...like } = row
    // The most of them in one millisecond, which no step divides.
    const rows = Array.from({ length: 7_000 }, (_, n) => ({
      ...like,
      campaign_id: 'big',
      fingerprint: Buffer.concat([Buffer.from('big'), Buffer.alloc(26), Buffer.from([n >> 8, n & 255])]),
      recorded_at: Number(row.recorded_at) - (n < 4_000 ? 0 : n),
    }))
    await store.knex.batchInsert('rebound_bounces', rows, 500)
    const counting: string[] = []
    const hear = ({ sql }: { sql: string }): void => {
      if (sql.includes('sum(')) counting.push(sql)
    }
    store.knex.on('query', hear)
    const cells = await createCampaignCells(store, async () => domain => domain)('big')
    store.knex.off('query', hear)
    const complaints = cells.filter(cell => cell.kind === 'complaint')
    expect(complaints.reduce((sum, { count }) => sum + count, 0)).toBe(7_000)
    expect(cells.length).toBe(complaints.length)
    expect(counting.length).toBeGreaterThan(kinds.length * 3 + 1)
    await store.knex('rebound_bounces').where({ campaign_id: 'big' }).delete()
  })

  it('resets what a list shows, once it is told to, and says who did', async () => {
    const { store } = database
    const records = createRecords(store)
    const reset = (dryRun: boolean) =>
      resetRecords(store, records, { type: 'soft' }, { actor: 'test', dryRun })
    expect(await reset(true)).toEqual({ count: 2, hasMore: false })
    expect((await records.get('contacts', '2'))?.emailBounced).toBe(true)
    expect(await reset(false)).toEqual({ count: 2, hasMore: false })
    expect((await records.get('contacts', '2'))?.emailBounced).toBe(false)
    expect((await records.get('contacts', '1'))?.emailBounced).toBe(true)
    expect(await reset(false)).toEqual({ count: 0, hasMore: false })
    await undoBounce(store, '1', { actor: 'test' })
    const actions = async (query: object) =>
      (await listAudit(store, { ...query, limit: 10 })).items.map(each => `${each.action} ${each.recordId}`)
    expect(await actions({})).toEqual(['undo 1', 'reset 3', 'reset 2'])
    expect(await actions({ recordId: '2' })).toEqual(['reset 2'])
    expect(await actions({ module: 'contacts', recordId: '1' })).toEqual(['undo 1'])
    expect(await actions({ bounceId: '1' })).toEqual(['undo 1'])
    expect(await actions({ bounceId: 'x' })).toEqual([])
    const page = await listAudit(store, { limit: 2 })
    expect((await listAudit(store, { limit: 2, after: page.next ?? '' })).items).toMatchObject([
      { action: 'reset', actor: 'test', recordId: '2', before: { email_bounced: true } },
    ])
  })
})
