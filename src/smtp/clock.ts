// The clock of deadlines: real in the server, moved by hand in tests.

export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  readonly now: () => number
  /** Calls `act` once after `ms`, unless the function it returns is called before. */
  readonly after: (ms: number, act: () => void) => () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}
