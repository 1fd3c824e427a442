// The databases that every store test runs on.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { mysqlAvailable, newMysqlDatabase } from '../mariadb.ts'
import { newMigratedMysql, writeMigratedSqlite } from './migrated.ts'

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
  if (dialect === 'mysql') return testDatabase(await newMigratedMysql())
  const { url, file, drop } = newSqliteFile()
  await writeMigratedSqlite(file)
  return testDatabase({ url, drop })
}

/** The same without a table. */
export async function emptyDatabase(dialect: 'sqlite' | 'mysql'): Promise<TestDatabase> {
  return testDatabase(dialect === 'sqlite' ? newSqliteFile() : await newMysqlDatabase())
}

function testDatabase({ url, drop }: Awaited<ReturnType<typeof newMysqlDatabase>>): TestDatabase {
  const opened: Store[] = []
  const open = (): Store => {
    const store = openStore({ url })
    opened.push(store)
    return store
  }
  return {
    url,
    store: open(),
    open,
    drop: async () => {
      for (const each of opened) await each.close()
      await drop()
    },
  }
}

function newSqliteFile() {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-test-'))
  const file = join(folder, 'rebound.sqlite')
  return {
    url: `sqlite:${file}`,
    file,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
