// A SQLite file that goes away under a running server: nothing is acknowledged into a file that nobody will find.

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createHealth } from '../../src/store/upkeep/health.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

describe.each(['fast', 'general'])('a SQLite file under a running server, on the %s path', path => {
  let database: TestDatabase
  let recorder: Recorder
  let file: string
  beforeEach(async () => {
    database = await newDatabase('sqlite')
    file = database.url.slice('sqlite:'.length)
    recorder = createRecorder(database.store, { trustClaimed: false, fastPath: path === 'fast' })
    await recorder.record([event({ recordId: 'before' })])
  })
  afterEach(async () => {
    await recorder.close()
    await database.drop()
  })

  const away = (suffix: string) => renameSync(`${file}${suffix}`, `${file}${suffix}.away`)
  const replace = () => {
    away('')
    writeFileSync(file, '')
  }
  it.each([
    ['is moved away', () => away('')],
    ['is replaced', replace],
    ['loses its write-ahead log', () => away('-wal')],
  ])('that %s: mail is deferred, the server is not ready, and both end with it', async (_what, spoil) => {
    const health = createHealth(database.store, () => {})
    expect(await health.ask()).toBeNull()
    spoil()
    await expect(recorder.record([event({ recordId: 'lost' })])).rejects.toThrow(/gone|replaced/)
    expect(await health.ask()).toMatchObject({ at: 'file', failure: 'trouble' })

    for (const suffix of ['', '-wal'])
      try {
        renameSync(`${file}${suffix}.away`, `${file}${suffix}`)
      } catch {
        // This one was not moved.
      }
    expect(await health.ask()).toBeNull()
    expect(await recorder.record([event({ recordId: 'after' })])).toMatchObject([{ isNew: true }])
    expect(await database.store.knex('rebound_bounces').orderBy('id').pluck('record_id')).toEqual([
      'before',
      'after',
    ])
  })

  it('that was deleted for good stays refused', async () => {
    rmSync(file)
    for (let times = 0; times < 2; times++)
      await expect(recorder.record([event({ recordId: 'lost' })])).rejects.toThrow('gone')
  })
})
