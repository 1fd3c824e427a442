// One transaction on one connection, begun as a writer and cut off when it lives too long.
// Knex's own transactions begin deferred on SQLite (a later upgrade then fails) and hide whether a COMMIT failed.

import { failureOf, UnknownOutcome } from './failures.ts'
import { lockWaitSeconds, waitForNothing } from './mysql-session.ts'
import type { Store } from './open.ts'
import type { SqliteHandle } from './sqlite-flush.ts'
import { SqliteFileGone } from './sqlite-watch.ts'

/** A query of Knex: it can be told which connection to use. */
interface Query<T> extends PromiseLike<T> {
  connection(connection: object): PromiseLike<T>
}

export interface Transaction {
  /** Runs a query inside the transaction. */
  readonly run: <T>(query: Query<T>) => Promise<T>
  /** Sends a text as it stands, on MySQL; of several statements (open.ts, `packets`) it answers a list. */
  readonly send: (text: string) => Promise<unknown>
}

/** What recording allows itself; a poller of the list relies on it (events.ts). */
export const transactionLimitMs = 5_000
/** COMMIT itself takes time: it is not even begun later than at this part of the limit. */
const commitBefore = 0.8

/** A locked row fails the statement at once, to be tried again soon. */
const retryNow = `set session innodb_lock_wait_timeout = ${waitForNothing}`
const retryLater = `set session innodb_lock_wait_timeout = ${lockWaitSeconds}`

interface Connection {
  /** The server's name for it. */
  readonly threadId?: number
  readonly stream?: { destroy(error: Error): void }
  query?(options: { readonly sql: string }, done: (error: Error | null, answer: unknown) => void): void
  __knex__disposed?: unknown
}

/**
 * Runs `work` in a transaction: commits when it resolves, rolls back when it throws.
 * Throws what `work` or the database threw; UnknownOutcome when the COMMIT got no answer
 * or, on SQLite, may not be on the disk.
 * With `waitsForRows` false it fails as `locked` instead of waiting for a row that others hold; after `limitMs` it is cut.
 * With `begins` false the first statement of `work` is its beginning.
 */
export async function inTransaction<T>(
  store: Store,
  work: (transaction: Transaction) => Promise<T>,
  {
    waitsForRows = true,
    limitMs = transactionLimitMs,
    begins = true,
  }: { readonly waitsForRows?: boolean; readonly limitMs?: number; readonly begins?: boolean } = {},
): Promise<T> {
  const { knex, dialect } = store
  const connection = (await knex.client.acquireConnection()) as Connection
  const run: Transaction['run'] = async query => await query.connection(connection)
  const send: Transaction['send'] = text =>
    new Promise((resolve, reject) => {
      if (!connection.query) throw new Error('Texts of statements are sent to MySQL alone')
      connection.query({ sql: text }, (error, answer) =>
        error ? reject(withoutText(error)) : resolve(answer),
      )
    })
  const started = performance.now()
  let broken = false
  // SQLite has no server to wait for: there a transaction lasts as long as our own work.
  const cut =
    dialect === 'mysql'
      ? setTimeout(() => {
          broken = true
          connection.stream?.destroy(cutError())
          killThread(store, connection)
        }, limitMs)
      : undefined
  const failsAtOnce = dialect === 'mysql' && !waitsForRows
  const transact = async (): Promise<T> => {
    if (failsAtOnce) await run(knex.raw(retryNow))
    if (begins) await run(knex.raw(dialect === 'sqlite' ? 'begin immediate' : 'start transaction'))
    let result: T
    try {
      result = await work({ run, send })
      const fileFault = store.fileFault()
      if (fileFault !== null) throw new SqliteFileGone(fileFault)
      if (dialect === 'mysql' && performance.now() - started > commitBefore * limitMs) throw cutError()
    } catch (error) {
      await run(knex.raw('rollback')).catch(() => {
        broken = true
      })
      throw error
    }
    try {
      await run(knex.raw('commit'))
    } catch (error) {
      // Galera certifies at COMMIT: its refusal is an answer.
      if (dialect === 'sqlite' || failureOf(error) === 'conflict') {
        await run(knex.raw('rollback')).catch(() => {})
        throw error
      }
      broken = true
      throw new UnknownOutcome('The connection was lost during COMMIT', { cause: error })
    }
    return result
  }
  try {
    return await (store.flush ? store.flush.around(connection as SqliteHandle, transact) : transact())
  } finally {
    if (failsAtOnce && !broken)
      await run(knex.raw(retryLater)).catch(() => {
        broken = true
      })
    clearTimeout(cut)
    if (broken) connection.__knex__disposed = cutError()
    await knex.client.releaseConnection(connection)
  }
}

/** The server may not notice that we hung up, and keeps the locks of a statement under way: it is told so. */
function killThread({ knex }: Store, { threadId }: Connection): void {
  if (threadId === undefined) return
  void knex.raw('kill ?', [threadId]).catch(() => {
    // It is gone already, or the whole server is.
  })
}

/** The driver puts the whole text into the error, with what strangers wrote: it has no place in a log. */
function withoutText(error: Error): Error {
  Reflect.deleteProperty(error, 'sql')
  return error
}

function cutError(): Error {
  return Object.assign(new Error('The transaction took too long and was cut'), { code: 'REBOUND_CUT' })
}
