// Ends a fuzz whose reader hangs: from a thread beside it, since the one that hangs tells nothing.

import { Worker } from 'node:worker_threads'

const source = `
const { workerData } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const at = new Int32Array(workerData.shared)
let last = -1
setInterval(() => {
  const now = Atomics.load(at, 0)
  if (now === last) {
    writeSync(2, workerData.what + ' ' + now + ' hangs\\n')
    process.kill(process.pid, 'SIGKILL')
  }
  last = now
}, workerData.patienceMs)
`

export interface Watchdog {
  /** Said before each mail; one that is still the last after `patienceMs` hangs. */
  readonly at: (number: number) => void
  readonly stop: () => Promise<number>
}

/** @param what the numbers are, as it is printed */
export function watchForHangs(what: string, patienceMs: number): Watchdog {
  const shared = new SharedArrayBuffer(4)
  const numbers = new Int32Array(shared)
  const worker = new Worker(source, { eval: true, workerData: { shared, what, patienceMs } })
  return { at: number => void Atomics.store(numbers, 0, number), stop: () => worker.terminate() }
}
