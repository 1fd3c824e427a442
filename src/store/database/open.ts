// Opens the database, SQLite, MariaDB or MySQL, and is the only file that knows Knex.

import { closeSync, openSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import createKnex, { type Knex } from 'knex'
import { makeFolder } from '../../system/folder.ts'
import type { CrmTables } from '../homes/crm-tables.ts'
import { beginSession, type MysqlHandle } from './mysql-session.ts'
import { sqliteFile } from './sqlite-file.ts'
import { createSqliteFlush, type SqliteFlush, type SqliteHandle } from './sqlite-flush.ts'
import { type SqliteFile, watchSqliteFile } from './sqlite-watch.ts'

export type Dialect = 'sqlite' | 'mysql'

export interface Store {
  readonly knex: Knex
  readonly dialect: Dialect
  /** The CRM's own tables, where a mapping file names them (record-home.ts). */
  readonly crm?: CrmTables
  /** On SQLite: its file is gone or another one by now. Nothing may be committed then. */
  readonly fileFault: () => string | null
  /** On SQLite: how a commit is flushed beside the event loop. */
  readonly flush: SqliteFlush | null
  /**
   * The same database on connections of its own, at most this many: it does not wait for a caller that has taken all
   * others. SQLite has one, which is shared.
   */
  readonly apart: (connections: number, options?: Pick<StoreOptions, 'packets'>) => Store
  readonly close: () => Promise<void>
}

export interface StoreOptions {
  /** `sqlite:./path` or `mysql://user:password@host:3306/database`. */
  readonly url: string
  /** Relative SQLite paths begin here; default the working directory. */
  readonly baseDir?: string | undefined
  /** MySQL connections at most; SQLite has always one. */
  readonly connections?: number | undefined
  /**
   * MySQL: texts of several statements are taken, and no lock is waited for (MariaDB; on MySQL a second, its least). Only
   * for texts whose every value is written by literal.ts.
   */
  readonly packets?: boolean | undefined
  /** Receives the driver's warnings. */
  readonly warn?: ((message: string) => void) | undefined
}

/** The address of the database cannot be understood; the message says what to write instead. */
export class DatabaseUrlError extends Error {}

const connectMs = 5_000
/** A server ends idle connections (mysql-session.ts): the pool drops them long before. */
const poolIdleMs = 10_000
/** SQLite's prepared statements, by their text. */
const keptStatements = 500

/** Knex's settings for a database address; throws DatabaseUrlError. */
export function knexSettings(options: StoreOptions): Knex.Config & { readonly dialect: Dialect } {
  const { file: _, flush: __, ...settings } = databaseSettings(options)
  return settings
}

interface DatabaseSettings extends Knex.Config {
  readonly dialect: Dialect
  readonly file?: SqliteFile
  readonly flush?: SqliteFlush
}

function databaseSettings(options: StoreOptions): DatabaseSettings {
  // Knex warns with whole stacks of calls, which say nothing to an operator.
  const warn = (message: unknown): void => options.warn?.(`${message}`.split(/\n\s+at /)[0] ?? '')
  const log = { warn, error: warn, deprecate: () => {}, debug: () => {} }
  if (options.url.startsWith('sqlite:')) return { ...sqlite(options), log, dialect: 'sqlite' }
  if (/^(mysql|mariadb):\/\//.test(options.url)) return { ...mysql(options), log, dialect: 'mysql' }
  throw new DatabaseUrlError('must be sqlite:./path/to/file or mysql://user:password@host:3306/database')
}

/** Opens without connecting: the first query finds out whether the database is there. */
export function openStore(options: StoreOptions): Store {
  const { dialect, file, flush, ...settings } = databaseSettings(options)
  const knex = createKnex(settings)
  knex.on('query-error', withoutQuery)
  if (dialect === 'sqlite') takeTurns(knex.client)
  const store: Store = {
    knex,
    dialect,
    fileFault: () => file?.fault() ?? null,
    flush: flush ?? null,
    // `this` knows of the CRM's tables by now, where there are any.
    apart(connections, { packets } = {}) {
      const crm = this.crm ? { crm: this.crm } : {}
      if (dialect === 'sqlite') return { ...store, ...crm, close: async () => {} }
      return { ...openStore({ ...options, connections, packets }), ...crm }
    },
    close: async () => {
      await knex.destroy()
      await flush?.close()
    },
  }
  return store
}

const shownQuery = 60
const shownReason = 300

/** Knex puts the whole statement before the reason: pages of it, with what strangers wrote. Logs get its beginning. */
function withoutQuery(error: Error, query: { readonly sql: string }): void {
  const reason = error.message.startsWith(query.sql)
    ? error.message.slice(query.sql.length + 3)
    : error.message
  error.message = `${reason.slice(0, shownReason)} (${query.sql.slice(0, shownQuery)}…)`
}

interface Lender {
  acquireConnection(): Promise<unknown>
}

/**
 * better-sqlite3 answers within the call: a loop over pages would await nothing and let neither mail nor probes in
 * before its end. Whoever wants the connection lets the event loop have a turn first.
 */
function takeTurns(client: Lender): void {
  const acquire = client.acquireConnection.bind(client)
  client.acquireConnection = async () => {
    await nextTurn()
    return await acquire()
  }
}

/** Knex prepares every statement anew, which costs more than running it. */
function keepPrepared(handle: SqliteHandle): void {
  const prepare = handle.prepare.bind(handle)
  const kept = new Map<string, object>()
  handle.prepare = sql => {
    const found = kept.get(sql)
    if (found) return found
    const statement = prepare(sql)
    if (kept.size >= keptStatements) kept.clear()
    kept.set(sql, statement)
    return statement
  }
}

/**
 * What is in it is nobody else's business; SQLite gives the files beside it the same mode (https://sqlite.org/wal.html).
 * One that is there keeps its mode, and is not opened here: closing it would take SQLite's own locks away.
 */
function makeFile(path: string): void {
  makeFolder(dirname(path))
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function sqlite(
  options: StoreOptions,
): Knex.Config & { readonly file: SqliteFile; readonly flush: SqliteFlush } {
  const filename = sqliteFile(options.url, options.baseDir)
  if (filename === '') throw new DatabaseUrlError('names no file; write sqlite:./data/rebound.sqlite')
  if (filename !== ':memory:') makeFile(filename)
  // SQLite keeps its log beside the file that a link leads to.
  const path = filename === ':memory:' ? null : realpathSync(filename)
  const file = watchSqliteFile(path)
  const flush = createSqliteFlush(path)
  return {
    file,
    flush,
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    compileSqlOnError: false,
    acquireConnectionTimeout: 60_000,
    pool: {
      min: 1,
      max: 1,
      afterCreate: (handle: SqliteHandle, done: (error: Error | null, handle: SqliteHandle) => void) => {
        try {
          handle.pragma('journal_mode = WAL')
          // 250 depends on it: with NORMAL a commit may be lost with the power (sqlite-flush.ts).
          handle.pragma('synchronous = FULL')
          // Once a page was divided, the commit looks through all that is cached: of 64 MB that was a tenth of recording.
          // What is not in 8 MB comes from the kernel's cache.
          handle.pragma('cache_size = -8192')
          // A batch touches ten pages an event, mostly the same as others do: copied from the log into the file eight times
          // as seldom as by default, they cost a fifth less. The log grows to 32 MB.
          handle.pragma('wal_autocheckpoint = 8000')
          // A statement journal in a file would fail where the root file system is read-only, and the batch with it.
          handle.pragma('temp_store = MEMORY')
          // The driver would sleep in its busy timeout, and the event loop with it: we wait ourselves (failures.ts).
          handle.pragma('busy_timeout = 0')
          keepPrepared(handle)
          file.opened()
          flush.opened()
          done(null, handle)
        } catch (error) {
          done(error as Error, handle)
        }
      },
    },
  }
}

interface MysqlAddress {
  readonly url: URL
  readonly user: string
  readonly password: string
  readonly database: string
}

function readAddress(address: string): MysqlAddress {
  try {
    const url = new URL(address)
    const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
      decodeURIComponent,
    )
    return { url, user: user ?? '', password: password ?? '', database: database ?? '' }
  } catch {
    throw new DatabaseUrlError(
      'is not a database URL; write mysql://user:password@host:3306/database, with special characters as %-escapes',
    )
  }
}

function mysql(options: StoreOptions): Knex.Config {
  const { url, user, password, database } = readAddress(options.url)
  if (database === '')
    throw new DatabaseUrlError('names no database; write mysql://user:password@host:3306/database')
  const socketPath = url.searchParams.get('socket')
  const tls = url.searchParams.get('tls')
  for (const name of url.searchParams.keys())
    if (name !== 'socket' && name !== 'tls')
      throw new DatabaseUrlError(`has an unknown parameter ${name}; known are socket=/path and tls=verify`)
  if (tls !== null && tls !== 'verify') throw new DatabaseUrlError('knows only tls=verify')

  return {
    client: 'mysql2',
    connection: {
      ...(socketPath
        ? { socketPath }
        : { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 3306) }),
      user,
      password,
      database,
      charset: 'utf8mb4',
      multipleStatements: options.packets === true,
      timezone: 'Z',
      connectTimeout: connectMs,
      // Numbers beyond 2^53 come as strings, the rest as numbers.
      supportBigNumbers: true,
      ...(tls ? { ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: true } } : {}),
    },
    compileSqlOnError: false,
    acquireConnectionTimeout: connectMs + 1_000,
    pool: {
      min: 0,
      max: options.connections ?? 10,
      // A database that is back must be seen at once, not at the pool's next idle round.
      createRetryIntervalMillis: 100,
      idleTimeoutMillis: poolIdleMs,
      propagateCreateError: true,
      afterCreate: (handle: MysqlHandle, done: (error: Error | null, handle: MysqlHandle) => void) => {
        beginSession(handle, { waitsForRows: options.packets !== true }, error => done(error, handle))
      },
    } as Knex.PoolConfig,
  }
}
