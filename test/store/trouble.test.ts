// What goes wrong around the database: locks, culprits, a server that dies. Nothing is lost, nothing counted twice.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import type { BounceEvent } from '../../src/model/event.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { foldCampaigns } from '../../src/store/recording/fold-campaigns.ts'
import { createRecorder, NotTaken } from '../../src/store/recording/recorder.ts'
import type { StrippedMessage } from '../../src/store/recording/settling.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { listStripped } from '../../src/store/tables/stripped-bounces.ts'
import { applyStripped } from '../../src/store/upkeep/apply-stripped.ts'
import { createHealth } from '../../src/store/upkeep/health.ts'
import { canStartMariadb, startMariadb } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const trust = { trustClaimed: false }
const applying = { trust, isSentTo: async () => null, outbox: false }

/** The database refuses whatever has `poison` in a column. */
async function poison({ knex, dialect }: Store, table: string, column: string): Promise<void> {
  for (const moment of ['insert', 'update'])
    await knex.raw(
      dialect === 'sqlite'
        ? `create trigger poison_${moment} before ${moment} on ${table} when new.${column} like '%poison%'
           begin select raise(abort, 'poisoned'); end`
        : `create trigger poison_${moment} before ${moment} on ${table} for each row
           if new.${column} like '%poison%' then signal sqlstate '45000' set message_text = 'poisoned'; end if`,
    )
}

async function cure({ knex }: Store): Promise<void> {
  for (const moment of ['insert', 'update']) await knex.raw(`drop trigger poison_${moment}`)
}

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
    const heldMs = 3_000
    const locker = fork(new URL('./lock-sqlite.mjs', import.meta.url), [
      url.slice('sqlite:'.length),
      String(heldMs),
    ])
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
    // One that waits in the driver waits to the end; a machine with much else to do is late at times.
    expect(longestGap).toBeLessThan(heldMs / 2)
    expect(await createRecords(store).get('contacts', '1')).toMatchObject({ hardBounces: 1 })
    await recorder.close()
  })
})

describe.each(dialects)('an error that nobody foresaw, on %s', dialect => {
  it.each([
    ['rebound_bounces', 'diagnostic'],
    ['rebound_contacts', 'id'],
  ])(
    'about one message in %s defers that one, costs no other, and is over with its cause',
    async (table, column) => {
      database = await newDatabase(dialect)
      const { store } = database
      const stripped: unknown[] = []
      const refusals: string[] = []
      const recorder = createRecorder(store, {
        ...trust,
        onStripped: each => stripped.push(each),
        onRefusal: failure => refusals.push(failure),
      })
      await poison(store, table, column)
      const messages = Array.from({ length: 200 }, (_, at) =>
        event({
          recordId: at === 77 ? 'poison' : `${at}`,
          campaign: { id: 'c' },
          diagnostic: at === 77 ? 'poison' : 'fine',
        }),
      )
      const answers = await Promise.allSettled(messages.map(message => recorder.record([message])))
      expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([77])
      expect(refusals).toEqual([])
      expect(await store.knex('rebound_refused')).toMatchObject([{ attempts: 1 }])

      await cure(store)
      const [late] = await recorder.record([messages[77] as BounceEvent])
      expect(late).toMatchObject({ isNew: true, movedTo: 'hard' })
      expect(stripped).toEqual([])
      expect(await createCampaigns(store).get('c')).toMatchObject({ hardBounces: 200 })
      expect(await store.knex('rebound_bounces').where({ effect: 'removed' })).toHaveLength(200)
      await recorder.close()
    },
  )

  it('about every message refuses all, stores nothing without effect, and makes the server not ready', async () => {
    database = await newDatabase(dialect)
    const { store } = database
    await store.knex.raw(
      dialect === 'sqlite'
        ? `create trigger poison_insert before insert on rebound_bounces begin select raise(abort, 'no'); end`
        : `create trigger poison_insert before insert on rebound_bounces for each row
           signal sqlstate '45000' set message_text = 'no'`,
    )
    const health = createHealth(store, () => {})
    const recorder = createRecorder(store, {
      ...trust,
      onRefusal: health.refused,
      onCommit: health.committed,
    })
    const messages = Array.from({ length: 100 }, (_, at) => event({ recordId: `${at}` }))
    const send = () => Promise.allSettled(messages.map(message => recorder.record([message])))
    expect((await send()).every(({ status }) => status === 'rejected')).toBe(true)
    expect(await health.ask()).toMatchObject({ at: 'write' })
    await store.knex.raw('drop trigger poison_insert')
    expect((await send()).every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await store.knex('rebound_bounces').where({ effect: 'removed' })).toHaveLength(100)
    expect(await health.ask()).toBeNull()
    await recorder.close()
  })

  it('and that lasts a day, while other mail of its module is stored: the message is stored as far as it goes', async () => {
    database = await newDatabase(dialect)
    const { store } = database
    const stripped: StrippedMessage[] = []
    const recorder = createRecorder(store, { ...trust, onStripped: each => stripped.push(each) })
    await poison(store, 'rebound_contacts', 'id')
    const message = event({ recordId: 'poison' })
    await expect(recorder.record([message])).rejects.toThrow()
    await store.knex('rebound_refused').update({ first_at: Date.now() - 25 * 3_600_000 })
    // Nothing says that the module's tables work: it is not given up yet.
    await expect(recorder.record([message])).rejects.toThrow()
    await recorder.record([event({ recordId: 'fine' })])
    const [recorded] = await recorder.record([message])
    expect(recorded).toMatchObject({ isNew: true })
    expect(stripped).toMatchObject([{ detail: 'inert', ids: [recorded?.id] }])
    expect(await store.knex('rebound_stripped')).toMatchObject([
      { event_id: Number(recorded?.id), detail: 'inert' },
    ])

    expect(await listStripped(store)).toMatchObject([{ id: recorded?.id, detail: 'inert' }])
    await expect(applyStripped(store, `${recorded?.id}`, applying)).rejects.toThrow()
    await cure(store)
    expect(await applyStripped(store, `${recorded?.id}`, applying)).toMatchObject({
      kind: 'applied',
      bounce: { effect: 'flagged', type: 'hard' },
    })
    expect(await listStripped(store)).toEqual([])
    expect(await createRecords(store).get('contacts', 'poison')).toMatchObject({
      emailBounced: true,
      hardBounces: 1,
    })
    // A second time there is nothing to do.
    expect(await applyStripped(store, `${recorded?.id}`, applying)).toEqual({ kind: 'complete' })
    await recorder.close()
  })
})

describe.each(dialects)('a value that a column does not take, on %s', dialect => {
  it('is stored without its text, with its effects, listed, and costs none of the other 199', async () => {
    database = await newDatabase(dialect)
    const { store } = database
    // A column made shorter by hand; SQLite has no lengths, but keys that must be numbers.
    if (dialect === 'mysql') await store.knex.raw('alter table rebound_bounces modify diagnostic varchar(10)')
    else {
      await store.knex.raw('create table numbers (id integer primary key)')
      await store.knex.raw(
        `create trigger number before insert on rebound_bounces when length(new.diagnostic) > 10
         begin insert into numbers values (new.diagnostic); end`,
      )
    }
    const stripped: StrippedMessage[] = []
    const recorder = createRecorder(store, { ...trust, onStripped: each => stripped.push(each) })
    const recorded = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        recorder.record([
          event({
            recordId: `${at}`,
            campaign: { id: 'c' },
            diagnostic: at === 77 ? 'longer than ten' : 'fine',
          }),
        ]),
      ),
    )
    expect(recorded.flat().every(each => each.isNew)).toBe(true)
    const id = recorded[77]?.[0]?.id
    expect((await store.knex('rebound_bounces').where({ id }))[0]).toMatchObject({
      diagnostic: null,
      subject: null,
      category: 'unknown-user',
      effect: 'removed',
    })
    expect(await store.knex('rebound_bounces').where({ diagnostic: 'fine' })).toHaveLength(199)
    expect(await createCampaigns(store).get('c')).toMatchObject({ hardBounces: 200 })
    expect(stripped).toMatchObject([{ detail: 'bare', ids: [id] }])
    expect(await listStripped(store)).toMatchObject([{ id, detail: 'bare' }])
    // Its effects stand: only the list forgets it.
    expect(await applyStripped(store, `${id}`, applying)).toMatchObject({ kind: 'applied' })
    expect(await createRecords(store).get('contacts', '77')).toMatchObject({ hardBounces: 1 })
    await recorder.close()
  })
})

describe.runIf(dialects.includes('mysql'))('a message that takes too long to write, on mysql', () => {
  it('is deferred alone: its batch is divided', { timeout: within(180_000) }, async () => {
    database = await newDatabase('mysql')
    const { store } = database
    await store.knex.raw(
      `create trigger heavy before insert on rebound_bounces for each row
       begin if new.record_id = 'heavy' then do sleep(20); end if; end`,
    )
    const recorder = createRecorder(store, trust)
    const ids = ['a', 'heavy', 'b', 'c']
    const answers = await Promise.allSettled(ids.map(recordId => recorder.record([event({ recordId })])))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect((await store.knex('rebound_bounces').pluck('record_id')).sort()).toEqual(['a', 'b', 'c'])
    await recorder.close()
  })
})

it.each(dialects)('counts a campaign anew when somebody deleted it, on %s', async dialect => {
  database = await newDatabase(dialect)
  const recorder = createRecorder(database.store, trust)
  await recorder.record([event({ recordId: '1', campaign: { id: 'gone' } })])
  await foldCampaigns(database.store, () => {})
  await database.store.knex('rebound_campaigns').where({ id: 'gone' }).del()
  await recorder.record([event({ recordId: '2', campaign: { id: 'gone' } })])
  expect(await database.store.knex('rebound_campaign_results')).toMatchObject([
    { id: 'gone', hard_bounces: 1 },
  ])
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
        for (let at = 0; !stopped; at++)
          await deliver(event({ recordId: `${name}-${at}`, campaign: { id: 'c' }, name: `${name}-${at}` }))
      }
      const deliver = async (message: BounceEvent): Promise<void> => {
        while (!(await isTaken(message))) {
          rejected++
          await new Promise(resolve => setTimeout(resolve, 20))
          if (stopped) return
        }
      }
      const isTaken = async (message: BounceEvent): Promise<boolean> => {
        const [recorded] = await recorder.record([message]).catch(() => [])
        if (!recorded) return false
        acknowledged.set(message.fingerprint, recorded.id)
        if (recorded.isNew) newOnes++
        return true
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
      const [campaign] = await store.knex('rebound_campaign_results').where({ id: 'c' })
      expect(campaign.hard_bounces).toBe(rows.length)
      const [sum] = await store.knex('rebound_contacts').sum('hard_bounces as all')
      expect(Number(sum?.all)).toBe(rows.length)
      await store.close()
    } finally {
      await server.stop()
    }
  })
})
