// Does the database take mail, and how is it called where its password must not show?

import { resolve } from 'node:path'
import { type Failure, failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { SqliteFileGone } from '../database/sqlite-watch.ts'
import { inTransaction } from '../database/transaction.ts'
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

  /** All that is asked of the database, so that one limit holds for it. @returns how clocks disagree */
  const answers = async (at: 'read' | 'write'): Promise<string | null> => {
    await (at === 'write' ? probe(store) : readSomething(store))
    return await clocks.measure().catch(() => null)
  }
  const look = async (): Promise<DatabaseTrouble | null> => {
    const seen = refusals
    const at = refusing ? 'write' : 'read'
    const fileFault = store.fileFault()
    if (fileFault !== null) {
      onChange(false)
      return { failure: 'trouble', at: 'file', error: new SqliteFileGone(fileFault) }
    }
    let clockFault: string | null
    try {
      clockFault = await inTime(answers(at))
    } catch (error) {
      onChange(false)
      const failure = failureOf(error)
      // Readers of SQLite wait for nobody: what is locked is locked for writers.
      return { failure, at: failure === 'conflict' ? 'write' : at, error }
    }
    if (at === 'write' && seen === refusals) refusing = null
    if (refusing) return { failure: refusing, at: 'write', error: null }
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

/** So that the answer is there within two seconds. */
const answerMs = 1_500

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${answerMs / 1000} s`)
    timer = setTimeout(() => reject(Object.assign(error, { code: 'ETIMEDOUT' })), answerMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    // A late failure concerns nobody.
    answer.catch(() => {})
  }
}

async function readSomething(store: Store): Promise<void> {
  // A table of ours, so that an empty or foreign database is not taken for a working one.
  const read = store.knex.select(1).from('rebound_keys').limit(1)
  if (store.dialect === 'mysql') await read
  // Readers of SQLite see no lock, but its holder keeps all mail waiting. To take it costs nothing.
  else
    await persist(() => inTransaction(store, ({ run }) => run(read.clone())), {
      conflictMs: lockedMs,
      lostMs: 0,
    })
}

/** Other writers, such as a command, are done sooner. */
const lockedMs = 1_200

/** The database of a DATABASE_URL for people: `SQLite /path/file` or `MySQL host:port/name`. */
export function databaseName(url: string): string {
  if (url.startsWith('sqlite:')) return `SQLite ${resolve(url.slice('sqlite:'.length))}`
  const { host, pathname } = new URL(url)
  return `MySQL ${host}${pathname}`
}
