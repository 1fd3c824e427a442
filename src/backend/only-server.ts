// A server has an SQLite file for itself, and says whose it is otherwise.

import type { Config } from '../settings/config.ts'
import { lockForServer, type ServerLock, ServerLockedError } from '../store/database/server-lock.ts'
import { sqliteBuildFault } from '../store/database/sqlite-build.ts'
import type { Log } from '../system/log.ts'
import { DatabaseError } from './database.ts'

/** For a restart that starts the new server before the old one has drained. */
const drainMs = 10_000

/**
 * Takes the SQLite file for this server; null where servers may share the database. A file that cannot be locked at all
 * is not judged here: opening the database says what is wrong. Throws DatabaseError where another server
 * has it: no wrong setting, since a later start may find it free.
 */
export async function onlyServer(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  log: Pick<Log, 'info' | 'warn'>,
  waitMs = drainMs,
): Promise<ServerLock | null> {
  // Such a build aborts the process; opening the database says so.
  if (databaseUrl.startsWith('sqlite:') && sqliteBuildFault() !== null) return null
  const onWait = ({ message }: ServerLockedError): void =>
    log.info({ waitSeconds: waitMs / 1000 }, `${message}: waiting for it to end`)
  try {
    return await lockForServer(databaseUrl, { waitMs, onWait })
  } catch (error) {
    if (error instanceof ServerLockedError) throw new DatabaseError(words(error))
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ reason }, 'the lock that keeps a second server from the SQLite file could not be taken')
    return null
  }
}

function words({ message, pid }: ServerLockedError): string {
  const stop = pid === null ? 'stop it' : `stop it (kill ${pid})`
  return `DATABASE_URL: ${message}, and SQLite is for one: ${stop}, or name another file or REBOUND_DATA_DIR; several servers need mysql://user:password@host:3306/database`
}
