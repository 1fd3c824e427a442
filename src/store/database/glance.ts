// A few rows of an SQLite file, read without Knex: loading it takes longer than everything else that a command does
// which reads three rows and writes none.

import Sqlite from 'better-sqlite3'
import { sqliteFile } from './sqlite-file.ts'

export interface Glance {
  readonly keys: readonly { readonly check: string; readonly isRetired: boolean }[]
  readonly modules: readonly { readonly number: number; readonly module: string }[]
  /** Null where the database does not know the campaign. */
  readonly campaignNumber: number | null
}

/** An SQLite file that is there, without Knex; the caller closes it. Throws what SQLite throws. */
export function openFile(
  path: string,
  options: { readonly readonly: boolean; readonly timeout?: number },
): Sqlite.Database {
  return new Sqlite(path, { ...options, fileMustExist: true })
}

/** Null when the file is not there, is busy, or has other tables than this version: open it properly then. */
export function glanceAt(url: string, campaignId: string | undefined): Glance | null {
  if (!url.startsWith('sqlite:')) return null
  let database: Sqlite.Database | undefined
  try {
    database = openFile(sqliteFile(url), { readonly: true, timeout: 0 })
    const keys = database
      .prepare<[], { check_value: string; retired_at: number | null }>(
        'select check_value, retired_at from rebound_keys',
      )
      .all()
    const modules = database
      .prepare<[], { number: number; module: string }>('select number, module from rebound_modules')
      .all()
    const campaign = database
      .prepare<[string], { number: number }>('select number from rebound_campaigns where id = ?')
      .get(campaignId ?? '')
    return {
      keys: keys.map(key => ({ check: key.check_value, isRetired: key.retired_at !== null })),
      modules,
      campaignNumber: campaign?.number ?? null,
    }
  } catch {
    return null
  } finally {
    database?.close()
  }
}
