// Clocks that disagree: no path is judged by its age, and nothing is deleted for being old.

import { describe, expect, it, vi } from 'vitest'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { encodeCursor } from '../../src/store/tables/cursor.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { ClockFault, clockFault, watchClocks } from '../../src/store/upkeep/clocks.ts'
import { redateEvents } from '../../src/store/upkeep/redate.ts'
import { pruneTime } from '../../src/store/upkeep/retention.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from './databases.ts'
import { event } from './events.ts'

const dayMs = 86_400_000

describe.each(dialects)('clocks on %s', dialect => {
  it.each([
    ['two days back', -2],
    ['400 days ahead', 400],
  ])('that jump %s are seen at once, and forgiven when they are set right', async (_what, days) => {
    const database = await newDatabase(dialect)
    let moved = 0
    const watch = watchClocks(database.store, {
      wall: () => Date.now() + moved,
      steady: () => performance.now(),
    })
    expect(await watch.measure()).toBeNull()
    expect(watch.fault()).toBeNull()
    moved = days * dayMs
    // Before anybody has asked the database again.
    expect(watch.fault()).toContain('hours')
    expect(await watch.measure()).toContain('hours')
    expect(watch.fault()).toContain('hours')
    moved = 0
    expect(await watch.measure()).toBeNull()
    expect(watch.fault()).toBeNull()
    await database.drop()
  })

  it('are held against the newest event, which cannot come from the future', async () => {
    const database = await newDatabase(dialect)
    const { store } = database
    const recorder = createRecorder(store, { trustClaimed: false })
    await recorder.record([event()])
    await recorder.close()
    expect(await clockFault(store)).toBeNull()
    await store.knex('rebound_bounces').update({ recorded_at: Date.now() + 2 * dayMs })
    expect(await clockFault(store)).toContain('48.0 hours')
    await expect(pruneTime(store)).rejects.toThrow(ClockFault)
    // That nothing came for a year says nothing of the clock, and pruning does not rely on it.
    await store.knex('rebound_bounces').update({ recorded_at: Date.now() - 400 * dayMs })
    expect(await clockFault(store)).toBeNull()
    const { now, doubted } = await pruneTime(store)
    expect(now.getTime()).toBeLessThan(Date.now() - 398 * dayMs)
    expect(doubted?.getTime()).toBeGreaterThan(Date.now() - dayMs)
    await store.knex('rebound_bounces').update({ recorded_at: Date.now() - 60_000 })
    expect((await pruneTime(store)).doubted).toBeNull()
    await database.drop()
  })

  it(
    'that were ahead leave events which can be given the present time; pollers go on behind them',
    async () => {
      const database = await newDatabase(dialect)
      const { store } = database
      const record = async (count: number): Promise<void> => {
        const recorder = createRecorder(store, { trustClaimed: false })
        for (let each = 0; each < count; each++) await recorder.record([event()])
        await recorder.close()
      }
      const bounces = createBounces(store)
      await record(3)
      await store
        .knex('rebound_bounces')
        .update({ recorded_at: store.knex.raw('? + id', [Date.now() + 400 * dayMs]) })
      await store.knex('rebound_contacts').update({ last_bounce_at: Date.now() + 400 * dayMs })
      const { items, next } = await bounces.newest({ limit: 2 })
      expect(items.map(({ id }) => id)).toEqual(['3', '2'])
      expect(next).not.toBeNull()
      const [last] = await store.knex('rebound_bounces').where({ id: 3 }).select('recorded_at')
      const polled = encodeCursor('b', Number(last?.recorded_at), 3)

      expect(await redateEvents(store)).toBe(3)
      expect(await redateEvents(store)).toBe(0)
      expect(await clockFault(store)).toBeNull()
      expect(
        Number((await store.knex('rebound_contacts').max('last_bounce_at as at'))[0]?.at),
      ).toBeLessThanOrEqual(Date.now())
      await record(1)
      await expect
        .poll(async () => (await bounces.list({ limit: 10, after: polled })).items.map(({ id }) => id), {
          timeout: within(20_000),
        })
        .toEqual(['4'])
      await database.drop()
    },
    within(60_000),
  )
})

// There the recorder's host has the only clock.
describe('a clock beside SQLite', () => {
  it('that jumps while mail is recorded leaves no event in the future', async () => {
    const database = await newDatabase('sqlite')
    const recorder = createRecorder(database.store, { trustClaimed: false })
    await recorder.record([event()])
    const real = Date.now
    for (const days of [400, -2]) {
      vi.spyOn(Date, 'now').mockImplementation(() => real() + days * dayMs)
      await expect(recorder.record([event()])).rejects.toThrow(/clock was moved by [\d.]+ hours/)
      vi.restoreAllMocks()
    }
    expect(await clockFault(database.store)).toBeNull()
    await recorder.record([event()])
    expect(await database.store.knex('rebound_bounces')).toHaveLength(2)
    await recorder.close()
    await database.drop()
  })
})
