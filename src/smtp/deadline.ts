// Alarms that have an owner: set anew, cleared, or raced against a promise.

import { type Clock, systemClock } from './clock.ts'

/** One alarm at a time; setting it anew replaces the last. The owner clears it. */
export class Deadline {
  readonly #clock: Clock
  #cancel: (() => void) | null = null

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  set(ms: number, act: () => void): void {
    this.clear()
    this.#cancel = this.#clock.after(Math.max(0, ms), act)
  }

  clear(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}

/** Thrown by `within` when time is up. */
export class TooSlow extends Error {}

/** The promise, or a rejection with TooSlow after `ms`; a later result is ignored, a later rejection swallowed. */
export async function within<T>(ms: number, promise: Promise<T>, clock?: Clock): Promise<T> {
  const deadline = new Deadline(clock)
  const late = new Promise<never>((_, fail) =>
    deadline.set(ms, () => fail(new TooSlow(`no result in ${ms} ms`))),
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    deadline.clear()
  }
}
