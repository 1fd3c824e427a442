// Reading in the thread that asks: what counts as the time of reading.

import { expect, test } from 'vitest'
import { ownMemory } from '../../src/message/memory-budget.ts'
import { readHere } from '../../src/reading/here.ts'
import { envelope } from './mails.ts'

/** Keeps the event loop busy for so long. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('the time of reading holds splitting and judging, and no waiting for bytes', async () => {
  let waited = 0
  let split = 0
  const bytes = (async function* () {
    for (let chunk = 0; chunk < 3; chunk++) {
      const began = performance.now()
      await new Promise(resolve => setTimeout(resolve, 100))
      const arrived = performance.now()
      waited += (arrived - began) / 1000
      yield Buffer.from('a line of a text\n'.repeat(1000))
      split += (performance.now() - arrived) / 1000
    }
  })()
  const read = readHere(() => {
    work(30)
    return { kind: 'ordinary', recipients: [] }
  })
  const began = performance.now()
  const { seconds = 0 } = (await read(bytes, ownMemory, envelope())) ?? {}
  const all = (performance.now() - began) / 1000
  // The clocks of both sides are not read at the same moment.
  expect(seconds).toBeGreaterThan((split + 0.03) * 0.99)
  // Whatever else the machine does, waiting is not among it.
  expect(seconds).toBeLessThanOrEqual(all - waited)
})
