// Does the database take mail, and how is it called where its password must not show?

import { resolve } from 'node:path'
import { type Failure, failureOf } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { SqliteFileGone } from '../database/sqlite-watch.ts'
import { probe } from '../recording/probe.ts'
import { ClockFault, type ClockWatch, watchClocks } from './clocks.ts'

/** Why the database takes no mail. */
export interface DatabaseTrouble {
  readonly failure: Failure
  /**
   * `read`: it did not answer a query; `write`: it answers, and did not take what was to be written; `file`: the file of
   * SQLite is gone or another one; `clock`: clocks disagree.
   */
  readonly at: 'read' | 'write' | 'file' | 'clock'
  readonly error: unknown
}

export interface Health {
  /** Something was written: it works. */
  readonly committed: () => void
  /** The recorder refused everybody: until the next write the database counts as not working. */
  readonly refused: (failure: Failure) => void
  /**
   * Null when the database works, else why not. Asks for a query alone, unless the recorder was refused since the last
   * write: a query says nothing of a lock or of a full disk, so something is written then. Answers within two seconds.
   */
  readonly ask: () => Promise<DatabaseTrouble | null>
}

/** @param onChange told each time it is known whether the database works. */
export function createHealth(
  store: Store,
  onChange: (works: boolean) => void,
  clocks: ClockWatch = watchClocks(store),
): Health {
  let refusing: Failure | null = null
  /** Counts the refusals: a write that began before the last of them proves nothing. */
  let refusals = 0
  let asking: Promise<DatabaseTrouble | null> | null = null

  const look = async (): Promise<DatabaseTrouble | null> => {
    const seen = refusals
    const at = refusing ? 'write' : 'read'
    const fileFault = store.fileFault()
    if (fileFault !== null) {
      onChange(false)
      return { failure: 'trouble', at: 'file', error: new SqliteFileGone(fileFault) }
    }
    try {
      await inTime(at === 'write' ? probe(store) : readSomething(store))
    } catch (error) {
      onChange(false)
      return { failure: failureOf(error), at, error }
    }
    if (at === 'write' && seen === refusals) refusing = null
    if (refusing) return { failure: refusing, at: 'write', error: null }
    const clockFault = await clocks.measure().catch(() => null)
    if (clockFault !== null) return { failure: 'trouble', at: 'clock', error: new ClockFault(clockFault) }
    onChange(true)
    return null
  }

  return {
    committed: () => {
      refusing = null
      onChange(true)
    },
    refused: failure => {
      refusing = failure
      refusals++
      onChange(false)
    },
    ask: () => {
      // Anybody may ask as often as they like: they share an answer.
      asking ??= look().finally(() => {
        asking = null
      })
      return asking
    },
  }
}

const answerMs = 2_000

async function inTime(answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${answerMs / 1000} s`)
    timer = setTimeout(() => reject(Object.assign(error, { code: 'ETIMEDOUT' })), answerMs)
  })
  try {
    await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    // Who is late is told nothing any more.
    answer.catch(() => {})
  }
}

async function readSomething({ knex }: Store): Promise<void> {
  // A table of ours, so that an empty or foreign database is not taken for a working one.
  await knex.select(1).from('rebound_keys').limit(1)
}

/** The database of a DATABASE_URL for people: `SQLite /path/file` or `MySQL host:port/name`. */
export function databaseName(url: string): string {
  if (url.startsWith('sqlite:')) return `SQLite ${resolve(url.slice('sqlite:'.length))}`
  const { host, pathname } = new URL(url)
  return `MySQL ${host}${pathname}`
}
