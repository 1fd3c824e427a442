// Do our clock and the database's agree? On a wrong one good return paths look expired, and old rows are not old.

import { uptime } from 'node:os'
import { dayMs } from '../../model/day.ts'
import { databaseTime } from '../database/clock.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

/** Further apart than any clock that is set, and less than any life of a return path. */
const mostApartMs = 3_600_000

/** The clocks disagree; the message says which. */
export class ClockFault extends Error {}

export interface ClockWatch {
  /** Compares them with the database now; null when they agree. */
  readonly measure: () => Promise<string | null>
  /** What the last comparison found, or that our clock jumped since; null when nothing is wrong. Asks nobody. */
  readonly fault: () => string | null
  /**
   * As of the last comparison: nothing was recorded for more than a day. Either nothing came, or the clock is ahead since
   * before the start, which nothing else tells where it is the database's too. Asks nobody.
   */
  readonly isDoubtful: () => boolean
}

export interface OwnClocks {
  /** Epoch milliseconds. */
  readonly wall: () => number
  /** Milliseconds since some moment, whatever anybody sets. */
  readonly steady: () => number
  /** Called now and then, for what is too slow to be asked for each mail. */
  readonly refresh?: () => void
}

/** Node's own steady clock stands still while the machine sleeps; the machine's uptime goes on, and costs a file to read. */
function ownClocks(): OwnClocks {
  const ahead = (): number => uptime() * 1_000 - performance.now()
  const first = ahead()
  let sleptMs = 0
  return {
    wall: () => Date.now(),
    steady: () => performance.now() + sleptMs,
    refresh: () => {
      sleptMs = ahead() - first
    },
  }
}

export function watchClocks(store: Store, clocks: OwnClocks = ownClocks()): ClockWatch {
  const start = clocks.wall() - clocks.steady()
  let agreed = start
  let found: string | null = null
  let doubted = false
  const offset = (): number => clocks.wall() - clocks.steady()
  return {
    measure: async () => {
      clocks.refresh?.()
      const before = offset()
      const compared = await compareClocks(store, clocks.wall())
      // SQLite has no clock of its own: there a jump since the start is all that shows.
      const jump =
        store.dialect === 'sqlite' ? apart(before, start, 'this clock was moved', 'since the start') : null
      found = compared.fault ?? jump
      doubted = isLongAgo(compared.newest, compared.time)
      if (found === null) agreed = before
      return found
    },
    fault: () => found ?? apart(offset(), agreed, 'this clock was moved', 'a moment ago'),
    isDoubtful: () => doubted,
  }
}

/** Is the newest event more than a day old? Where there is none, nobody has a path that could look expired. */
export function isLongAgo(newest: number | null, now: number): newest is number {
  return newest !== null && newest + dayMs < now
}

/** Compares our time with the database's and with the newest event; null when they agree. */
export async function clockFault(store: Store, now: number = Date.now()): Promise<string | null> {
  return (await compareClocks(store, now)).fault
}

export interface ClocksCompared {
  readonly fault: string | null
  /** The database's time, epoch milliseconds, as the newest event's. */
  readonly time: number
  readonly newest: number | null
}

export async function compareClocks(store: Store, now: number = Date.now()): Promise<ClocksCompared> {
  const time = store.dialect === 'mysql' ? await databaseTime(store) : now
  const newest = await newestEvent(store)
  const fault =
    apart(now, time, "this machine's clock and the database's", 'apart') ??
    // Events never come from the future; that none came for a while says nothing.
    (newest !== null && newest > time
      ? apart(newest, time, 'the newest event and the clock', 'apart: the event is later')
      : null)
  return { fault, time, newest }
}

/** Epoch milliseconds. */
async function newestEvent({ knex }: Store): Promise<number | null> {
  const rows = (await rowsOf({ knex }, 'rebound_bounces').max('recorded_at as last')) as readonly {
    last: number | null
  }[]
  return rows[0]?.last == null ? null : Number(rows[0].last)
}

function apart(a: number, b: number, what: string, how: string): string | null {
  const hours = Math.abs(a - b) / 3_600_000
  return Math.abs(a - b) > mostApartMs ? `${what}: ${hours.toFixed(1)} hours ${how}` : null
}
