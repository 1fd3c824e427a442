// A promise raced against the clock.

import { type Clock, systemClock } from './clock.ts'

/** Thrown by `within` when time is up. */
export class TooSlow extends Error {}

/** The promise, or a rejection with TooSlow after `ms`; a later result is ignored, a later rejection swallowed. */
export function within<T>(ms: number, promise: Promise<T>, clock: Clock = systemClock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new TooSlow(`no result in ${ms} ms`)))
    promise.then(
      result => {
        cancel()
        resolve(result)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}
