// The outbox: filled with its event, taken by one at a time, due again when nothing is heard.

import { describe, expect, it } from 'vitest'
import type { ClaimedWebhook } from '../../src/model/webhook.ts'
import type { Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { createOutbox } from '../../src/store/tables/outbox.ts'
import { prune } from '../../src/store/upkeep/retention.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const leaseMs = 1_000

/** A database with the outbox of two servers, whose clock the test moves. */
async function stage(dialect: 'sqlite' | 'mysql', sketches: readonly EventSketch[]) {
  const database = await newDatabase(dialect)
  const ids = await recorded(database, sketches)
  let now = Date.now() + 60_000
  const clock = async (): Promise<number> => now
  const outbox = createOutbox(database.store, clock)
  return {
    database,
    ids,
    outbox,
    other: createOutbox(database.open(), clock),
    take: (limit = 10) => outbox.claim({ leaseMs, limit }),
    later: (ms: number) => {
      now += ms
    },
  }
}

async function recorded(database: TestDatabase, sketches: readonly EventSketch[]) {
  const recorder = createRecorder(database.store, { trustClaimed: false, outbox: true })
  const all = await Promise.all(sketches.map(sketch => recorder.record([event(sketch)])))
  await recorder.close()
  return all.flat().map(each => each.id)
}

const failed = (webhook: ClaimedWebhook, againInMs: number | null, error = 'answered 500') => ({
  webhook,
  outcome: { kind: 'failed', error, againInMs } as const,
})

/** A store whose first query is answered only when `then` is done. */
function afterFirstQuery(store: Store, then: () => Promise<void>): Store {
  let isFirst = true
  const knex = new Proxy(store.knex, {
    apply: (target, self, given) => {
      const query = Reflect.apply(target as (...all: unknown[]) => Promise<unknown>, self, given)
      if (!isFirst) return query
      isFirst = false
      const run = query.then.bind(query)
      // Knex's builder goes on as itself: only its answer is late.
      const late = (ok: (rows: unknown) => unknown, failed: (error: unknown) => unknown) =>
        run(async rows => {
          await then()
          return rows
        }).then(ok, failed)
      Object.defineProperty(query, 'then', { value: late })
      return query
    },
  })
  return { ...store, knex }
}

const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1)
  return items[0] as T
}

describe.each(dialects)('the outbox on %s', dialect => {
  it('gives each to one server, and again when its lease ends', async () => {
    const { database, ids, outbox, other, take, later } = await stage(dialect, [{}, {}, {}, {}, {}, {}])
    const both = await Promise.all([outbox, other].map(each => each.claim({ leaseMs, limit: 4 })))
    const rest = await take()
    const taken = [...both.flat(), ...rest]
    expect(taken.map(each => each.bounce.id).sort()).toEqual(ids.toSorted())
    later(leaseMs - 1)
    expect(await other.claim({ leaseMs, limit: 10 })).toEqual([])
    later(1)
    const again = await other.claim({ leaseMs, limit: 10 })
    const names = (webhooks: readonly ClaimedWebhook[]) => webhooks.map(each => each.eventId).sort()
    expect(names(again)).toEqual(names(taken))
    expect(new Set(names(taken)).size).toBe(6)
    await database.drop()
  })

  it('gives nothing that another server took between the look and the taking', async () => {
    const { database, other } = await stage(dialect, [{}, {}])
    const clock = async (): Promise<number> => Date.now() + 60_000
    let taken: readonly ClaimedWebhook[] = []
    const late = createOutbox(
      afterFirstQuery(database.store, async () => {
        taken = await other.claim({ leaseMs: 10 * 60_000, limit: 10 })
      }),
      clock,
    )
    expect(await late.claim({ leaseMs, limit: 10 })).toEqual([])
    expect(taken).toHaveLength(2)
    await database.drop()
  })

  it('tries again and drops all, step by step, and no others', async () => {
    const { database, outbox } = await stage(dialect, [{}])
    const [bounce] = await outbox.list(1)
    const rows = Array.from({ length: 4_999 }, (_, at) => ({
      event_id: Number(bounce?.bounceId),
      created_at: 1,
      due_at: at % 3 === 0 ? null : 9e15,
      attempts: at % 3,
      lease: at % 3 === 2 ? 'somebody' : null,
    }))
    await database.store.knex.batchInsert('rebound_outbox', rows, 500)
    const count = (where: object) => database.store.knex('rebound_outbox').where(where).count('* as n')
    expect(await count({ attempts: 2, lease: 'somebody' })).toEqual([{ n: 1666 }])
    expect(await outbox.drop(null)).toBe(1667)
    expect(await outbox.retry(null)).toBe(3332)
    expect(await outbox.retry(null)).toBe(0)
    expect(await outbox.drop(null)).toBe(0)
    expect(await outbox.census()).toMatchObject({ waiting: 3333, givenUp: 0 })
    await database.drop()
  })

  it('holds an event once, however often it is reported, with the event as it is stored', async () => {
    const { database, take } = await stage(dialect, [{ name: 'same' }, { name: 'same' }])
    const taken = only(await take())
    expect(taken.bounce).toEqual(await createBounces(database.store).get(taken.bounce.id))
    expect(taken.eventId).toBe(`evt_${event({ name: 'same' }).fingerprint}`)
    await database.drop()
  })

  it.each<[string, EventSketch, boolean]>([
    ['a bounce', { type: 'soft' }, true],
    ['a complaint', { kind: 'complaint' }, true],
    ['a delay', { kind: 'delayed' }, true],
    ['a delivery', { kind: 'delivered' }, true],
    ['an automatic answer', { kind: 'auto-reply' }, true],
    ['what leads to no record', { by: null }, false],
    ['the block of somebody else', { concern: 'other' }, false],
    ['what a person answers to a path of ours', { kind: 'ordinary' }, true],
    ['what anybody could have written', { kind: 'ordinary', by: 'legacy' }, false],
  ])('%s: %j is told: %s', async (_, sketch, isTold) => {
    const { database, take } = await stage(dialect, [sketch])
    expect(await take()).toHaveLength(isTold ? 1 : 0)
    await database.drop()
  })

  it('forgets what is delivered, and waits as long as it is told with what failed', async () => {
    const { database, outbox, take, later } = await stage(dialect, [{}, {}, {}])
    const [first, second, third] = (await take()) as [ClaimedWebhook, ClaimedWebhook, ClaimedWebhook]
    await outbox.settle([
      { webhook: first, outcome: { kind: 'delivered' } },
      failed(second, 5_000),
      { webhook: third, outcome: { kind: 'released' } },
    ])
    expect((await take()).map(each => each.id)).toEqual([third.id])
    later(4_999)
    expect((await take()).map(each => each.id)).toEqual([third.id])
    later(1)
    expect(only(await take())).toMatchObject({ id: second.id, eventId: second.eventId, attempts: 1 })
    expect(await outbox.list(10)).toMatchObject([
      {
        id: second.id,
        state: 'retrying',
        attempts: 1,
        lastError: 'answered 500',
        bounceId: second.bounce.id,
      },
      { id: third.id, state: 'waiting', attempts: 0, lastError: null },
    ])
    expect(await outbox.census()).toMatchObject({ waiting: 2, givenUp: 0 })
    await database.drop()
  })

  it('does not listen to a failure of whoever lost the lease', async () => {
    const { database, outbox, other, take, later } = await stage(dialect, [{}])
    const lost = only(await take())
    later(leaseMs)
    const mine = only(await other.claim({ leaseMs, limit: 10 }))
    await outbox.settle([failed(lost, null)])
    expect(only(await outbox.list(10))).toMatchObject({ state: 'waiting', attempts: 0 })
    // That it was delivered is true whoever says it.
    await outbox.settle([{ webhook: lost, outcome: { kind: 'delivered' } }])
    await other.settle([failed(mine, 1)])
    expect(await outbox.census()).toMatchObject({ waiting: 0, givenUp: 0, oldestAt: null })
    await database.drop()
  })

  it('keeps what is given up until somebody tries it again or drops it', async () => {
    const { database, outbox, take, later } = await stage(dialect, [{}, {}])
    const [first, second] = (await take()) as [ClaimedWebhook, ClaimedWebhook]
    await outbox.settle([failed(first, null, `\ud800\0${'x'.repeat(600)}`), failed(second, null)])
    later(10 * 86_400_000)
    expect(await take()).toEqual([])
    expect(await outbox.census()).toMatchObject({ waiting: 0, givenUp: 2, oldestAt: null })
    expect((await outbox.list(10)).map(each => [each.state, each.dueAt, each.lastError])).toEqual([
      ['given-up', null, 'x'.repeat(500)],
      ['given-up', null, 'answered 500'],
    ])

    expect(await outbox.retry('999')).toBe(0)
    expect(await outbox.retry('1; drop')).toBe(0)
    expect(await outbox.retry(first.id)).toBe(1)
    expect(only(await take())).toMatchObject({ id: first.id, eventId: first.eventId, attempts: 0 })
    expect(await outbox.drop(first.id)).toBe(0)
    expect(await outbox.drop(null)).toBe(1)
    expect((await outbox.list(10)).map(each => each.id)).toEqual([first.id])
    await database.drop()
  })

  it('has nothing to tell of an event that is gone', async () => {
    const { database, outbox, take } = await stage(dialect, [{}])
    await database.store.knex('rebound_bounces').del()
    expect(await take()).toEqual([])
    expect(await outbox.census()).toMatchObject({ waiting: 0 })
    await database.drop()
  })

  it('loses with retention what was given up about events that go', async () => {
    const { database, outbox, take } = await stage(dialect, [{}])
    await outbox.settle([failed(only(await take()), null)])
    const now = new Date(Date.now() + 100 * 86_400_000)
    const keep = {
      keepDays: null,
      keepNoiseDays: null,
      keepCampaignDays: null,
      returnPathDays: 60,
      replyDays: 30,
      roleMailDays: 90,
    }
    expect(await prune(database.store, keep, { now })).toMatchObject({ webhooks: 0 })
    expect(await prune(database.store, { ...keep, keepDays: 90 }, { now })).toMatchObject({
      bounces: 1,
      webhooks: 1,
    })
    expect(await outbox.list(10)).toEqual([])
    await database.drop()
  })

  it('asks the database for the time', async () => {
    const { database } = await stage(dialect, [{}])
    expect(await createOutbox(database.open()).claim({ leaseMs, limit: 10 })).toHaveLength(1)
    await database.drop()
  })
})
