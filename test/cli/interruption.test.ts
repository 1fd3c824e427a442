// A command that works until a signal comes: what it has done by then is not kept for it.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { watchSignals } from '../../src/cli/interruption.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function watched() {
  const interruption = watchSignals()
  onTestFinished(interruption.ignore)
  return interruption
}

test('a result comes through, and so does an error', async () => {
  const { unless } = watched()
  expect(await unless(Promise.resolve(7))).toBe(7)
  await expect(unless(Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a signal ends every wait, also one that begins after it', async () => {
  const { unless, exitCode } = watched()
  const never = new Promise<number>(() => {})
  const both = [unless(never), unless(never)]
  process.emit('SIGTERM', 'SIGTERM')
  expect(await Promise.all(both)).toEqual([null, null])
  expect(await unless(never)).toBe(null)
  expect(exitCode()).toBe(143)
})

test('no result is kept while the signal has not come', async () => {
  const { unless } = watched()
  const results: WeakRef<object>[] = []
  for (let at = 0; at < 100; at++) {
    const result = { at }
    results.push(new WeakRef(result))
    await unless(Promise.resolve(result))
  }
  await new Promise(resolve => setImmediate(resolve))
  collect()
  // The last may still stand on the stack.
  expect(results.filter(result => result.deref() !== undefined).length).toBeLessThan(5)
})
