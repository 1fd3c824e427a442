// A connection that a proxy forgets in mid-transaction: its locks must not outlive it, and its mail is stored elsewhere.

import { connect, createServer, type Server, type Socket } from 'node:net'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

/** Stands between Rebound and the server; once told, it forgets the connection that inserts next, without a word to either. */
function startProxy(target: URL) {
  const proxy = { server: createServer() as Server, forgets: false, sockets: new Set<Socket>() }
  proxy.server.on('connection', client => {
    const upstream = connect(Number(target.port || 3306), target.hostname)
    let forgotten = false
    proxy.sockets.add(client).add(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    upstream.on('data', data => {
      if (!forgotten) client.write(data)
    })
    client.on('data', data => {
      if (proxy.forgets && data.toString('latin1').includes('insert into rebound_bounces')) {
        proxy.forgets = false
        forgotten = true
        // The server has its locks by now, and never hears of this connection again.
        return
      }
      if (!forgotten) upstream.write(data)
    })
    client.on('close', () => {
      if (!forgotten) upstream.end()
    })
    upstream.on('close', () => client.destroy())
  })
  return proxy
}

describe.skipIf(!mysqlAvailable)('a connection that is forgotten, on mysql', () => {
  let database: TestDatabase
  let proxy: ReturnType<typeof startProxy>
  let store: Store
  beforeAll(async () => {
    database = await newDatabase('mysql')
    const url = new URL(database.url)
    proxy = startProxy(new URL(database.url))
    await new Promise<void>(resolve => proxy.server.listen(0, '127.0.0.1', resolve))
    const address = proxy.server.address()
    url.port = String(typeof address === 'object' ? address?.port : 0)
    store = openStore({ url: url.toString() })
  })
  afterAll(async () => {
    await store?.close()
    for (const socket of proxy?.sockets ?? []) socket.destroy()
    proxy?.server.close()
    await database?.drop()
  })

  it('keeps no lock: the same records and campaign are written at once by the next connection', {
    timeout: within(60_000),
  }, async () => {
    const recorder = createRecorder(store, { trustClaimed: false })
    const about = (at: number) =>
      event({ recordId: `${at}`, campaign: { id: 'busy' }, name: `stalled ${at}` })
    await recorder.record([about(0)])
    proxy.forgets = true
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => recorder.record([about(at + 1)])))
    expect(answers.flat().map(({ isNew, movedTo }) => [isNew, movedTo])).toEqual(
      Array(20).fill([true, 'hard']),
    )
    expect(await createCampaigns(database.store).get('busy')).toMatchObject({ hardBounces: 21 })
    await recorder.close()
  })

  it('is ended by the server when its owner is gone, soon after a transaction falls silent', {
    timeout: within(60_000),
  }, async () => {
    const owner = (await store.knex.client.acquireConnection()) as { readonly threadId: number }
    const say = (sql: string) => store.knex.raw(sql).connection(owner as never)
    await say('start transaction')
    await say("select * from rebound_contacts where id = '1' for update")
    const other = await mysql.createConnection(database.url)
    await other.query('set session innodb_lock_wait_timeout = 50')
    // Waits for the lock until the server has ended the silent transaction.
    await other.query("update rebound_contacts set soft_bounces = 0 where id = '1'")
    const [threads] = await other.query('select id from information_schema.processlist where id = ?', [
      owner.threadId,
    ])
    expect(threads).toEqual([])
    await other.end()
    await store.knex.client.releaseConnection(owner)
  })
})
