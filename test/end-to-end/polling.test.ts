// A poller that follows `next` of /v1/bounces while four writers write: it sees every event, and each once.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { newWorld, type World } from './world.ts'

const total = 30_000

describe.skipIf(!mysqlAvailable)('on mysql', () => {
  let world: World
  beforeAll(async () => {
    world = await newWorld('mysql')
  })
  afterAll(async () => {
    await world?.close()
  })

  test(`a poller sees each of ${total} events once while two servers with two writers each write`, {
    timeout: within(600_000),
  }, async () => {
    const script = join(import.meta.dirname, '..', 'store', 'write-events.ts')
    const servers = ['1', '2'].map(name =>
      fork(script, [world.server.environment.DATABASE_URL ?? '', name, String(total / 2)], {
        execArgv: ['--import', 'tsx'],
      }),
    )
    let writing = servers.length
    for (const server of servers) void once(server, 'exit').then(() => writing--)

    const seen = new Map<string, number>()
    let whileWriting = 0
    let cursor: string | null = null
    let before = ''
    // What was written last is held back for as long as a transaction may live.
    let quietSince: number | null = null
    for (;;) {
      const { items, next } = (await world.get(
        `/v1/bounces?limit=1000${cursor === null ? '' : `&after=${cursor}`}`,
      )) as { items: { id: string; recordedAt: string }[]; next: string | null }
      for (const { id, recordedAt } of items) {
        seen.set(id, (seen.get(id) ?? 0) + 1)
        expect(recordedAt >= before).toBe(true)
        before = recordedAt
      }
      if (next !== null) cursor = next
      if (writing > 0) whileWriting += items.length
      else quietSince ??= performance.now()
      if (items.length === 0 && quietSince !== null && performance.now() - quietSince > 7_000) break
      if (items.length < 1_000) await sleep(20)
    }
    const rows = (await world.store.knex('rebound_bounces').select('id')) as { id: number }[]
    expect(servers.map(server => server.exitCode)).toEqual([0, 0])
    expect(rows.length).toBe(total)
    expect(seen.size).toBe(total)
    expect([...seen].filter(([, times]) => times !== 1)).toEqual([])
    expect(rows.filter(({ id }) => !seen.has(String(id)))).toEqual([])
    expect(whileWriting).toBeGreaterThan(0)
  })
})
