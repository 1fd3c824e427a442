// Campaigns' counts, added up beside the mail's way: all campaigns in one transaction, exactly.

import mysql from 'mysql2/promise'
import { expect, it } from 'vitest'
import { foldCampaigns } from '../../src/store/recording/fold-campaigns.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { dialects, newDatabase } from './databases.ts'

it.each(dialects)('folds a hundred campaigns with as many statements as one, on %s', async dialect => {
  const database = await newDatabase(dialect)
  const { store } = database
  const deltas = (campaigns: number) =>
    Array.from({ length: campaigns * 3 }, (_, at) => ({
      campaign_id: `it's ${at % campaigns}`,
      hard_bounces: at,
      soft_bounces: -1,
      blocked_bounces: 0,
      complaints: 1,
    }))
  const counts = () => store.knex('rebound_campaign_results').orderBy('id')
  let statements = 0
  store.knex.on('query', () => {
    statements++
  })
  const asked: number[] = []
  for (const campaigns of [1, 100]) {
    const names = Array.from({ length: campaigns }, (_, at) => ({ id: `it's ${at}`, number: at }))
    await store.knex('rebound_campaigns').insert(names).onConflict('id').ignore()
    await store.knex('rebound_campaign_deltas').insert(deltas(campaigns))
    const before = await counts()
    statements = 0
    expect(await foldCampaigns(store, error => expect.unreachable(`${error}`))).toBe(false)
    asked.push(statements)
    expect(await counts()).toEqual(before)
    expect(await store.knex('rebound_campaign_deltas')).toEqual([])
  }
  expect(asked[1]).toBe(asked[0])
  const row = { hard_bounces: 3 + 0 + 100 + 200, soft_bounces: -6, blocked_bounces: 0, complaints: 6 }
  expect(await store.knex('rebound_campaigns').where({ id: "it's 0" })).toMatchObject([row])
  await database.drop()
})

it.skipIf(!mysqlAvailable)('meets no row of a batch that is under way, on mysql', async () => {
  const { store, url, drop } = await newDatabase('mysql')
  const names = Array.from({ length: 40 }, (_, at) => ({ id: `c${at}`, number: at }))
  await store.knex('rebound_campaigns').insert(names)
  const deltas = Array.from({ length: 400 }, (_, at) => ({ campaign_id: `c${at % 40}`, hard_bounces: 1 }))
  await store.knex('rebound_campaign_deltas').insert(deltas)
  const recorder = await mysql.createConnection(url)
  await recorder.query('start transaction')
  await recorder.query("insert into rebound_campaign_deltas (campaign_id, hard_bounces) values ('c1', 1)")
  const begun: string[] = []
  store.knex.on('query', ({ sql }: { readonly sql: string }) => {
    if (sql === 'start transaction') begun.push(sql)
  })
  expect(await foldCampaigns(store, error => expect.unreachable(`${error}`))).toBe(false)
  expect(begun).toHaveLength(1)
  expect(await store.knex('rebound_campaigns').sum('hard_bounces as all')).toEqual([{ all: '400' }])
  await recorder.query('commit')
  await recorder.end()
  expect(await store.knex('rebound_campaign_deltas').pluck('campaign_id')).toEqual(['c1'])
  await drop()
})
