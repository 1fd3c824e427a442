// The sender over a real outbox and a real receiver: at least once, whatever breaks, and never for nothing.

import { afterEach, describe, expect, test } from 'vitest'
import type { StoredBounce } from '../../src/model/stored-bounce.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createOutbox } from '../../src/store/tables/outbox.ts'
import { waits } from '../../src/webhook/back-off.ts'
import { type SenderLimits, type SenderSteps, startSender } from '../../src/webhook/sender.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from '../store/databases.ts'
import { event } from '../store/events.ts'
import { hang, startReceiver, status } from './receiver.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const patient = { timeout: within(15_000) }

/** So many events in a new outbox, and a receiver; the database's clock is the test's. */
async function stage(dialect: 'sqlite' | 'mysql', count: number) {
  const database = await newDatabase(dialect)
  ends.push(database.drop)
  const receiver = await startReceiver()
  ends.push(receiver.off)
  let now = Date.now() + 60_000
  const clock = async (): Promise<number> => now
  const outbox = createOutbox(database.store, clock)
  const outcomes: string[] = []
  const givenUp: string[] = []
  const databaseErrors: unknown[] = []
  let looks = 0
  const recorder = createRecorder(database.store, { trustClaimed: false, outbox: true })
  const record = async (more: number): Promise<void> => {
    for (let at = 0; at < more; at++) await recorder.record([event()])
  }
  await record(count)
  ends.push(recorder.close)

  const start = (steps: Partial<SenderSteps> = {}, limits: Partial<SenderLimits> = {}) => {
    const own = createOutbox(database.open(), clock)
    const sender = startSender(
      {
        url: receiver.url,
        secrets: ['a secret of at least thirty-two bytes'],
        allowInside: true,
        userAgent: 'Rebound/test',
      },
      {
        take: wanted => {
          looks++
          return own.claim(wanted)
        },
        settle: own.settle,
        present: (bounce: StoredBounce) => ({ ...bounce, sentence: 'in words' }),
        onAttempt: (_, attempt) => outcomes.push(attempt.outcome),
        onGivenUp: webhook => givenUp.push(webhook.eventId),
        onDatabaseError: error => databaseErrors.push(error),
        ...steps,
      },
      { pollMs: 5, gatherMs: 1, graceMs: 50, ...limits },
    )
    ends.push(sender.close)
    return sender
  }
  const left = async (): Promise<number> => (await outbox.census()).waiting
  return {
    database,
    receiver,
    outbox,
    record,
    start,
    left,
    outcomes,
    givenUp,
    databaseErrors,
    later: (ms: number) => {
      now += ms
    },
    /** Resolves when the senders have begun two more looks at the outbox: the first of them has ended. */
    looked: async () => {
      const before = looks
      await expect.poll(() => looks, patient).toBeGreaterThan(before + 2)
    },
  }
}

describe.each(dialects)('the sender on %s', dialect => {
  test('delivers each event once, as it is stored, and forgets it', async () => {
    const { receiver, start, left, outbox } = await stage(dialect, 25)
    const [first] = await outbox.claim({ leaseMs: 0, limit: 1 })
    start()
    await expect.poll(left, patient).toBe(0)
    expect(receiver.received).toHaveLength(25)
    expect(new Set(receiver.received.map(each => each.headers['webhook-id'])).size).toBe(25)
    const one = receiver.received.find(each => each.headers['webhook-id'] === first?.eventId)
    expect(one).toMatchObject({
      path: '/hook?tenant=1',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Rebound/test',
        'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
        'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      },
    })
    expect(JSON.parse(one?.body ?? '')).toEqual(
      JSON.parse(
        JSON.stringify({
          id: first?.eventId,
          type: 'bounce.hard',
          timestamp: first?.bounce.recordedAt,
          data: { ...first?.bounce, sentence: 'in words' },
        }),
      ),
    )
  })

  test('tries again after each failure, under the same id, until it is taken', async () => {
    const { receiver, start, left, later, looked, outbox, outcomes } = await stage(dialect, 1)
    receiver.answer((response, _, count) => response.writeHead(count < 3 ? 500 : 204).end())
    start()
    await expect.poll(() => outbox.list(1), patient).toMatchObject([{ attempts: 1, state: 'retrying' }])
    // Not before its time.
    later(4_000)
    await looked()
    expect(receiver.received).toHaveLength(1)
    later(2_000)
    await expect.poll(() => outbox.list(1), patient).toMatchObject([{ attempts: 2 }])
    later(40_000)
    await expect.poll(left, patient).toBe(0)
    expect(outcomes).toEqual(['status', 'status', 'delivered'])
    expect(new Set(receiver.received.map(each => each.headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.received.map(each => each.body)).size).toBe(1)
  })

  test('gives up after a day, says so, and begins anew when it is asked to', async () => {
    const { receiver, start, later, outbox, outcomes, givenUp } = await stage(dialect, 1)
    receiver.answer(status(503, 'down for a day'))
    start()
    for (const [at, seconds] of waits.entries()) {
      await expect.poll(() => outbox.list(1), patient).toMatchObject([{ attempts: at + 1 }])
      later(seconds * 1100 + 1)
    }
    await expect.poll(() => outbox.census(), patient).toMatchObject({ waiting: 0, givenUp: 1 })
    expect(await outbox.list(1)).toMatchObject([
      { state: 'given-up', attempts: waits.length + 1, lastError: 'answered 503: down for a day' },
    ])
    await expect.poll(() => givenUp).toHaveLength(1)
    expect(outcomes).toHaveLength(waits.length + 1)

    receiver.answer(status(204))
    expect(await outbox.retry(null)).toBe(1)
    await expect
      .poll(() => outbox.census(), patient)
      .toMatchObject({ waiting: 0, givenUp: 0, oldestAt: null })
    expect(outcomes.at(-1)).toBe('delivered')
  })

  test('counts an event that it cannot tell as failed, and delivers the others', async () => {
    const { receiver, start, outbox, outcomes, databaseErrors } = await stage(dialect, 3)
    const [poison] = await outbox.claim({ leaseMs: 0, limit: 1 })
    const sender = start({
      present: bounce => {
        if (bounce.id === poison?.bounce.id) throw new Error('no words for it')
        return bounce
      },
    })
    await expect
      .poll(() => outbox.list(5), patient)
      .toMatchObject([
        { id: poison?.id, attempts: 1, lastError: 'the event cannot be told: no words for it' },
      ])
    expect(receiver.received).toHaveLength(2)
    expect(outcomes.toSorted()).toEqual(['broken', 'delivered', 'delivered'])
    await sender.close()
    expect(databaseErrors).toEqual([])
  })

  test('shares the work with another server: nothing is sent twice', async () => {
    const { receiver, start, left } = await stage(dialect, 40)
    receiver.answer((response, _) => setTimeout(() => response.writeHead(204).end(), 5))
    start({}, { concurrency: 3 })
    start({}, { concurrency: 3 })
    await expect.poll(left, patient).toBe(0)
    expect(receiver.received).toHaveLength(40)
    expect(new Set(receiver.received.map(each => each.headers['webhook-id'])).size).toBe(40)
  })

  test('delivers again, under the same id, what a server delivered and died before it could say so', async () => {
    const { receiver, start, left, later, looked } = await stage(dialect, 1)
    const dying = start({ settle: () => new Promise(() => {}) }, { leaseMs: 60_000 })
    await receiver.until(1)
    start()
    later(59_000)
    await looked()
    expect(receiver.received).toHaveLength(1)
    later(1_000)
    await receiver.until(2)
    await expect.poll(left, patient).toBe(0)
    expect(new Set(receiver.received.map(each => each.headers['webhook-id'])).size).toBe(1)
    // It is dead: nobody waits for it.
    ends.splice(ends.indexOf(dying.close), 1)
  })

  test('has no more than so many requests under way, whatever waits', async () => {
    const { receiver, start, left, looked, record } = await stage(dialect, 12)
    const held: (() => void)[] = []
    receiver.answer(response => held.push(() => response.writeHead(204).end()))
    const sender = start({}, { concurrency: 4 })
    await receiver.until(4)
    await record(1)
    sender.wake()
    await looked()
    expect(receiver.received).toHaveLength(4)
    receiver.answer(status(204))
    for (const release of held) release()
    await expect.poll(left, patient).toBe(0)
    expect(receiver.received).toHaveLength(13)
  })

  test('closes while the receiver hangs, and leaves its webhooks due, those that had no turn too', async () => {
    const { receiver, start, outbox, outcomes } = await stage(dialect, 5)
    receiver.answer(hang)
    const sender = start({}, { concurrency: 2 })
    await receiver.until(2)
    await sender.close()
    await expect.poll(receiver.open).toBe(0)
    expect(receiver.received).toHaveLength(2)
    expect(outcomes).toEqual([])
    expect((await outbox.list(10)).map(each => [each.state, each.attempts])).toEqual(
      Array(5).fill(['waiting', 0]),
    )
    expect(await outbox.claim({ leaseMs: 1, limit: 10 })).toHaveLength(5)
  })

  test('a receiver that is down is found again', async () => {
    const { receiver, start, left, later, outcomes } = await stage(dialect, 3)
    await receiver.off()
    start()
    await expect.poll(() => outcomes, patient).toEqual(['unreachable', 'unreachable', 'unreachable'])
    await receiver.on()
    later(6_000)
    await expect.poll(left, patient).toBe(0)
    expect(receiver.received).toHaveLength(3)
  })

  test('a database that fails is asked again, and what was delivered meanwhile is not sent again', async () => {
    const { database, receiver, start, left, outbox, databaseErrors } = await stage(dialect, 3)
    const own = createOutbox(database.open(), async () => Date.now() + 60_000)
    let failures = 0
    start({
      take: options => (failures++ < 2 ? Promise.reject(new Error('no answer')) : own.claim(options)),
      settle: settled => (failures++ < 6 ? Promise.reject(new Error('no answer')) : own.settle(settled)),
    })
    await expect.poll(left, patient).toBe(0)
    expect(receiver.received).toHaveLength(3)
    expect(databaseErrors.length).toBeGreaterThan(2)
    expect(await outbox.list(10)).toEqual([])
  })
})
