// What a cluster of databases needs, on one server: a lock that is a row, and pollers that wait for the slowest clock.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { whileAlone } from '../../src/store/database/migration-lock.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { createNodeClock } from '../../src/store/upkeep/node-clocks.ts'
import { within } from '../patience.ts'
import { dialects, emptyDatabase, newDatabase } from './databases.ts'
import { event } from './events.ts'

const turnMs = 20

describe.skipIf(!dialects.includes('mysql'))('the lock of migrations, on mysql', () => {
  it('lets one in at a time, however many come', { timeout: within(60_000) }, async () => {
    const database = await emptyDatabase('mysql')
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside++
      most = Math.max(most, inside)
      // Longer than the patience with somebody who is silent: who renews is not robbed.
      await sleep(40 * turnMs)
      inside--
    }
    const all = [database.open(), database.open(), database.store]
    await Promise.all(all.map(store => whileAlone(store, work, turnMs)))
    expect(most).toBe(1)
    expect(await database.store.knex('rebound_migrations_holder')).toEqual([])
    await database.drop()
  })

  it('is taken over from one that was killed', { timeout: within(60_000) }, async () => {
    const database = await emptyDatabase('mysql')
    await whileAlone(database.store, async () => {}, turnMs)
    const dead = { name: 'migrations', holder: 'dead', turn: 7 }
    await database.store.knex('rebound_migrations_holder').insert(dead)
    expect(await whileAlone(database.store, async () => 'done', turnMs)).toBe('done')
    expect(await database.store.knex('rebound_migrations_holder')).toEqual([])
    await database.drop()
  })

  it('is given back when the work fails', async () => {
    const database = await emptyDatabase('mysql')
    const fail = () => Promise.reject(new Error('no'))
    await expect(whileAlone(database.store, fail, turnMs)).rejects.toThrow('no')
    expect(await whileAlone(database.store, async () => 'done', turnMs)).toBe('done')
    await database.drop()
  })
})

describe.skipIf(!dialects.includes('mysql'))('clocks of nodes, on mysql', () => {
  it('hold pollers back to the one that is furthest behind, until its server is gone', async () => {
    const { store, drop } = await newDatabase('mysql')
    const recorder = createRecorder(store, { trustClaimed: false })
    await recorder.record([event()])
    await recorder.close()
    const { knex } = store
    const shift = async (ms: number) =>
      await knex('rebound_bounces').update({ recorded_at: knex.raw('recorded_at + ?', [ms]) })
    const shown = async () => (await createBounces(store).list({ limit: 10 })).items.length
    await shift(-30_000)
    expect(await shown()).toBe(1)
    // Another server, on a node whose clock is 25 s behind: its next event may come before ours.
    const behind = knex.raw('floor(unix_timestamp(now(3)) * 1000) - 25000')
    await knex('rebound_node_clocks').insert({ server: 'other', at: behind })
    expect(await shown()).toBe(0)

    let now = 0
    const clock = createNodeClock(store, () => now, true)
    await clock.tell()
    expect(await shown()).toBe(0)
    now = 59_000
    await clock.tell()
    expect(await knex('rebound_node_clocks')).toHaveLength(2)
    now = 61_000
    await clock.tell()
    expect(await knex('rebound_node_clocks')).toHaveLength(1)
    expect(await shown()).toBe(1)
    await clock.leave()
    expect(await knex('rebound_node_clocks')).toEqual([])
    await drop()
  })

  it('are no matter where there is one', async () => {
    const { store, drop } = await newDatabase('mysql')
    await createNodeClock(store).tell()
    expect(await store.knex('rebound_node_clocks')).toEqual([])
    await drop()
  })
})
