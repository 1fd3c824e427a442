// The database: there, quick, up to date, of one mind with our clock, and set so that what is committed stays.

import { existsSync } from 'node:fs'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { failureOf } from '../store/database/failures.ts'
import { NewerDatabaseError, pendingMigrations } from '../store/database/migrate.ts'
import { openStore, type Store } from '../store/database/open.ts'
import { sqliteFile } from '../store/database/sqlite-file.ts'
import { probe } from '../store/recording/probe.ts'
import { clockFault } from '../store/upkeep/clocks.ts'
import { databaseName } from '../store/upkeep/health.ts'
import { fault, ok, warning, wordsOf } from './finding.ts'
import { examineKeys } from './keys.ts'
import { examineMapping } from './mapping.ts'

const looks = 5
const slowMs = 50

/** Opens it, changes nothing, and closes it again. */
export async function examineDatabase(config: Config): Promise<readonly DoctorFinding[]> {
  const { databaseUrl: url } = config
  const check = 'database'
  const file = url.startsWith('sqlite:') ? sqliteFile(url) : null
  if (file !== null && !existsSync(file))
    return [warning(check, `${databaseName(url)} is not there yet`, 'The first start of a server makes it.')]
  let store: Store
  try {
    store = openStore({ url })
  } catch (error) {
    return [fault(check, `${databaseName(url)} cannot be opened (${wordsOf(error)})`, 'Mend DATABASE_URL.')]
  }
  try {
    const pending = await pendingMigrations(store)
    const findings = [ok(check, `${databaseName(url)} answers`), migrationsOf(pending)]
    if (pending.length > 0) return findings
    return [
      ...findings,
      await clockOf(store),
      await latencyOf(store),
      ...(await durabilityOf(store)),
      ...(await examineKeys(store, config, new Date())),
      ...(await examineMapping(store, config)),
      await heldOf(store),
      await webhooksOf(store),
    ]
  } catch (error) {
    return [unusable(databaseName(url), error)]
  } finally {
    await store.close()
  }
}

/** What is wrong with a database that threw; by the codes of MySQL and MariaDB, which need most explanation. */
export function unusable(name: string, error: unknown): DoctorFinding {
  const code = wordsOf(error)
  const check = 'database'
  if (error instanceof NewerDatabaseError)
    return fault(
      check,
      `${name} was made by a newer version (${error.message})`,
      'Install that version, or restore the backup from before the upgrade.',
    )
  if (failureOf(error) === 'lost')
    return fault(check, `${name} does not answer (${code})`, 'Start it, or mend DATABASE_URL.')
  const [says, fix] = refusals[code] ?? [
    'answers, and takes no event',
    'Mend what it says; until then all mail is deferred.',
  ]
  const words = error instanceof Error && error.message !== code ? `${code}: ${error.message}` : code
  return fault(check, `${name} ${says} (${words})`, fix)
}

const grantAll = 'GRANT ALL ON <database>.* TO the user of DATABASE_URL.'
const refusals: Readonly<Record<string, readonly [says: string, fix: string]>> = {
  ER_ACCESS_DENIED_ERROR: ['lets this user not in', 'Mend user and password in DATABASE_URL.'],
  ER_DBACCESS_DENIED_ERROR: ['is closed to this user', grantAll],
  ER_TABLEACCESS_DENIED_ERROR: ['does not let this user do what it must', grantAll],
  ER_BAD_DB_ERROR: ['is not there', 'CREATE DATABASE, or mend the name in DATABASE_URL.'],
  ER_OPTION_PREVENTS_STATEMENT: [
    'is read-only',
    'SET GLOBAL read_only = 0, or name the primary in DATABASE_URL.',
  ],
  SQLITE_READONLY: [
    'is read-only',
    'Run the command as the user of the server, or mend the rights of the file.',
  ],
  SQLITE_CANTOPEN: [
    'cannot be opened',
    'Run the command as the user of the server, or mend the rights of its folder.',
  ],
  SQLITE_NOTADB: ['is not a database', 'Mend DATABASE_URL, or restore the file from a backup.'],
}

function migrationsOf(pending: readonly string[]): DoctorFinding {
  return pending.length === 0
    ? ok('migrations', 'all have run')
    : warning(
        'migrations',
        `${pending.length} have not run: ${pending.join(', ')}`,
        'The next start of a server runs them; `rebound migrate` does so now.',
      )
}

async function clockOf(store: Store): Promise<DoctorFinding> {
  const why = await clockFault(store)
  return why === null
    ? ok('clock', 'agrees with the database and its newest event')
    : fault(
        'clock',
        why,
        'Set the clocks by NTP; mail is deferred until they agree. If they are right, and a clock was ahead when the newest event was recorded, `rebound bounces redate` gives such events the present time.',
      )
}

/** A query, and a write with its flush: a commit is what each mail waits for. */
async function latencyOf(store: Store): Promise<DoctorFinding> {
  const times: number[] = []
  for (let look = 0; look < looks; look++) {
    const started = performance.now()
    await probe(store)
    times.push(performance.now() - started)
  }
  const median = times.sort((a, b) => a - b)[looks >> 1] ?? 0
  const says = `a commit takes ${median.toFixed(1)} ms`
  return median > slowMs
    ? warning('latency', says, 'Look at its disk and its distance: a batch of mail waits so long.')
    : ok('latency', says)
}

async function durabilityOf(store: Store): Promise<readonly DoctorFinding[]> {
  if (store.dialect === 'sqlite') return [ok('durability', 'SQLite flushes every commit (synchronous=FULL)')]
  const [rows] = (await store.knex.raw(
    "show variables where variable_name in ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin')",
  )) as [readonly { readonly Variable_name: string; readonly Value: string }[]]
  const values = new Map(rows.map(row => [row.Variable_name, row.Value]))
  const findings: DoctorFinding[] = []
  const flush = values.get('innodb_flush_log_at_trx_commit')
  findings.push(
    flush === '1'
      ? ok('durability', 'innodb_flush_log_at_trx_commit is 1')
      : fault(
          'durability',
          `innodb_flush_log_at_trx_commit is ${flush}: a power cut loses mail that was answered with 250`,
          'Set it to 1.',
        ),
  )
  if (values.get('log_bin') === 'ON' && values.get('sync_binlog') !== '1')
    findings.push(
      warning('durability of the binary log', `sync_binlog is ${values.get('sync_binlog')}`, 'Set it to 1.'),
    )
  return findings
}

async function heldOf({ knex }: Store): Promise<DoctorFinding> {
  const open = (await knex('rebound_incidents').whereNull('ended_at')) as readonly unknown[]
  return open.length > 0
    ? warning(
        'incidents',
        `${open.length === 1 ? '1 incident lasts' : `${open.length} incidents last`}; removals are held`,
        'See `rebound incidents`.',
      )
    : ok('incidents', 'none lasts')
}

async function webhooksOf({ knex }: Store): Promise<DoctorFinding> {
  const given = (await knex('rebound_outbox').whereNull('due_at').limit(1)) as readonly unknown[]
  return given.length > 0
    ? warning('webhooks', 'some failed for a day and are no longer tried', 'See `rebound webhooks`.')
    : ok('webhooks', 'none was given up')
}
