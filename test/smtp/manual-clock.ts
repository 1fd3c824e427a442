// A clock that a test moves: alarms ring when it says so, and nobody waits.

import type { Clock } from '../../src/smtp/clock.ts'

export interface ManualClock extends Clock {
  /** Lets time pass; every alarm due meanwhile rings, in order, at its own moment. */
  readonly pass: (ms: number) => void
}

export function manualClock(): ManualClock {
  let now = 0
  const alarms = new Set<{ readonly at: number; readonly act: () => void }>()
  const next = (until: number) =>
    [...alarms].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0]
  return {
    now: () => now,
    after: (ms, act) => {
      const alarm = { at: now + ms, act }
      alarms.add(alarm)
      return () => alarms.delete(alarm)
    },
    pass: ms => {
      const until = now + ms
      for (let alarm = next(until); alarm; alarm = next(until)) {
        alarms.delete(alarm)
        now = Math.max(now, alarm.at)
        alarm.act()
      }
      now = until
    },
  }
}
