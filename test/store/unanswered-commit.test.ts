// A COMMIT whose answer is lost: it may have happened or not. Either way the event is stored and counted once.

import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

/** `swallow`: the server commits and nobody hears of it; `drop`: it never gets the COMMIT. */
type Trick = 'swallow' | 'drop'

/** Stands between Rebound and the server, and cuts the connection at the next COMMIT when told to. */
function startProxy(target: URL): { server: Server; trick: Trick | null; sockets: Set<Socket> } {
  const proxy = { server: createServer(), trick: null as Trick | null, sockets: new Set<Socket>() }
  proxy.server.on('connection', client => {
    const upstream = connect(Number(target.port || 3306), target.hostname)
    let muted = false
    proxy.sockets.add(client).add(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    upstream.on('data', data => {
      if (muted) client.destroy()
      else client.write(data)
    })
    client.on('data', data => {
      if (proxy.trick && data.toString('latin1').includes('commit')) {
        const { trick } = proxy
        proxy.trick = null
        if (trick === 'drop') {
          client.destroy()
          upstream.destroy()
          return
        }
        muted = true
      }
      upstream.write(data)
    })
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
  })
  return proxy
}

describe.skipIf(!mysqlAvailable)('a COMMIT without an answer, on mysql', () => {
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

  it.each<Trick>(['swallow', 'drop'])(
    '%s: is found out, and the event is new and counted once',
    async trick => {
      const seen: string[] = []
      const recorder = createRecorder(store, {
        trustClaimed: false,
        onFailure: each => seen.push(each),
      })
      await recorder.record([event({ recordId: `${trick} before`, campaign: { id: trick } })])
      proxy.trick = trick
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          recorder.record([event({ recordId: `${trick} ${at}`, campaign: { id: trick } })]),
        ),
      )
      expect(seen).toEqual(['lost'])
      expect(answers.flat().map(each => [each.isNew, each.movedTo])).toEqual(Array(20).fill([true, 'hard']))
      const [campaign] = await database.store.knex('rebound_campaign_results').where({ id: trick })
      expect(campaign.hard_bounces).toBe(21)
      expect(await database.store.knex('rebound_bounces').where({ campaign_id: trick })).toHaveLength(21)
      await recorder.close()
    },
  )
})
