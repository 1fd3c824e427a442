// A copy of the database for the day on which it is lost; and which secret has to be kept beside it.

import { join } from 'node:path'
import type { Config } from '../settings/config.ts'
import { type Backup, BackupError, backupSqlite } from '../store/database/backup.ts'
import { sqliteBuildFault } from '../store/database/sqlite-build.ts'

export { type Backup, BackupError }

/** Throws BackupError: with MySQL, whose own programs do it, the message names them. */
export async function backupDatabase(config: Config, file: string): Promise<Backup> {
  if (!config.databaseUrl.startsWith('sqlite:')) throw new BackupError(mysqlWords(config.databaseUrl))
  const fault = sqliteBuildFault()
  if (fault !== null) throw new BackupError(`DATABASE_URL: ${fault}`)
  return await backupSqlite(config.databaseUrl, file)
}

/** Where the secret is without which nobody can use the copy. */
export function secretPlace({ secrets, dataDir }: Pick<Config, 'secrets' | 'dataDir'>): string {
  return secrets.length > 0 ? 'REBOUND_SECRET' : join(dataDir, 'secret')
}

function mysqlWords(url: string): string {
  const { hostname, port, username, pathname } = new URL(url)
  const where = `-h ${hostname}${port === '' ? '' : ` -P ${port}`} -u ${decodeURIComponent(username)} -p`
  return `"backup" copies SQLite. MariaDB has its own program, which copies one moment while servers write: mariadb-dump --single-transaction --routines --triggers ${where} ${decodeURIComponent(pathname.slice(1))} > backup.sql (MySQL: mysqldump with the same words). docs/operate.md says how to restore it`
}
