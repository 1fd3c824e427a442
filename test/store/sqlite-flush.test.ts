// A commit of SQLite is flushed beside the event loop: nobody is answered, and nobody sees it, before it is on the disk.

import { closeSync, fdatasyncSync, openSync, readlinkSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createSqliteFlush, type FlushCalls } from '../../src/store/database/sqlite-flush.ts'
import { inTransaction } from '../../src/store/database/transaction.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

/** A disk that does each flush when it is told to. */
function slowDisk() {
  let isQuick = false
  let inPlace = 0
  let now = 0
  const waiting: { readonly done: (error?: Error) => void }[] = []
  const flushed: string[] = []
  const calls: FlushCalls = {
    open: async path => openSync(path, 'r+'),
    close: async file => closeSync(file),
    now: () => {
      now += isQuick ? 0 : 10
      return now
    },
    fdatasyncSync: file => {
      inPlace++
      fdatasyncSync(file)
    },
    fdatasync: file =>
      new Promise((resolve, reject) => {
        const done = (error?: Error): void => {
          fdatasyncSync(file)
          flushed.push(readlinkSync(`/proc/self/fd/${file}`))
          if (error) reject(error)
          else resolve()
        }
        if (isQuick) done()
        else waiting.push({ done })
      }),
  }
  const quicken = (): void => {
    isQuick = true
    for (const { done } of waiting.splice(0)) done()
  }
  const slow = (): void => {
    isQuick = false
  }
  return { calls, waiting, flushed, quicken, slow, inPlace: () => inPlace }
}

const eio = (): Error => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })

let database: TestDatabase
let store: Store
let disk: ReturnType<typeof slowDisk>
beforeEach(async () => {
  database = await newDatabase('sqlite')
  disk = slowDisk()
  store = { ...database.store, flush: createSqliteFlush(database.url.slice('sqlite:'.length), disk.calls) }
})
afterEach(async () => {
  await store.flush?.close()
  await database.drop()
})

const synchronous = async (): Promise<unknown> => await database.store.knex.raw('pragma synchronous')
const full = [{ synchronous: 2 }]
/** Another process' look at the file. */
const storedNow = async (): Promise<number> => {
  const other = database.open()
  return (await other.knex('rebound_bounces').select('id')).length
}

describe.each(['fast', 'general'] as const)('of the %s path', path => {
  let recorder: Recorder
  let failures: string[]
  beforeEach(() => {
    failures = []
    recorder = createRecorder(store, {
      trustClaimed: false,
      fastPath: path === 'fast',
      patience: { conflictMs: 1_000, lostMs: 1_000 },
      onFailure: failure => failures.push(failure),
      onGaveUp: error => failures.push(`${error}`),
    })
  })
  afterEach(async () => {
    disk.quicken()
    await recorder.close()
  })
  const flushes = async (count: number): Promise<void> => {
    await expect.poll(() => disk.waiting.length).toBe(count)
  }

  it('mail is answered once its commit is flushed, and what comes meanwhile shares the next', async () => {
    const answered: number[] = []
    const take = (at: number): Promise<unknown> =>
      recorder.record([event({ recordId: `${at}` })]).then(() => answered.push(at))
    const first = take(1)
    await flushes(1)
    const later = [2, 3, 4].map(take)
    expect(await storedNow()).toBe(1)
    // Nothing else is written, and nobody is answered, for as long as the disk takes.
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    expect([answered, disk.waiting.length, await storedNow()]).toEqual([[], 1, 1])
    disk.waiting[0]?.done()
    await first
    await flushes(2)
    disk.waiting[1]?.done()
    await Promise.all(later)
    expect(disk.flushed).toEqual(Array(2).fill(expect.stringMatching(/\/rebound\.sqlite-wal$/)))
    expect(failures).toEqual([])
  })

  it('nobody of this server sees it before', async () => {
    const recorded = recorder.record([event({ recordId: '1' })])
    await flushes(1)
    let seen: number | null = null
    const looked = database.store
      .knex('rebound_bounces')
      .select('id')
      .then(rows => {
        seen = rows.length
      })
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    expect(seen).toBeNull()
    disk.waiting[0]?.done()
    await Promise.all([recorded, looked])
    expect(seen).toBe(1)
  })

  it('one that fails is done over by copying the log, and the event is new and counted once', async () => {
    const campaign = { id: 'spring' }
    const recorded = recorder.record([event({ recordId: '1', campaign })])
    await flushes(1)
    disk.waiting[0]?.done(eio())
    expect((await recorded).map(each => [each.isNew, each.effect])).toEqual([[true, 'removed']])
    expect(failures).toEqual(['lost'])
    // It did not ask for a second flush of the log, which would tell nothing.
    expect(disk.waiting.length).toBe(1)
    disk.quicken()
    const [counts] = await database.store.knex('rebound_campaign_results').where(campaign)
    expect(counts.hard_bounces).toBe(1)
    expect(await synchronous()).toEqual(full)
  })

  it('one that fails for good is no answer, and what it left is new when it comes again', async () => {
    const other = database.open()
    const reader = await other.knex.client.acquireConnection()
    // A reader of what was before keeps the log from being copied.
    reader.prepare('begin').run()
    reader.prepare('select count(*) from rebound_bounces').get()
    const mail = [event({ recordId: '1' })]
    const refused = recorder.record(mail).catch((error: unknown) => error)
    await flushes(1)
    disk.waiting[0]?.done(eio())
    expect(await refused).toMatchObject({ code: 'REBOUND_UNKNOWN' })
    reader.prepare('rollback').run()
    other.knex.client.releaseConnection(reader)

    expect((await recorder.record(mail)).map(each => each.isNew)).toEqual([true])
    expect(disk.waiting.length).toBe(1)
    expect(await synchronous()).toEqual(full)
  })
})

it('a quick disk is waited for, until it was slow once', async () => {
  const commit = (): Promise<unknown> =>
    inTransaction(store, async ({ run }) => await run(store.knex('rebound_rules').update({ text: 'a' })))
  disk.quicken()
  await commit()
  expect([disk.flushed.length, disk.inPlace()]).toEqual([1, 0])
  await commit()
  expect([disk.flushed.length, disk.inPlace()]).toEqual([1, 1])
  disk.slow()
  await commit()
  expect([disk.flushed.length, disk.inPlace()]).toEqual([1, 2])
  const beside = commit()
  await expect.poll(() => disk.waiting.length).toBe(1)
  disk.waiting[0]?.done()
  await beside
  expect([disk.flushed.length, disk.inPlace()]).toEqual([2, 2])
})

it('a transaction that fails flushes nothing, and leaves the others their flush', async () => {
  const failed = inTransaction(store, async ({ run }) => {
    await run(store.knex('rebound_rules').del())
    throw new Error('changed its mind')
  })
  await expect(failed).rejects.toThrow('changed its mind')
  expect(disk.waiting).toEqual([])
  expect(await synchronous()).toEqual(full)
})

it('a link to the database is followed, as SQLite does for its log', async () => {
  const link = `${database.url.slice('sqlite:'.length)}-link`
  symlinkSync(database.url.slice('sqlite:'.length), link)
  const linked = openStore({ url: `sqlite:${link}` })
  for (const text of ['a', 'b', 'c'])
    await inTransaction(linked, async ({ run }) => await run(linked.knex('rebound_rules').update({ text })))
  expect(linked.fileFault()).toBeNull()
  await linked.close()
})

it('a log that cannot be opened is copied into the database, and the copy flushed', async () => {
  const calls = { ...disk.calls, open: async () => Promise.reject(new Error('EMFILE')) }
  store = { ...store, flush: createSqliteFlush(database.url.slice('sqlite:'.length), calls) }
  await inTransaction(store, async ({ run }) => await run(store.knex('rebound_rules').update({ text: 'a' })))
  const [[left]] = [await database.store.knex.raw('pragma wal_checkpoint(passive)')]
  expect(left.checkpointed).toBe(left.log)
  expect(disk.waiting).toEqual([])
})

it('on a database in memory there is nothing to flush', async () => {
  const flush = createSqliteFlush(null, disk.calls)
  const handle = { inTransaction: false, pragma: () => {}, prepare: () => ({}) }
  expect(await flush.around(handle, () => 7)).toBe(7)
  expect(disk.waiting).toEqual([])
})
