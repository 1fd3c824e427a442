// Whether the database takes mail: not before something was written again, once everybody was refused.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import mysql from 'mysql2/promise'
import { afterEach, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createHealth, type Health } from '../../src/store/upkeep/health.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

let database: TestDatabase
afterEach(async () => {
  await database?.drop()
})

/** A recorder that tells a health of what it does, as the server wires them. */
function wired(conflictMs = 300): { recorder: Recorder; health: Health; gauge: () => boolean | null } {
  let works: boolean | null = null
  const health = createHealth(database.store, now => {
    works = now
  })
  const recorder = createRecorder(database.store, {
    trustClaimed: false,
    patience: { conflictMs, lostMs: 300 },
    onCommit: health.committed,
    onRefusal: health.refused,
  })
  return { recorder, health, gauge: () => works }
}

/** Holds whatever nobody can record without: the file on SQLite, a table on MySQL. Resolves to how to let go. */
async function lock(dialect: 'sqlite' | 'mysql'): Promise<() => Promise<void>> {
  if (dialect === 'sqlite') {
    const script = fileURLToPath(new URL('./lock-sqlite.mjs', import.meta.url))
    const locker = fork(script, [database.url.slice('sqlite:'.length), '600000'])
    await once(locker, 'message')
    return async () => {
      const gone = once(locker, 'exit')
      locker.kill('SIGKILL')
      await gone
    }
  }
  const connection = await mysql.createConnection(database.url)
  await connection.query('lock tables rebound_bounces write')
  return () => connection.end()
}

describe.each(dialects)('the health of a database on %s', dialect => {
  it('is what a query says, until a batch is refused', async () => {
    database = await newDatabase(dialect)
    const { health, gauge, recorder } = wired()
    expect(await health.ask()).toBeNull()
    expect(gauge()).toBe(true)
    await recorder.close()
  })

  it('is bad soon where the database falls silent after its first answer', async () => {
    database = await newDatabase(dialect)
    const silent = { fault: () => null, isDoubtful: () => false, measure: () => new Promise<never>(() => {}) }
    const health = createHealth(database.store, () => {}, silent)
    expect(await health.ask()).toMatchObject({ failure: 'lost', at: 'read' })
  })

  it.each(['a commit', 'a write of its own'])(
    'stays bad after a lock that outlasted a batch, until %s',
    { timeout: within(40_000) },
    async ending => {
      database = await newDatabase(dialect)
      const { recorder, health, gauge } = wired()
      const release = await lock(dialect)
      try {
        await expect(recorder.record([event({ recordId: '1' })])).rejects.toThrow()
        expect(gauge()).toBe(false)
        // The lock is still there: whoever asks hears of it, as often as they ask.
        for (let times = 0; times < 2; times++) expect(await health.ask()).toMatchObject({ at: 'write' })
        expect(gauge()).toBe(false)
      } finally {
        await release()
      }
      if (ending === 'a commit') {
        await recorder.record([event({ recordId: '1' })])
        expect(gauge()).toBe(true)
      }
      await expect.poll(() => health.ask(), { timeout: within(15_000) }).toBeNull()
      expect(gauge()).toBe(true)
      // What was written to find out is not there for anybody.
      const rows = await database.store.knex('rebound_bounces').select('record_id')
      expect(rows).toEqual(ending === 'a commit' ? [{ record_id: '1' }] : [])
      await recorder.close()
    },
  )

  it('is bad while a table is missing, though queries are answered', async () => {
    database = await newDatabase(dialect)
    const { recorder, health, gauge } = wired()
    const { schema } = database.store.knex
    await schema.renameTable('rebound_campaign_records', 'elsewhere')
    await expect(recorder.record([event({ campaign: { id: 'c' } })])).rejects.toThrow()
    expect(await health.ask()).toMatchObject({ failure: 'trouble', at: 'write' })
    expect(gauge()).toBe(false)
    await database.store.knex.schema.renameTable('elsewhere', 'rebound_campaign_records')
    expect(await health.ask()).toBeNull()
    expect(gauge()).toBe(true)
    await recorder.close()
  })

  it('is told to all who ask at once by one look', async () => {
    database = await newDatabase(dialect)
    const { recorder, health } = wired()
    let queries = 0
    database.store.knex.on('query', () => queries++)
    await health.ask()
    const ofOneLook = queries
    expect(ofOneLook).toBeGreaterThan(0)
    await Promise.all(Array.from({ length: 50 }, () => health.ask()))
    expect(queries).toBe(2 * ofOneLook)
    await recorder.close()
  })
})

// On MariaDB a lock is a table's: what asks nothing of that table works.
describe('the health of an SQLite file', () => {
  it('knows of a lock before any mail has waited for it', async () => {
    database = await newDatabase('sqlite')
    const { health, recorder } = wired()
    const release = await lock('sqlite')
    expect(await health.ask()).toMatchObject({ failure: 'conflict', at: 'write' })
    await release()
    expect(await health.ask()).toBeNull()
    await recorder.close()
  })
})
