// The databases that every store test runs on.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { mysqlAvailable, newMysqlDatabase } from '../mariadb.ts'

/** For `describe.each`. */
export const dialects: readonly ('sqlite' | 'mysql')[] = mysqlAvailable ? ['sqlite', 'mysql'] : ['sqlite']

export interface TestDatabase {
  readonly url: string
  readonly store: Store
  /** Another server on the same database. */
  readonly open: () => Store
  readonly drop: () => Promise<void>
}

/** A new database with all tables. */
export async function newDatabase(dialect: 'sqlite' | 'mysql'): Promise<TestDatabase> {
  const database = await emptyDatabase(dialect)
  await migrate(database.store)
  return database
}

/** The same without a table. */
export async function emptyDatabase(dialect: 'sqlite' | 'mysql'): Promise<TestDatabase> {
  const opened: Store[] = []
  const { url, drop } = dialect === 'sqlite' ? newSqliteFile() : await newMysqlDatabase()
  const open = (): Store => {
    const store = openStore({ url })
    opened.push(store)
    return store
  }
  const store = open()
  return {
    url,
    store,
    open,
    drop: async () => {
      for (const each of opened) await each.close()
      await drop()
    },
  }
}

function newSqliteFile() {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-test-'))
  return {
    url: `sqlite:${join(folder, 'rebound.sqlite')}`,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
