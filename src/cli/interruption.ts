// Signals that would end this process while it has something to clean up first.

import { constants } from 'node:os'

export interface Interruption {
  /** Resolves with the exit code at the first signal that would end this process; later ones mean nothing, npm repeats them. */
  readonly came: Promise<number>
  /** What a promise gives, or null as soon as a signal comes. Keeps nothing of what came before one. */
  readonly unless: <T>(promise: Promise<T>) => Promise<T | null>
  /** Null as long as there was none. */
  readonly exitCode: () => number | null
  readonly ignore: () => void
}

export function watchSignals(): Interruption {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let code: number | null = null
  let onSignal = (_: NodeJS.Signals): void => {}
  const came = new Promise<number>(resolve => {
    onSignal = signal => {
      code ??= 128 + constants.signals[signal]
      resolve(code)
    }
  })
  for (const signal of signals) process.on(signal, onSignal)
  const waiting = new Set<() => void>()
  void came.then(() => {
    for (const stop of waiting) stop()
  })
  return {
    came,
    // Promise.race with `came` would hold every result for as long as a signal may come.
    unless: promise =>
      new Promise((resolve, reject) => {
        const stop = (): void => resolve(null)
        waiting.add(stop)
        if (code !== null) stop()
        promise.then(resolve, reject).finally(() => waiting.delete(stop))
      }),
    exitCode: () => code,
    ignore: () => {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
