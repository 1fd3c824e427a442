// How the database does: its commits, its faults, and what waits for it.

import type { Instruments } from './instruments.ts'

export interface DatabaseMetrics {
  readonly committed: (batch: { readonly events: number; readonly seconds: number }) => void
  readonly databaseUp: (isUp: boolean) => void
  readonly databaseError: (reason: string) => void
  readonly stripped: (detail: 'bare' | 'inert') => void
  /** Looks at what nobody tells, whenever the metrics are asked for. */
  readonly watch: (now: () => Watched) => void
}

/** What is true at the moment of a scrape. */
export interface Watched {
  /** Messages that wait for their commit. */
  readonly queue: number
  readonly clocksDisagree: boolean
}

/** `look` asks all that are watched; it throws what they throw. */
export function databaseMetrics({
  counter,
  gauge,
  histogram,
}: Instruments): DatabaseMetrics & { readonly look: () => void } {
  const commitSeconds = histogram('rebound_commit_seconds')
  const commitEvents = histogram('rebound_commit_events')
  const lastCommit = gauge('rebound_last_commit_timestamp_seconds')
  const up = gauge('rebound_database_up')
  const errors = counter('rebound_database_errors_total')
  const stripped = counter('rebound_stripped_total')
  const queue = gauge('rebound_recorder_queue')
  const clocks = gauge('rebound_clocks_disagree')
  const watched: (() => Watched)[] = []
  return {
    committed: ({ events, seconds }) => {
      commitEvents(events)
      commitSeconds(seconds)
      lastCommit.set({}, Date.now() / 1000)
    },
    databaseUp: isUp => up.set({}, isUp ? 1 : 0),
    databaseError: reason => errors({ reason }),
    stripped: detail => stripped({ detail }),
    watch: now => {
      watched.push(now)
    },
    look: () => {
      for (const now of watched) {
        const { queue: waiting, clocksDisagree } = now()
        queue.set({}, waiting)
        clocks.set({}, clocksDisagree ? 1 : 0)
      }
    },
  }
}
