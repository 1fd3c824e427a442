// Do our clock and the database's agree? On a wrong one good return paths look expired, and old rows are not old.

import { databaseTime } from '../database/clock.ts'
import type { Store } from '../database/open.ts'

/** Further apart than any clock that is set, and less than any life of a return path. */
const mostApartMs = 3_600_000

/** The clocks disagree; the message says which. */
export class ClockFault extends Error {}

export interface ClockWatch {
  /** Compares them with the database now; null when they agree. */
  readonly measure: () => Promise<string | null>
  /** What the last comparison found, or that our clock jumped since; null when nothing is wrong. Asks nobody. */
  readonly fault: () => string | null
}

export interface OwnClocks {
  /** Epoch milliseconds. */
  readonly wall: () => number
  /** Milliseconds since some moment, whatever anybody sets. */
  readonly steady: () => number
}

const ours: OwnClocks = { wall: () => Date.now(), steady: () => performance.now() }

export function watchClocks(store: Store, clocks: OwnClocks = ours): ClockWatch {
  const start = clocks.wall() - clocks.steady()
  let agreed = start
  let found: string | null = null
  const offset = (): number => clocks.wall() - clocks.steady()
  return {
    measure: async () => {
      const before = offset()
      const fault = await clockFault(store, clocks.wall())
      // SQLite has no clock of its own: there a jump since the start is all that shows.
      const jump =
        store.dialect === 'sqlite' ? apart(before, start, 'this clock was moved', 'since the start') : null
      found = fault ?? jump
      if (found === null) agreed = before
      return found
    },
    fault: () => found ?? apart(offset(), agreed, 'this clock was moved', 'a moment ago'),
  }
}

/** Compares our time with the database's and with the newest event; null when they agree. */
export async function clockFault(store: Store, now: number = Date.now()): Promise<string | null> {
  const time = store.dialect === 'mysql' ? await databaseTime(store) : now
  const newest = await newestEvent(store)
  return (
    apart(now, time, "this machine's clock and the database's", 'apart') ??
    // Events never come from the future; that none came for a while says nothing.
    (newest !== null && newest > time
      ? apart(newest, time, 'the newest event and the clock', 'apart: the event is later')
      : null)
  )
}

/** Epoch milliseconds. */
export async function newestEvent({ knex }: Store): Promise<number | null> {
  const rows = (await knex('rebound_bounces').max('recorded_at as last')) as readonly {
    last: number | null
  }[]
  return rows[0]?.last == null ? null : Number(rows[0].last)
}

function apart(a: number, b: number, what: string, how: string): string | null {
  const hours = Math.abs(a - b) / 3_600_000
  return Math.abs(a - b) > mostApartMs ? `${what}: ${hours.toFixed(1)} hours ${how}` : null
}
