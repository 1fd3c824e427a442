// A server's recorders for a test, in a process of its own: write-events.ts URL NAME EVENTS. Two write, side by side.

import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { event } from './events.ts'

const [url = '', name = '', events = '0'] = process.argv.slice(2)
/** Messages that wait for an answer at once, of one recorder. */
const sessions = 400
/** However fast the machine: longer than a poller is behind, so that it reads while others write. */
const leastMs = 8_000
const burst = 750
const started = performance.now()
const store = openStore({ url })

async function write(recorder: Recorder, writer: string, count: number): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: sessions }, async () => {
      while (next < count) {
        const at = next++
        const due = started + ((at - (at % burst)) / count) * leastMs
        if (due > performance.now()) await sleep(due - performance.now())
        // The same records and the same campaign at all writers: they are in each other's way.
        const sketch = {
          recordId: `${at % 2_000}`,
          campaign: { id: 'shared' },
          type: at % 2 ? 'hard' : 'soft',
        } as const
        const message = event({ ...sketch, name: `${writer} ${at}` })
        for (;;)
          try {
            await recorder.record([message])
            break
          } catch {
            // As a sender does after a 451.
            await sleep(50)
          }
      }
    }),
  )
}

const recorders = ['a', 'b'].map(letter => ({
  writer: `${name}${letter}`,
  recorder: createRecorder(store, { trustClaimed: false }),
}))
await Promise.all(
  recorders.map(({ recorder, writer }) => write(recorder, writer, Number(events) / recorders.length)),
)
await Promise.all(recorders.map(({ recorder }) => recorder.close()))
await store.close()
