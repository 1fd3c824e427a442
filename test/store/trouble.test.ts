// What goes wrong around the database: locks, culprits, a server that dies. Nothing is lost, nothing counted twice.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore } from '../../src/store/database/open.ts'
import { createRecorder, NotTaken } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { canStartMariadb, startMariadb } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const trust = { trustClaimed: false }
let database: TestDatabase | undefined
afterEach(async () => {
  await database?.drop()
  database = undefined
})

describe('an outside writer that holds the lock of SQLite', () => {
  it('stalls nobody: the event loop runs, reads are answered, the record is stored afterwards', async () => {
    database = await newDatabase('sqlite')
    const { store, url } = database
    const recorder = createRecorder(store, trust)
    const locker = fork(new URL('./lock-sqlite.mjs', import.meta.url), [url.slice('sqlite:'.length), '3000'])
    await once(locker, 'message')

    let longestGap = 0
    let last = performance.now()
    const ticking = setInterval(() => {
      longestGap = Math.max(longestGap, performance.now() - last)
      last = performance.now()
    }, 5)
    const released = once(locker, 'exit').then(() => performance.now())
    const recording = recorder.record([event({ recordId: '1' })]).then(() => performance.now())
    expect(await createRecords(store).get('contacts', '1')).toBeNull()
    const [releasedAt, recordedAt] = await Promise.all([released, recording])
    clearInterval(ticking)

    expect(recordedAt).toBeGreaterThan(releasedAt - 500)
    expect(longestGap).toBeLessThan(1_000)
    expect(await createRecords(store).get('contacts', '1')).toMatchObject({ hardBounces: 1 })
    await recorder.close()
  })
})

describe.each(dialects)('a culprit, on %s', dialect => {
  /** A database that refuses whatever has `poison` in a column. */
  async function poisonable(table: string, column: string): Promise<TestDatabase> {
    const made = await newDatabase(dialect)
    const { knex } = made.store
    for (const moment of ['insert', 'update'])
      await knex.raw(
        dialect === 'sqlite'
          ? `create trigger poison_${moment} before ${moment} on ${table} when new.${column} like '%poison%'
             begin select raise(abort, 'poisoned'); end`
          : `create trigger poison_${moment} before ${moment} on ${table} for each row
             if new.${column} like '%poison%' then signal sqlstate '45000' set message_text = 'poisoned'; end if`,
      )
    return made
  }

  it('is stored in its barest form, and costs none of the other 199', async () => {
    database = await poisonable('rebound_bounces', 'diagnostic')
    const recorder = createRecorder(database.store, trust)
    const recorded = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        recorder.record([
          event({ recordId: `${at}`, campaign: { id: 'c' }, diagnostic: at === 77 ? 'poison' : 'fine' }),
        ]),
      ),
    )
    expect(recorded.flat().every(each => each.isNew)).toBe(true)
    const { knex } = database.store
    expect((await knex('rebound_bounces').where({ id: recorded[77]?.[0]?.id }))[0]).toMatchObject({
      diagnostic: null,
      subject: null,
      category: 'unknown-user',
      effect: 'removed',
    })
    expect(await knex('rebound_bounces').where({ diagnostic: 'fine' })).toHaveLength(199)
    expect((await knex('rebound_campaigns'))[0]).toMatchObject({ hard_bounces: 200 })
    await recorder.close()
  })

  it('whose record cannot be written is stored without effect', async () => {
    database = await poisonable('rebound_contacts', 'id')
    const recorder = createRecorder(database.store, trust)
    const [poisoned, fine] = await Promise.all([
      recorder.record([event({ recordId: 'poison', campaign: { id: 'c' } })]),
      recorder.record([event({ recordId: 'fine', campaign: { id: 'c' } })]),
    ])
    const { knex } = database.store
    expect((await knex('rebound_bounces').where({ id: poisoned[0]?.id }))[0]).toMatchObject({
      record_id: 'poison',
      effect: 'none',
    })
    expect((await knex('rebound_bounces').where({ id: fine[0]?.id }))[0]).toMatchObject({ effect: 'removed' })
    await recorder.close()
  })
})

it.each(dialects)('counts a campaign anew when somebody deleted it, on %s', async dialect => {
  database = await newDatabase(dialect)
  const recorder = createRecorder(database.store, trust)
  await recorder.record([event({ recordId: '1', campaign: { id: 'gone' } })])
  await database.store.knex('rebound_campaigns').where({ id: 'gone' }).del()
  await recorder.record([event({ recordId: '2', campaign: { id: 'gone' } })])
  expect(await database.store.knex('rebound_campaigns')).toMatchObject([{ id: 'gone', hard_bounces: 1 }])
  await recorder.close()
})

describe.each(dialects)('a database that cannot work, on %s', dialect => {
  it('is told from a culprit: nobody is tried one by one, and all are refused', async () => {
    database = await newDatabase(dialect)
    const { store } = database
    await store.knex.schema.dropTable('rebound_campaign_records')
    const failures: string[] = []
    const recorder = createRecorder(store, { ...trust, onFailure: failure => failures.push(failure) })
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) =>
        recorder.record([event({ recordId: `${at}`, campaign: { id: 'c' } })]),
      ),
    )
    expect(answers.every(answer => answer.status === 'rejected')).toBe(true)
    expect(failures).toEqual(['trouble'])
    expect(await store.knex('rebound_bounces')).toEqual([])
    await recorder.close()
  })
})

it('takes no more messages than may wait', async () => {
  database = await newDatabase('sqlite')
  const recorder = createRecorder(database.store, { ...trust, maxWaiting: 3 })
  const answers = await Promise.allSettled(
    Array.from({ length: 5 }, (_, at) => recorder.record([event({ recordId: `${at}` })])),
  )
  expect(answers.map(answer => answer.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ])
  await recorder.close()
  await expect(recorder.record([event()])).rejects.toThrow(NotTaken)
})

describe.skipIf(!canStartMariadb)('a MariaDB that is killed', () => {
  it('loses nothing acknowledged and counts nothing twice', { timeout: within(60_000) }, async () => {
    const server = await startMariadb()
    try {
      const store = openStore({ url: await server.newDatabase() })
      await migrate(store)
      const recorder = createRecorder(store, { ...trust, patience: { conflictMs: 5_000, lostMs: 500 } })
      const acknowledged = new Map<string, string>()
      let rejected = 0
      let newOnes = 0
      let stopped = false
      /** A sender: tries a message again until it is taken, as SMTP does after a 451. */
      const sender = async (name: number): Promise<void> => {
        for (let at = 0; !stopped; at++) {
          const message = event({ recordId: `${name}-${at}`, campaign: { id: 'c' }, name: `${name}-${at}` })
          for (;;) {
            try {
              const [recorded] = await recorder.record([message])
              if (!recorded) throw new Error('Nothing was recorded')
              acknowledged.set(message.fingerprint, recorded.id)
              if (recorded.isNew) newOnes++
              break
            } catch {
              rejected++
              await new Promise(resolve => setTimeout(resolve, 20))
              if (stopped) return
            }
          }
        }
      }
      const senders = Array.from({ length: 40 }, (_, name) => sender(name))
      const more = async (what: () => number): Promise<void> => {
        const before = what()
        await expect.poll(what, { interval: 10 }).toBeGreaterThan(before + 100)
      }
      for (let round = 0; round < 3; round++) {
        await more(() => acknowledged.size)
        await server.kill()
        await more(() => rejected)
        await server.restart()
      }
      await more(() => acknowledged.size)
      stopped = true
      await Promise.all(senders)
      await recorder.close()

      const rows = (await store.knex('rebound_bounces').select('id', 'fingerprint')) as {
        id: number
        fingerprint: string
      }[]
      const stored = new Map(rows.map(row => [row.fingerprint, String(row.id)]))
      expect(rejected).toBeGreaterThan(0)
      expect(acknowledged.size).toBeGreaterThan(100)
      expect([...acknowledged].filter(([fingerprint, id]) => stored.get(fingerprint) !== id)).toEqual([])
      expect(newOnes).toBeLessThanOrEqual(rows.length)
      const [campaign] = await store.knex('rebound_campaigns').where({ id: 'c' })
      expect(campaign.hard_bounces).toBe(rows.length)
      const [sum] = await store.knex('rebound_contacts').sum('hard_bounces as all')
      expect(Number(sum?.all)).toBe(rows.length)
      await store.close()
    } finally {
      await server.stop()
    }
  })
})
