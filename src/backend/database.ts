// The database that the settings name, opened and brought to this version.

import { existsSync } from 'node:fs'
import type { Config } from '../settings/config.ts'
import { type Failure, failureOf } from '../store/database/failures.ts'
import { migrate, NewerDatabaseError } from '../store/database/migrate.ts'
import { openStore, type Store } from '../store/database/open.ts'
import { sqliteBuildFault } from '../store/database/sqlite-build.ts'
import { sqliteFile } from '../store/database/sqlite-file.ts'
import { databaseName } from '../store/upkeep/health.ts'

/** The database cannot be used; the message names the setting and says what to do. */
export class DatabaseError extends Error {}

/** Opens the database and runs the migrations it lacks. Throws DatabaseError. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl'>,
  warn?: (message: string) => void,
): Promise<{ readonly store: Store; readonly applied: readonly string[] }> {
  const fault = config.databaseUrl.startsWith('sqlite:') ? sqliteBuildFault() : null
  if (fault !== null) throw new DatabaseError(`DATABASE_URL: ${fault}`)
  let store: Store | undefined
  // Of a database that cannot be opened, the error says it all; the driver warns at each of many attempts.
  const warnings = new Set<string>()
  let isOpen = false
  const onWarning = (message: string): void => {
    if (isOpen) warn?.(message)
    else warnings.add(message)
  }
  try {
    store = openStore({ url: config.databaseUrl, warn: onWarning })
    const applied = await migrate(store)
    isOpen = true
    for (const message of warnings) warn?.(message)
    return { store, applied }
  } catch (error) {
    await store?.close()
    throw new DatabaseError(words(config.databaseUrl, error), { cause: error })
  }
}

/** Absolute path of the SQLite file that the settings name, where there is none; else null. Makes nothing. */
export function missingFile({ databaseUrl }: Pick<Config, 'databaseUrl'>): string | null {
  if (!databaseUrl.startsWith('sqlite:')) return null
  const file = sqliteFile(databaseUrl)
  return file === '' || file === ':memory:' || existsSync(file) ? null : file
}

function words(url: string, error: unknown): string {
  if (error instanceof NewerDatabaseError)
    return `DATABASE_URL: ${databaseName(url)} was made by a newer Rebound (it has ${error.message}): start that version, or restore a backup from before the upgrade`
  const { message, code } = error as Partial<NodeJS.ErrnoException>
  // If a name has several addresses and none answers, Node gives only the code.
  const reason = message || code || String(error)
  const [wrong, remedy] = url.startsWith('sqlite:')
    ? sqliteWords(failureOf(error))
    : mysqlWords(failureOf(error))
  return `DATABASE_URL: ${databaseName(url)} ${wrong} (${reason}): ${remedy}`
}

type Remedy = readonly [whatIsWrong: string, remedy: string]

const held: Remedy = ['is held by another process', 'stop what holds it, and start again']

function sqliteWords(failure: Failure): Remedy {
  if (failure === 'conflict') return held
  return [
    'cannot be used',
    'write sqlite:/path/to/file, an SQLite file in a folder that this user may write to; without DATABASE_URL it is in REBOUND_DATA_DIR',
  ]
}

function mysqlWords(failure: Failure): Remedy {
  if (failure === 'conflict' || failure === 'locked') return held
  if (failure === 'lost') return ['does not answer', 'start it, or write the address of one that runs']
  return [
    'cannot be used',
    'write mysql://user:password@host:3306/database, a database in which this user may create tables',
  ]
}
