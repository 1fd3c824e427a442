// What the heap holds after a collection: of a run without a leak, as much in its last tenth as in its first.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** In whole megabytes. */
export function heapMegabytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return Math.round(process.memoryUsage().heapUsed / 1e6)
}

/** Of megabytes by tenths: half as much again, and more than a table that fills up. */
export function grows(tenths: readonly number[]): boolean {
  const [first = 0] = tenths
  return (tenths.at(-1) ?? 0) > first * 1.5 + 20
}
