// Clocks that disagree: no path is judged by its age, and nothing is deleted for being old.

import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { ClockFault, clockFault, watchClocks } from '../../src/store/upkeep/clocks.ts'
import { agreedNow, unwatchedNow } from '../../src/store/upkeep/retention.ts'
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
    await expect(agreedNow(store)).rejects.toThrow(ClockFault)
    // That nothing came for a year says nothing of the clock; a run that nobody watches does not rely on it.
    await store.knex('rebound_bounces').update({ recorded_at: Date.now() - 400 * dayMs })
    expect(await clockFault(store)).toBeNull()
    expect((await agreedNow(store)).getTime()).toBeGreaterThan(Date.now() - dayMs)
    expect((await unwatchedNow(store)).getTime()).toBeLessThan(Date.now() - 398 * dayMs)
    await database.drop()
  })
})
