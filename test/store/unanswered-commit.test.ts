// A COMMIT whose answer is lost: it may have happened or not. Either way the event is stored and counted once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'
import { type LossyProxy, openLossyProxy } from './lossy-proxy.ts'

describe.skipIf(!mysqlAvailable)('a COMMIT without an answer, on mysql', () => {
  let database: TestDatabase
  let proxy: LossyProxy
  let store: Store
  beforeAll(async () => {
    database = await newDatabase('mysql')
    proxy = await openLossyProxy(database.url)
    store = openStore({ url: proxy.url })
  })
  afterAll(async () => {
    await store?.close()
    proxy?.close()
    await database?.drop()
  })

  it.each([
    ['swallow', 'fast'],
    ['drop', 'fast'],
    ['swallow', 'general'],
    ['drop', 'general'],
  ] as const)(
    '%s, of the %s path: is found out, and the event is new and counted once',
    async (trick, path) => {
      const seen: string[] = []
      const recorder = createRecorder(store, {
        trustClaimed: false,
        fastPath: path === 'fast',
        onFailure: each => seen.push(each),
        onGaveUp: error => seen.push(`${error}`),
      })
      const campaign = { id: `${trick} ${path}` }
      const about = (at: number) => event({ recordId: `${trick} ${path} ${at}`, campaign })
      await recorder.record([about(20)])
      proxy.lose(trick, 'commit')
      const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => recorder.record([about(at)])))
      expect(seen).toEqual(['lost'])
      expect(answers.flat().map(each => [each.isNew, each.movedTo])).toEqual(Array(20).fill([true, 'hard']))
      const [counts] = await database.store.knex('rebound_campaign_results').where(campaign)
      expect(counts.hard_bounces).toBe(21)
      const stored = database.store.knex('rebound_bounces').where({ campaign_id: campaign.id })
      expect(await stored).toHaveLength(21)
      await recorder.close()
    },
  )
})
