// Alarms that have an owner: set anew, cleared, or raced against a promise.

/** One alarm at a time; setting it anew replaces the last. The owner clears it. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined

  set(ms: number, act: () => void): void {
    this.clear()
    this.#timer = setTimeout(act, ms)
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

/** Thrown by `within` when time is up. */
export class TooSlow extends Error {}

/** The promise, or a rejection with TooSlow after `ms`; a later result is ignored, a later rejection swallowed. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const deadline = new Deadline()
  const late = new Promise<never>((_, fail) =>
    deadline.set(ms, () => fail(new TooSlow(`no result in ${ms} ms`))),
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    deadline.clear()
  }
}
