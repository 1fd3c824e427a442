// Days that are over: counted once, again when something of them was taken back, and how many mails were sent.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayMs } from '../../src/model/day.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createDayCells } from '../../src/store/tables/day-cells.ts'
import { keptDay } from '../../src/store/tables/day-counts.ts'
import { addSends, createSentOf } from '../../src/store/tables/day-sends.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const day = Date.UTC(2026, 0, 5)

describe.each(dialects)('days on %s', dialect => {
  let database: TestDatabase
  let ids: readonly string[]
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const recorder = createRecorder(database.store, { trustClaimed: false })
    const recorded = await recorder.record([
      event({ recordId: '1', reported: 'ana@gmail.com' }),
      event({ recordId: '2', reported: 'ben@mail.gmail.com' }),
      event({ recordId: '3', type: 'soft', reported: null }),
      event({ recordId: '4', kind: 'complaint', reported: 'kim@example.org' }),
      event({ recordId: '5', concern: 'other' }),
    ])
    await recorder.close()
    ids = recorded.map(each => each.id)
    await database.store.knex('rebound_bounces').update({ recorded_at: day + 3_600_000 })
    await database.store
      .knex('rebound_bounces')
      .where({ id: ids[1] })
      .update({ recorded_at: day + dayMs - 1 })
  })
  afterAll(async () => database?.drop())

  const loadProviders = async () => (domain: string) => (domain.includes('gmail') ? 'gmail' : 'other')
  /** As a server counts that has just started. */
  const count = async (at = day) => {
    const cells = await createDayCells(database.store, { loadProviders })(at, 'provider')
    return cells
      .map(cell => `${cell.kind} ${cell.type} ${cell.category} ${cell.provider} ${cell.count}`)
      .sort()
  }
  const bounces = () => database.store.knex('rebound_bounces')

  it('are summed up by kind, cause and provider, from midnight to midnight', async () => {
    const expected = [
      'bounce hard unknown-user gmail 2',
      'bounce soft mailbox-full null 1',
      'complaint null null other 1',
    ]
    expect(await count()).toEqual(expected)
    expect(await count(day - dayMs)).toEqual([])
    expect(await count(day + dayMs)).toEqual([])
    // What is kept is not counted again.
    await bounces().where({ id: ids[2] }).update({ type: 'hard' })
    expect(await count()).toEqual(expected)
    await bounces().where({ id: ids[2] }).update({ type: 'soft' })
  })

  it('are counted again once one of their events was undone', async () => {
    await count()
    await undoBounce(database.store, ids[1] ?? '', { actor: 'test' })
    expect(await count()).toContain('bounce hard unknown-user gmail 1')
    expect(await count()).toContain('bounce hard unknown-user gmail 1')
  })

  it('are not kept as they were counted if an undo came between', async () => {
    await database.store.knex('rebound_days').where({ day }).update({ counted: 0 })
    const cell = { day: new Date(day), kind: 'bounce', type: 'hard', category: 'unknown-user' } as const
    const late = { ...cell, provider: 'late', campaignId: null, count: 1 }
    const cells = await keptDay(database.store, day, async () => {
      await undoBounce(database.store, ids[0] ?? '', { actor: 'test' })
      return [late]
    })
    expect(cells).toEqual([late])
    expect(await count()).toEqual(['bounce soft mailbox-full null 1', 'complaint null null other 1'])
  })

  it('cost a few statements each, however few their events', async () => {
    let statements = 0
    const seen = (): void => void statements++
    database.store.knex.on('query', seen)
    expect(await count(day - 2 * dayMs)).toEqual([])
    database.store.knex.removeListener('query', seen)
    expect(statements).toBeLessThan(10)
  })

  it('know how many mails were sent, added up by several servers', async () => {
    const sentOf = createSentOf(database.store)
    await addSends(database.store, new Map([[day, 5]]))
    await addSends(
      database.store,
      new Map([
        [day, 7],
        [day + dayMs, 1],
      ]),
    )
    expect(await sentOf(day, day + dayMs)).toEqual(new Map([[day, 12]]))
    expect((await sentOf(day - dayMs, day + 2 * dayMs)).get(day + dayMs)).toBe(1)
    expect((await sentOf(day + dayMs, day + 2 * dayMs)).has(day)).toBe(false)
    // Counting a day leaves its sends.
    await count()
    expect((await sentOf(day, day + 1)).get(day)).toBe(12)
  })
})
