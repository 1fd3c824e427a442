// A line of the log does not grow with what a stranger's report holds.

import { expect, it } from 'vitest'
import { eventsLogged } from '../../src/smtp/message-log.ts'
import { event } from '../store/events.ts'

const recorded = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    event: event({ recordId: `${at}` }),
    id: `${at}`,
    isNew: true,
    address: null,
    movedTo: null,
    effect: 'none' as const,
  }))

it('twenty events of a message are logged, of more how many there were', () => {
  expect(eventsLogged(recorded(20))).not.toHaveProperty('more')
  const logged = eventsLogged(recorded(10_000))
  expect(logged.events.map(each => (each as { id: string }).id)).toEqual(recorded(20).map(({ id }) => id))
  expect(logged.more).toBe(9_980)
  expect(JSON.stringify(logged).length).toBeLessThan(5_000)
})
