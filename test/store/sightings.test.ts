// What the brake looks at: what was recorded lately, unless it is old news.

import { expect, test } from 'vitest'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { readSightings } from '../../src/store/tables/sightings.ts'
import { dialects, newDatabase } from './databases.ts'
import { event } from './events.ts'

test.each(dialects)('bounces out of an archive are no sign on %s', async dialect => {
  const { store, drop } = await newDatabase(dialect)
  const recorder = createRecorder(store, { trustClaimed: false })
  const ago = (hours: number): Date => new Date(Date.now() - hours * 3_600_000)
  await recorder.record([
    event({ recordId: 'new', receivedAt: ago(0) }),
    event({ recordId: 'late', receivedAt: ago(20) }),
    event({ recordId: 'old', receivedAt: ago(30) }),
    event({ recordId: 'older', receivedAt: ago(24 * 400) }),
  ])
  await recorder.close()
  const reader = readSightings(store, 0)
  expect((await reader.next()).map(row => row.record_id).sort()).toEqual(['late', 'new'])
  expect(await reader.next()).toEqual([])
  await drop()
})
