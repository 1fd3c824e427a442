// Brings the tables up to date; of several processes that start at once, one does it and the others wait.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { migrationNames, migrationSettings } from '../../../migrations/list.ts'
import { failureOf, persist } from './failures.ts'
import type { Store } from './open.ts'

/** Names the lock at a MySQL server, which all its databases share: the database's name is added. */
const lockName = 'rebound_migrations'
const waitSeconds = 60

/**
 * Runs the migrations that have not run, and answers their names. Safe to repeat and to race.
 * Throws the database's error when it cannot be reached within the patience of `persist`, or a migration fails.
 */
export async function migrate(store: Store): Promise<readonly string[]> {
  return await persist(() => (store.dialect === 'sqlite' ? migrateSqlite(store) : migrateMysql(store)))
}

/** Marks an SQLite file as ours (https://sqlite.org/pragma.html#pragma_application_id): `RBND`. */
const applicationId = 0x52424e44

/** All in one transaction: a process that is killed half-way leaves nothing, and no two get in. */
async function migrateSqlite({ knex }: Store): Promise<readonly string[]> {
  return await knex.transaction(async transaction => {
    // Knex begins as a reader. Writing first takes the lock at once, or fails as busy and `persist` comes again.
    await transaction.raw(`pragma application_id = ${applicationId}`)
    return await latest(transaction)
  })
}

async function migrateMysql({ knex }: Store): Promise<readonly string[]> {
  const connection = await knex.client.acquireConnection()
  const ask = async (sql: string, bindings: readonly (string | number)[]): Promise<unknown> => {
    const [rows] = await knex.raw(sql, [...bindings]).connection(connection)
    return rows[0]?.answer
  }
  try {
    const name = `concat(?, ':', database())`
    // Asked in short turns: a query that is silent for long is cut (open.ts).
    for (
      let waited = 0;
      Number(await ask(`select get_lock(${name}, 2) as answer`, [lockName])) !== 1;
      waited += 2
    )
      if (waited >= waitSeconds) throw new Error(`Another process has been migrating for ${waitSeconds} s`)
    try {
      return await latestUnlocked(knex)
    } finally {
      await ask(`select release_lock(${name}) as answer`, [lockName]).catch(() => {})
    }
  } finally {
    await knex.client.releaseConnection(connection)
  }
}

/** Knex's own lock outlives a killed process: we hold the server's lock, so after a while it can only be stale. */
async function latestUnlocked(knex: Knex): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await latest(knex)
    } catch (error) {
      if ((error as Error).name !== 'MigrationLocked' || attempt >= 20) throw error
      await sleep(250)
      if (attempt === 19) await knex.migrate.forceFreeMigrationsLock(migrationSettings)
    }
  }
}

async function latest(knex: Knex): Promise<readonly string[]> {
  await refuseNewer(knex)
  const [, names] = (await knex.migrate.latest(migrationSettings)) as [number, string[]]
  return names
}

/** The database has migrations that this version does not know; the message names them. */
export class NewerDatabaseError extends Error {}

async function refuseNewer(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable(migrationSettings.tableName))) return
  const ran = (await knex(migrationSettings.tableName).select('name')) as readonly { name: string }[]
  const unknown = ran.map(row => row.name).filter(name => !migrationNames.includes(name))
  if (unknown.length > 0) throw new NewerDatabaseError(unknown.join(', '))
}

/** The names of migrations that have not run yet; all of them on an empty database. */
export async function pendingMigrations({ knex }: Store): Promise<readonly string[]> {
  try {
    const done = (await knex('rebound_migrations').select('name')) as readonly { name: string }[]
    return migrationNames.filter(name => !done.some(row => row.name === name))
  } catch (error) {
    if (failureOf(error) === 'trouble') return migrationNames
    throw error
  }
}
