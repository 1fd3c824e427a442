// The fast path of recording: the same decisions as the general one, in a handful of statements, and it may only succeed.

import { createRequire } from 'node:module'
import fc from 'fast-check'
import mysql from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BounceEvent, concerns } from '../../src/model/event.ts'
import { kinds } from '../../src/model/report.ts'
import { linkedBys } from '../../src/model/return-path.ts'
import { failureOf } from '../../src/store/database/failures.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { inTransaction } from '../../src/store/database/transaction.ts'
import { campaignsOf, writeBatch } from '../../src/store/recording/batch.ts'
import type { BatchResult } from '../../src/store/recording/batch-result.ts'
import { createFastPath, type FastPath } from '../../src/store/recording/fast/fast-path.ts'
import { foldCampaigns } from '../../src/store/recording/fold-campaigns.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createCampaignIds } from '../../src/store/tables/campaign-numbers.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { canStartMariadb, mysqlAvailable, startMariadb } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { dumpOf } from './dump.ts'
import { event } from './events.ts'

type Messages = readonly (readonly BounceEvent[])[]

/** What went to MySQL, in texts as they were sent: watched before there is a connection. */
const sent: string[] = []
const { Connection } = createRequire(import.meta.url)('mysql2')
const { query } = Connection.prototype
Connection.prototype.query = function (options: string | { readonly sql: string }, ...rest: unknown[]) {
  sent.push(typeof options === 'string' ? options : options.sql)
  return query.call(this, options, ...rest)
}

const thresholds = { 'mailbox-full': { bounces: 2, days: 1, afterId: 0 } }
const trust = { trustClaimed: false, thresholds }

async function recordFast(store: Store, fastPath: FastPath, messages: Messages): Promise<BatchResult> {
  const campaigns = await campaignsOf(messages, createCampaignIds(store))
  return await fastPath.write({ messages, campaigns, trust, outbox: true }, () => {})
}

async function recordGenerally(store: Store, messages: Messages): Promise<BatchResult> {
  const campaigns = await campaignsOf(messages, createCampaignIds(store))
  const batch = { messages, campaigns, trust, outbox: true, detail: 'full', unanswered: null } as const
  return await inTransaction(store, transaction => writeBatch(store, transaction, batch))
}

/** Of few records, campaigns, paths and names, so that they meet in every way. */
const anyEvent = fc
  .record({
    name: fc.integer({ min: 0, max: 2_000 }).map(at => `any ${at}`),
    kind: fc.oneof({ weight: 3, arbitrary: fc.constant('bounce' as const) }, fc.constantFrom(...kinds)),
    type: fc.constantFrom('hard' as const, 'soft' as const),
    category: fc.constantFrom(
      'mailbox-full' as const,
      'mailbox-full' as const,
      'unknown-user' as const,
      'spam' as const,
    ),
    concern: fc.oneof({ weight: 3, arbitrary: fc.constant('owner' as const) }, fc.constantFrom(...concerns)),
    module: fc.constantFrom('contacts', 'contacts', 'companies', 'leads', 'deals'),
    recordId: fc.constantFrom('1', '2', 'ä', "o'k\\", '🙂', 'x'.repeat(65)),
    campaign: fc.constantFrom(null, { id: 'spring' }, { id: '7' }, { number: 7 }, { number: 2 ** 31 + 5 }),
    by: fc.oneof(
      { weight: 3, arbitrary: fc.constant('signed' as const) },
      fc.constantFrom(null, ...linkedBys),
    ),
    returnPath: fc.constantFrom('b-1@bounces.example.com', 'b-2@bounces.example.com'),
    receivedAt: fc.integer({ min: 1, max: 8 }).map(day => new Date(Date.UTC(2026, 2, day))),
    sentTo: fc.constantFrom('ana@example.org', 'ana@example.org', 'bob@example.org', null),
    reported: fc.constantFrom('ana@example.org', 'ANA@example.org', 'eve@example.net', null),
    diagnostic: fc.oneof(
      fc.constantFrom(
        null,
        "550 it's; drop table rebound_bounces; --",
        'a\\b\\',
        'q? ?? :x \\?',
        '\ud800 lone \0',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
  })
  .map(event)

const anyGroup = fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })

/** Of twenty records in turn, each time on a later day: they reach the threshold again and again. */
const softBounce = (at: number) =>
  event({
    recordId: `soft ${at % 20}`,
    type: 'soft',
    campaign: { id: 'soft' },
    receivedAt: new Date(Date.UTC(2026, 2, 1 + Math.floor(at / 20))),
  })

/** What people do between groups. */
const anyAct = fc.record({
  module: fc.constantFrom('contacts', 'leads'),
  id: fc.constantFrom('1', 'ä'),
  change: fc.constantFrom(
    { emailBounced: false },
    { email: 'ana@example.org' },
    { email: 'new@example.org' },
    null,
  ),
})

/** All tables, but the times at which something was written. Counts may be on their way on one path and not on the other. */
async function everything(store: Store): Promise<unknown> {
  await foldCampaigns(store, error => expect.unreachable(`${error}`))
  const times = new Set(['at', 'recorded_at', 'created_at', 'due_at', 'reset_at', 'migration_time'])
  return JSON.parse(await dumpOf(store), (name, value) => {
    if (name === 'before') return value.replace(/"reset_at":\d+/, '')
    return times.has(name) && value !== null ? 'then' : value
  })
}

const answers = ({ recorded }: BatchResult) =>
  recorded.map(events =>
    events.map(({ event: { fingerprint, verdict }, ...rest }) => ({
      ...rest,
      fingerprint,
      type: verdict?.type,
    })),
  )

describe.each(dialects)('the fast path on %s', dialect => {
  let database: TestDatabase
  let fastPath: FastPath
  beforeEach(async () => {
    database = await newDatabase(dialect)
    fastPath = createFastPath(database.store)
  })
  afterEach(async () => {
    await fastPath?.close()
    await database?.drop()
  })

  it('answers what the general path answers, and leaves the same database', {
    timeout: within(120_000),
  }, async () => {
    const other = await newDatabase(dialect)
    const both = [database.store, other.store] as const
    const seed = Date.now()
    let folded = 0
    for (const [at, [any, act]] of fc.sample(fc.tuple(anyGroup, anyAct), { numRuns: 150, seed }).entries()) {
      const group = [...any, [softBounce(at)]]
      const fast = await recordFast(database.store, fastPath, group)
      const general = await recordGenerally(other.store, group)
      expect(answers(fast), `seed ${seed}, group ${at}`).toEqual(answers(general))
      expect([...fast.inserted]).toEqual([...general.inserted])
      folded += fast.recorded.flat().filter(({ isNew }) => !isNew).length
      const { module, id, change } = act
      if (change)
        for (const store of both) await createRecords(store).put(module, id, change, { actor: 'test' })
      if (at % 10 === 0)
        expect(await everything(database.store), `seed ${seed}, group ${at}`).toEqual(
          await everything(other.store),
        )
    }
    expect(await everything(database.store)).toEqual(await everything(other.store))
    // It did meet what it is meant to meet.
    expect(folded).toBeGreaterThan(100)
    const [repeats] = await database.store.knex('rebound_bounces').sum('repeats as all')
    expect(Number(repeats?.all)).toBeGreaterThan(10)
    expect(await database.store.knex('rebound_audit').where({ action: 'promote' })).not.toEqual([])
    await other.drop()
  })

  it('asks as much for 200 messages of as many campaigns as for one', async () => {
    const about = (at: number, type: 'hard' | 'soft' = 'soft') =>
      [event({ recordId: `${at}`, campaign: { id: `c${at}` }, type, name: `${at} ${type}` })] as const
    const some = (count: number, from: number) => Array.from({ length: count }, (_, at) => about(from + at))
    // All of known records, whose earlier events of the day are read too.
    const again = (count: number, from: number) =>
      Array.from({ length: count }, (_, at) => about(from + at, 'hard'))
    await recordFast(database.store, fastPath, [[event({ recordId: 'first' })]])
    const asked: number[] = []
    for (const messages of [some(1, 0), some(200, 1), again(1, 0), again(200, 1)]) {
      const campaigns = await campaignsOf(messages, createCampaignIds(database.store))
      const count = await watchStatements(database.store)
      await fastPath.write({ messages, campaigns, trust, outbox: true }, () => {})
      asked.push(count())
    }
    const [one, many, oneAgain, manyAgain] = asked
    expect(many).toBe(one)
    expect(manyAgain).toBe(oneAgain)
    expect(Math.max(...asked)).toBeLessThanOrEqual(dialect === 'sqlite' ? 13 : 4)
  })

  it('stores nothing when it fails, and rests after what nobody foresaw', async () => {
    const { store } = database
    const group = { isWhole: true, unanswered: null, messages: [], since: 0, waitsForRows: true }
    await store.knex.raw('drop table rebound_outbox')
    expect(fastPath.takes(group)).toBe(true)
    await expect(recordFast(store, fastPath, [[event()]])).rejects.toThrow()
    expect(await store.knex('rebound_bounces')).toEqual([])
    expect(await store.knex('rebound_contacts')).toEqual([])
    expect(fastPath.takes(group)).toBe(false)
  })

  it('makes no deleted campaign anew: the general path does, and counts all', async () => {
    const { store } = database
    const campaigns = createCampaignIds(store)
    await campaignsOf([[event({ campaign: { id: 'gone' } })]], campaigns)
    await store.knex('rebound_campaigns').where({ id: 'gone' }).del()
    const messages = [[event({ campaign: { id: 'gone' } })]]
    const known = await campaignsOf(messages, campaigns)
    await expect(
      fastPath.write({ messages, campaigns: known, trust, outbox: true }, () => {}),
    ).rejects.toMatchObject({ code: 'REBOUND_CONFLICT' })
    expect(await store.knex('rebound_campaigns')).toEqual([])
    expect(await store.knex('rebound_bounces')).toEqual([])
  })

  it('is what an ordinary group takes', async () => {
    const gaveUp: unknown[] = []
    const recorder = createRecorder(database.store, { ...trust, onGaveUp: error => gaveUp.push(error) })
    const count = await watchStatements(database.store)
    await Promise.all(Array.from({ length: 30 }, (_, at) => recorder.record([event({ recordId: `${at}` })])))
    expect(gaveUp).toEqual([])
    expect(count()).toBeLessThanOrEqual(dialect === 'sqlite' ? 13 : 4)
    await recorder.close()
  })
})

describe.skipIf(!mysqlAvailable)('the fast path on a server that others use too, on mysql', () => {
  it('waits for no row: it fails at once, and the connection is as good as before', async () => {
    const database = await newDatabase('mysql')
    const { store } = database
    const fastPath = createFastPath(store)
    const about = (name: string) => [[event({ recordId: 'held', name })]]
    await recordFast(store, fastPath, about('before'))
    const crm = await mysql.createConnection(database.url)
    await crm.query('start transaction')
    await crm.query("select * from rebound_contacts where id = 'held' for update")
    const error = await recordFast(store, fastPath, about('meanwhile')).catch((each: unknown) => each)
    expect(failureOf(error)).toBe('locked')
    await crm.query('rollback')
    await crm.end()
    const { recorded } = await recordFast(store, fastPath, about('meanwhile'))
    expect(recorded).toMatchObject([[{ isNew: true }]])
    await fastPath.close()
    await database.drop()
  })
})

describe.skipIf(!mysqlAvailable)(
  'the fast path where no text of several statements is taken, on mysql',
  () => {
    it('leaves all to the general path, and does not try again at once', async () => {
      const database = await newDatabase('mysql')
      const gaveUp: unknown[] = []
      // As a proxy between may do.
      const store: Store = { ...database.store, apart: connections => database.store.apart(connections) }
      const recorder = createRecorder(store, { ...trust, onGaveUp: error => gaveUp.push(error) })
      for (const recordId of ['1', '2'])
        expect(await recorder.record([event({ recordId })])).toMatchObject([{ isNew: true, movedTo: 'hard' }])
      expect(gaveUp).toHaveLength(1)
      await recorder.close()
      await database.drop()
    })
  },
)

describe.skipIf(!canStartMariadb)('the fast path in a cluster, on mysql', () => {
  it('knows how far apart the ids of one insert are', { timeout: within(60_000) }, async () => {
    const server = await startMariadb({
      flags: ['--auto-increment-increment=3', '--auto-increment-offset=2'],
    })
    try {
      const store = openStore({ url: await server.newDatabase() })
      await migrate(store)
      const fastPath = createFastPath(store)
      const messages = Array.from({ length: 5 }, (_, at) => [
        event({ recordId: `${at}`, campaign: { id: 'c' }, name: `step ${at}` }),
      ])
      const { inserted } = await recordFast(store, fastPath, messages)
      const rows = (await store.knex('rebound_bounces').select('id', 'fingerprint').orderBy('id')) as {
        id: number
        fingerprint: string
      }[]
      expect([...inserted.values()]).toEqual([2, 5, 8, 11, 14])
      expect(rows.map(({ id, fingerprint }) => [fingerprint, id])).toEqual([...inserted])
      expect(await store.knex('rebound_campaign_records').pluck('event_id').orderBy('event_id')).toEqual([
        2, 5, 8, 11, 14,
      ])
      await fastPath.close()
      await store.close()
    } finally {
      await server.stop()
    }
  })
})

/** Counts from now on: statements by their text on SQLite, where a row is a run; texts sent on MySQL. Not what sets a session. */
async function watchStatements({ knex, dialect }: Store): Promise<() => number> {
  if (dialect === 'mysql') {
    const before = sent.length
    return () => sent.slice(before).filter(sql => !/^\s*set session/.test(sql)).length
  }
  const handle = await knex.client.acquireConnection()
  const statement = Object.getPrototypeOf(handle.prepare('select 1'))
  await knex.client.releaseConnection(handle)
  const seen: string[] = []
  const spies = (['all', 'run'] as const).map(method => {
    const original = statement[method]
    return vi.spyOn(statement, method).mockImplementation(function (this: { source: string }, ...values) {
      seen.push(this.source)
      return original.apply(this, values)
    })
  })
  return () => {
    for (const spy of spies) spy.mockRestore()
    // A text that is run for each of its rows counts once, one that is asked again each time.
    const asked = seen.filter(sql => !/^pragma synchronous/i.test(sql))
    const isRun = (sql: string): boolean => /^(insert|update)/.test(sql)
    return new Set(asked.filter(isRun)).size + asked.filter(sql => !isRun(sql)).length
  }
}
