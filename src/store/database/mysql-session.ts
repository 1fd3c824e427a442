// A connection to MySQL or MariaDB as Rebound wants it: its session's settings, and an end to one that says nothing.

const silenceMs = 10_000
/** A lock wait at the server is cut well before a transaction's own 5 s. */
export const lockWaitSeconds = 2

/**
 * The server ends a transaction that says nothing, so that a connection lost without a word (a proxy forgot it, a host is
 * gone) frees its locks. MySQL knows no such limit: there an idle connection is ended, and the pool drops it long before.
 */
const idleSeconds = { mariadb: 6, mysql: 30 } as const

/** A locked row fails the statement at once. MariaDB takes 0 for that; MySQL's least is 1 s. */
export const waitForNothing = "if(version() like '%MariaDB%', 0, 1)"

// MariaDB keeps what a subselect gave for each outer row. Ours are asked about another record or campaign each time.
const sessionSettings = (
  lockWait: number | string,
): string => `set session time_zone = '+00:00', innodb_lock_wait_timeout = ${lockWait},
  sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
  /*M!100300 , idle_transaction_timeout = ${idleSeconds.mariadb}, idle_write_transaction_timeout = ${idleSeconds.mariadb},
  optimizer_switch = 'subquery_cache=off' */
  /*!80000 , wait_timeout = ${idleSeconds.mysql} */`

export interface MysqlHandle {
  readonly stream: { destroy(error: Error): void }
  query(sql: string, done: (error: Error | null) => void): void
}

/** A server that hangs, or a host that is gone without a word, must not keep the connection: nothing else would end it. */
function cutSilentQueries(handle: MysqlHandle): void {
  const query = handle.query.bind(handle) as (...all: unknown[]) => unknown
  const cut = (): void =>
    handle.stream.destroy(
      Object.assign(new Error(`The database has not answered for ${silenceMs / 1000} s`), {
        code: 'ETIMEDOUT',
      }),
    )
  const timed = (options: { readonly sql: string }, ...rest: unknown[]): unknown => {
    const done = rest.at(-1)
    // Changing a big table takes its time.
    if (typeof done !== 'function' || !/^\s*(select|insert|update|delete)/i.test(options.sql))
      return query(options, ...rest)
    const timer = setTimeout(cut, silenceMs)
    return query(options, ...rest.slice(0, -1), (...answer: unknown[]) => {
      clearTimeout(timer)
      done(...answer)
    })
  }
  handle.query = timed as unknown as MysqlHandle['query']
}

/** Sets up a new connection. With `waitsForRows` false a locked row fails the statement at once. */
export function beginSession(
  handle: MysqlHandle,
  { waitsForRows }: { readonly waitsForRows: boolean },
  done: (error: Error | null) => void,
): void {
  handle.query(sessionSettings(waitsForRows ? lockWaitSeconds : waitForNothing), error => {
    if (error) return done(error)
    // Without gap locks two servers that write neighbouring keys do not block each other.
    handle.query('set session transaction isolation level read committed', failure => {
      cutSilentQueries(handle)
      done(failure)
    })
  })
}
