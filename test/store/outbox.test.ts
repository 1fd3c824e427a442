// The outbox: filled with its event, taken by one at a time, due again when nothing is heard.

import { expect, it } from 'vitest'
import { createOutbox } from '../../src/store/outbox.ts'
import { createRecorder } from '../../src/store/recorder.ts'
import { dialects, newDatabase } from './databases.ts'
import { event, matches } from './events.ts'

it.each(dialects)('delivers each at least once, on %s', async dialect => {
  const database = await newDatabase(dialect)
  const recorder = createRecorder(database.store, { matches, trustClaimed: false, outbox: true })
  const same = event()
  const recorded = [...(await recorder.record([same, event()])), ...(await recorder.record([same, event()]))]
  const ids = recorded.filter(each => each.isNew).map(each => each.id)
  const now = new Date(Date.now() + 60_000)
  const later = (ms: number) => new Date(now.getTime() + ms)
  const both = [createOutbox(database.store), createOutbox(database.open())]
  const [outbox] = both
  if (!outbox) throw new Error('there are two')

  const taken = (await Promise.all(both.map(each => each.take({ now, leaseMs: 1_000, limit: 10 })))).flat()
  expect(taken.map(each => each.bounceId).sort()).toEqual(ids.toSorted())
  expect(await outbox.take({ now: later(999), leaseMs: 1_000, limit: 10 })).toEqual([])

  const [first, second, third] = taken
  await outbox.delivered(first?.id ?? '')
  await outbox.failed(second?.id ?? '', 'HTTP 500', later(5_000))
  expect(await outbox.stuck(10)).toMatchObject([{ id: second?.id, attempts: 1, lastError: 'HTTP 500' }])
  const again = await outbox.take({ now: later(1_000), leaseMs: 1_000, limit: 10 })
  expect(again.map(each => each.id)).toEqual([third?.id])
  await outbox.failed(third?.id ?? '', 'given up', null)
  expect((await outbox.take({ now: later(9_000), leaseMs: 1_000, limit: 10 })).map(each => each.id)).toEqual([
    second?.id,
  ])
  await recorder.close()
  await database.drop()
})
