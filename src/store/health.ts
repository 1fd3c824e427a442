// Is the database there, and how is it called where its password must not show?

import { resolve } from 'node:path'
import type { Failure } from './failures.ts'
import type { Store } from './open.ts'

/** Every word of `Failure`, for the metric's label. */
export const failures: readonly Failure[] = ['conflict', 'duplicate', 'lost', 'slow', 'trouble', 'content']

const pingMs = 2_000

/** Resolves when the database answers a query within two seconds; rejects with why not. */
export async function ping({ knex }: Store): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${pingMs / 1000} s`)), pingMs)
  })
  try {
    // A table of ours, so that an empty or foreign database is not taken for a working one.
    await Promise.race([knex.select(1).from('rebound_keys').limit(1), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The database of a DATABASE_URL for people: `SQLite /path/file` or `MySQL host:port/name`. */
export function databaseName(url: string): string {
  if (url.startsWith('sqlite:')) return `SQLite ${resolve(url.slice('sqlite:'.length))}`
  const { host, pathname } = new URL(url)
  return `MySQL ${host}${pathname}`
}
