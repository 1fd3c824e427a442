// Brings the tables up to date; of several processes that start at once, one does it and the others wait.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { migrationNames, migrationSettings } from '../../../migrations/list.ts'
import { persist } from './failures.ts'
import { whileAlone } from './migration-lock.ts'
import type { Store } from './open.ts'

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

async function migrateMysql(store: Store): Promise<readonly string[]> {
  if ((await pendingMigrations(store)).length === 0) return []
  return await whileAlone(store, () => latestUnlocked(store.knex))
}

/** Knex's own lock outlives a killed process: we are alone, so after a while it can only be stale. */
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
  const unknown = (await ranMigrations(knex)).filter(name => !migrationNames.includes(name))
  if (unknown.length > 0) throw new NewerDatabaseError(unknown.join(', '))
}

/** The names of migrations that have run: none on an empty database. */
async function ranMigrations(knex: Knex): Promise<readonly string[]> {
  if (!(await knex.schema.hasTable(migrationSettings.tableName))) return []
  const rows = (await knex(migrationSettings.tableName).select('name')) as readonly { name: string }[]
  return rows.map(({ name }) => name)
}

/** The names of migrations that have not run yet. Throws NewerDatabaseError if others have. */
export async function pendingMigrations({ knex }: Store): Promise<readonly string[]> {
  await refuseNewer(knex)
  const ran = await ranMigrations(knex)
  return migrationNames.filter(name => !ran.includes(name))
}
