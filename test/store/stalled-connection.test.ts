// A connection that a proxy forgets in mid-transaction: its locks must not outlive it, and its mail is stored elsewhere.

import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'
import { type LossyProxy, openLossyProxy } from './lossy-proxy.ts'

describe.skipIf(!mysqlAvailable)('a connection that is forgotten, on mysql', () => {
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

  it.each(['fast', 'general'])(
    'keeps no lock of the %s path: the same records and campaign are written at once by the next connection',
    {
      timeout: within(60_000),
    },
    async path => {
      const gaveUp: unknown[] = []
      const recorder = createRecorder(store, {
        trustClaimed: false,
        fastPath: path === 'fast',
        onGaveUp: error => gaveUp.push(error),
      })
      const about = (at: number) =>
        event({ recordId: `${at}`, campaign: { id: path }, name: `stalled ${path} ${at}` })
      await recorder.record([about(0)])
      proxy.lose('forget', 'insert into rebound_bounces')
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => recorder.record([about(at + 1)])),
      )
      expect(answers.flat().map(({ isNew, movedTo }) => [isNew, movedTo])).toEqual(
        Array(20).fill([true, 'hard']),
      )
      expect(await createCampaigns(database.store).get(path)).toMatchObject({ hardBounces: 21 })
      expect(gaveUp).toEqual([])
      await recorder.close()
    },
  )

  it('is ended by the server when its owner is gone, soon after a transaction falls silent', {
    timeout: within(60_000),
  }, async () => {
    const owner = (await store.knex.client.acquireConnection()) as { readonly threadId: number }
    const other = await mysql.createConnection(database.url)
    try {
      const say = (sql: string) => store.knex.raw(sql).connection(owner as never)
      await say('start transaction')
      await say("select * from rebound_contacts where id = '1' for update")
      await other.query('set session innodb_lock_wait_timeout = 50')
      // Waits for the lock until the server has ended the silent transaction.
      await other.query("update rebound_contacts set soft_bounces = 0 where id = '1'")
      // The lock goes first, the thread a moment later.
      const threads = async (): Promise<unknown> =>
        (await other.query('select id from information_schema.processlist where id = ?', [owner.threadId]))[0]
      await expect.poll(threads, { timeout: within(10_000) }).toEqual([])
    } finally {
      await other.end()
      await store.knex.client.releaseConnection(owner)
    }
  })
})
