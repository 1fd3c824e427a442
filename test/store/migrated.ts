// All tables at once: the migrations run once in a worker, and what they made is copied into each new database.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore } from '../../src/store/database/open.ts'
import { newMysqlDatabase } from '../mariadb.ts'

let sqliteFile: Promise<Buffer> | undefined
let mysqlScript: Promise<string> | undefined

/** Where `migrate` would have nothing to do. */
export async function newMigratedMysql(): ReturnType<typeof newMysqlDatabase> {
  mysqlScript ??= scriptOfMigrations()
  const script = await mysqlScript
  const database = await newMysqlDatabase()
  const connection = await mysql.createConnection({ uri: database.url, multipleStatements: true })
  await connection.query(script)
  await connection.end()
  return database
}

/** Writes such a file. */
export async function writeMigratedSqlite(file: string): Promise<void> {
  sqliteFile ??= fileOfMigrations()
  writeFileSync(file, await sqliteFile)
}

async function migrateAt(url: string): Promise<void> {
  const store = openStore({ url })
  await migrate(store)
  await store.close()
}

async function fileOfMigrations(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-migrated-'))
  const file = join(folder, 'rebound.sqlite')
  await migrateAt(`sqlite:${file}`)
  const bytes = readFileSync(file)
  rmSync(folder, { recursive: true })
  return bytes
}

/** What mysqldump would write: tables, then their rows, then views, which name the tables. */
async function scriptOfMigrations(): Promise<string> {
  const { url, drop } = await newMysqlDatabase()
  await migrateAt(url)
  const connection = await mysql.createConnection(url)
  const ask = async (sql: string): Promise<readonly RowDataPacket[]> =>
    (await connection.query<RowDataPacket[]>(sql))[0]
  const made = (await ask('show full tables')).map(row => Object.values(row) as [name: string, type: string])
  const statements: string[] = []
  const views: string[] = []
  for (const [name, type] of made) {
    const [row] = await ask(`show create table ${name}`)
    if (type === 'VIEW') {
      // A view compares as the connection did that made it.
      views.push(`set collation_connection = ${row?.collation_connection}`, row?.['Create View'])
      continue
    }
    statements.push(row?.['Create Table'])
    for (const values of await ask(`select * from ${name}`))
      statements.push(connection.format(`insert into ${name} set ?`, [values]))
  }
  await connection.end()
  await drop()
  return [...statements, ...views].join(';\n')
}
