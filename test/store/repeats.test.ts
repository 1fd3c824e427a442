// Whoever knows a return path can send a thousand reports to it: they cost ten rows a day, and nothing that matters is lost.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const atOnePath = (sketch: EventSketch) => event({ ...sketch, returnPath: 'b-flood@bounces.example.com' })

describe.each(dialects)('a flood at one return path, on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeEach(async () => {
    database = await newDatabase(dialect)
    recorder = createRecorder(database.store, { trustClaimed: false })
  })
  afterEach(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const rows = () =>
    database.store.knex('rebound_bounces').select('type', 'effect', 'repeats').orderBy('id') as Promise<
      readonly { readonly type: string; readonly effect: string; readonly repeats: number }[]
    >

  it.each(['at once', 'one after another'])(
    'of soft bounces, %s: ten rows, and the last counts the rest',
    async how => {
      const flood = Array.from({ length: 60 }, () => atOnePath({ type: 'soft', campaign: { id: 'c' } }))
      if (how === 'at once') await Promise.all(flood.map(each => recorder.record([each])))
      else for (const each of flood) await recorder.record([each])
      const stored = await rows()
      expect(stored).toHaveLength(10)
      expect(stored.reduce((sum, { repeats }) => sum + Number(repeats), 0)).toBe(50)
      expect(await createRecords(database.store).get('contacts', '42')).toMatchObject({ softBounces: 10 })
      expect(await createCampaigns(database.store).get('c')).toMatchObject({ softBounces: 1 })

      // What moves a standing is stored, however many came before.
      const [hard] = await recorder.record([atOnePath({ campaign: { id: 'c' } })])
      expect(hard).toMatchObject({ isNew: true, movedTo: 'hard' })
      expect(await createRecords(database.store).get('contacts', '42')).toMatchObject({ email: null })
      expect((await rows()).at(-1)).toMatchObject({ type: 'hard', repeats: 0 })
    },
  )

  it('of automatic answers leaves other paths and other days alone', async () => {
    const answers = Array.from({ length: 30 }, () => atOnePath({ kind: 'auto-reply' }))
    for (const each of answers) await recorder.record([each])
    expect(await rows()).toHaveLength(10)
    const [elsewhere] = await recorder.record([event({ kind: 'auto-reply' })])
    expect(elsewhere?.isNew).toBe(true)
    const yesterday = Date.now() - 86_400_000
    await database.store.knex('rebound_bounces').update({ recorded_at: yesterday })
    const [today] = await recorder.record([atOnePath({ kind: 'auto-reply' })])
    expect(today?.isNew).toBe(true)
  })
})
