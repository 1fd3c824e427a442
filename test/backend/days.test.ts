// Sends by day, and the days that are counted beside everything else.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { countDays, tallySends } from '../../src/backend/days.ts'
import type { Metrics } from '../../src/metrics/metrics.ts'
import { createSentOf } from '../../src/store/tables/day-sends.ts'
import { newDatabase, type TestDatabase } from '../store/databases.ts'

const day = Date.UTC(2026, 0, 5)
const log = { warn: vi.fn() }
let database: TestDatabase
beforeAll(async () => {
  database = await newDatabase('sqlite')
})
afterAll(() => database?.drop())

test('sends of every kind are counted by their day, and written at the end', async () => {
  const sends = vi.fn()
  let now = day + 5
  const tally = tallySends({ sends } as unknown as Metrics, () => now)
  tally.metrics.sends(['ana@example.org', 'ben@example.org'])
  tally.metrics.sends({ provider: 'google', count: 3 })
  now += 86_400_000
  tally.metrics.sends(['eva@example.org'])
  expect(sends).toHaveBeenCalledTimes(3)
  await tally.keep(database.store, log).close()
  expect(await createSentOf(database.store)(day, now)).toEqual(
    new Map([
      [day, 5],
      [day + 86_400_000, 1],
    ]),
  )
  expect(log.warn).not.toHaveBeenCalled()
})

test('the days are counted from today back, and an end need not wait for all', async () => {
  const counted: number[] = []
  const loop = countDays(async at => {
    counted.push(at)
    // The first is waited for; its pause is broken off.
    if (counted.length === 1) await new Promise(resolve => setImmediate(resolve))
    return []
  }, log)
  await vi.waitFor(() => expect(counted.length).toBeGreaterThan(1))
  await loop.close()
  const before = counted.length
  expect(counted).toEqual([...counted].sort((a, b) => b - a))
  await loop.now()
  expect(counted).toHaveLength(before)
})
