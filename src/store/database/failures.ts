// What a database error means for the caller of the query: wait, try again, give up, or look for the culprit.

export type Failure =
  /** Somebody else holds what we need, or the database resolved a conflict against us: the same again may work. */
  | 'conflict'
  /** Somebody else holds a row that we need, and longer than we wait for one. */
  | 'locked'
  /** A unique key is taken. */
  | 'duplicate'
  /** The connection is gone, or none could be had. */
  | 'lost'
  /** The transaction took longer than we or the database allow. */
  | 'slow'
  /** A value that a column does not take: a closed list, since mail is stored without its text for these alone. */
  | 'content'
  /** The database is there and did not do its work: full, read-only, a table missing, or an error nobody foresaw. */
  | 'trouble'

/** Nobody knows yet whether a COMMIT happened, or whether it is on the disk. */
export class UnknownOutcome extends Error {
  readonly code = 'REBOUND_UNKNOWN'
}

/** Every word of `Failure`, for the metric's label. */
export const failures = [
  'conflict',
  'locked',
  'duplicate',
  'lost',
  'slow',
  'trouble',
  'content',
] as const satisfies readonly Failure[]

/** By the number of the error (MariaDB and MySQL give these the same meaning); what is not here is `trouble`. */
export const mysqlFailures: ReadonlyMap<number, Failure> = new Map([
  [1020, 'conflict'], // record has changed since last read (MariaDB innodb_snapshot_isolation)
  [1213, 'conflict'], // deadlock; also Galera's certification failure
  [1412, 'conflict'], // table definition has changed
  [3101, 'conflict'], // rolled back during COMMIT: Group Replication's certification failure
  [1205, 'locked'], // lock wait timeout
  [3572, 'locked'], // NOWAIT, and the row is locked
  [1062, 'duplicate'],
  [1586, 'duplicate'],
  [1040, 'lost'], // too many connections
  [1042, 'lost'],
  [1047, 'lost'], // Galera: node not ready
  [1053, 'lost'], // server shutdown in progress
  [1077, 'lost'],
  [1079, 'lost'],
  [1152, 'lost'],
  [1158, 'lost'],
  [1159, 'lost'],
  [1160, 'lost'],
  [1161, 'lost'],
  [1180, 'lost'], // error during COMMIT: Galera, disk
  [1184, 'lost'],
  [1203, 'lost'], // max_user_connections
  [1226, 'lost'],
  [1317, 'lost'], // query interrupted
  [1927, 'lost'], // connection was killed
  [2006, 'lost'],
  [2013, 'lost'],
  [3032, 'lost'], // server offline mode
  [3100, 'lost'], // a replication hook failed during COMMIT
  [3169, 'lost'], // session was killed
  [4031, 'lost'], // disconnected for inactivity
  [1907, 'slow'], // MariaDB: the query was killed for its time
  [1969, 'slow'], // MariaDB: max_statement_time
  [3024, 'slow'], // MySQL: max_execution_time
  [1021, 'trouble'], // disk full
  [1026, 'trouble'], // error writing a file
  [1030, 'trouble'], // the storage engine failed
  [1037, 'trouble'], // out of memory
  [1041, 'trouble'], // out of resources
  [1044, 'trouble'],
  [1045, 'trouble'],
  [1049, 'trouble'], // unknown database
  [1054, 'trouble'], // unknown column
  [1114, 'trouble'], // table full
  [1142, 'trouble'],
  [1143, 'trouble'],
  [1146, 'trouble'], // no such table
  [1206, 'trouble'], // too many locks for the buffer pool
  [1290, 'trouble'], // read-only
  [1364, 'trouble'], // a column of the operator's that must have a value
  [1637, 'trouble'], // too many transactions at once
  [1644, 'trouble'], // a trigger of the operator's raises
  [1792, 'trouble'],
  [1836, 'trouble'],
  [3819, 'trouble'], // a check of the operator's
  [4025, 'trouble'],
  [1153, 'content'], // a statement longer than max_allowed_packet
  [1264, 'content'], // out of range
  [1265, 'content'], // data truncated
  [1292, 'content'], // not a value of that type
  [1300, 'content'], // not a string of that character set
  [1366, 'content'], // not a string of that column
  [1367, 'content'], // not a value of that type
  [1406, 'content'], // too long
  [3854, 'content'], // cannot be converted between character sets
  [3988, 'content'],
])

export const lostCodes: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'REBOUND_UNKNOWN', // UnknownOutcome
  'ENOENT', // the server's socket file
])

/** By the beginning of the code (https://sqlite.org/rescode.html); what is not here is `trouble`. */
export const sqliteFailures: readonly (readonly [prefix: string, failure: Failure])[] = [
  ['SQLITE_BUSY', 'conflict'],
  ['SQLITE_LOCKED', 'conflict'],
  ['SQLITE_PROTOCOL', 'conflict'], // a race for the lock of the WAL
  ['SQLITE_INTERRUPT', 'lost'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'duplicate'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate'],
  ['SQLITE_TOOBIG', 'content'],
  ['SQLITE_MISMATCH', 'content'],
]

/** Sorts an error that a query ended with. Total: whatever it does not know is `trouble`, ours and not the mail's. */
export function failureOf(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return 'trouble'
  const { errno, code, fatal, name, message } = error as Record<string, unknown>
  if (typeof code === 'string') {
    const row = sqliteFailures.find(([prefix]) => code.startsWith(prefix))
    if (row) return row[1]
    if (code.startsWith('SQLITE_')) return 'trouble'
    if (code === 'REBOUND_CUT') return 'slow'
    if (code === 'REBOUND_CONFLICT') return 'conflict'
    if (lostCodes.has(code)) return 'lost'
  }
  if (typeof errno === 'number') {
    const known = mysqlFailures.get(errno)
    if (known) return known
  }
  if (name === 'KnexTimeoutError' || fatal === true) return 'lost'
  // What mysql2 and Knex say, without a code, of a connection that is closed already.
  if (/closed state|Connection lost|Unable to acquire a connection|aborted/i.test(String(message)))
    return 'lost'
  return 'trouble'
}

/** The error's own code, for lists and logs: it names no value that a mail brought. */
export function codeOf(error: unknown): string {
  const { code, errno, name } = (error ?? {}) as Record<string, unknown>
  return String(code ?? errno ?? name ?? 'unknown').slice(0, 64)
}

/** How long to wait for what, in milliseconds. */
export interface Patience {
  readonly conflictMs: number
  readonly lostMs: number
}

export const patience: Patience = { conflictMs: 10_000, lostMs: 4_000 }

/** How long the same is tried again after this failure. */
function patienceFor(failure: Failure, limits: Patience): number {
  if (isContention(failure)) return limits.conflictMs
  return failure === 'lost' ? limits.lostMs : 0
}

/** Does it pass when others get out of the way? */
export const isContention = (failure: Failure): boolean => failure === 'conflict' || failure === 'locked'

/**
 * Runs `action` again while it fails for a conflict, a lock or a lost connection, up to the patience for either;
 * between attempts it waits a few milliseconds, growing, with jitter. Other failures are thrown at once.
 */
export async function persist<T>(
  action: () => Promise<T>,
  limits: Patience = patience,
  onFailure: (failure: Failure, error: unknown) => void = () => {},
): Promise<T> {
  const started = performance.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      const failure = failureOf(error)
      onFailure(failure, error)
      if (performance.now() - started >= patienceFor(failure, limits)) throw error
      await pause(attempt, failure)
    }
  }
}

/** Runs `action` once more when a key is taken: then it sees the row that another made meanwhile. */
export async function againWhenDuplicate<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (failureOf(error) !== 'duplicate') throw error
    return await action()
  }
}

/** Grows from 2 ms to 20 ms for a conflict, from 50 ms to 250 ms for a lost connection; half of it is jitter. */
export function pause(attempt: number, failure: Failure): Promise<void> {
  const [first, most] = failure === 'lost' ? [50, 250] : [2, 20]
  const longest = Math.min(most, first * 2 ** Math.min(attempt, 10))
  return new Promise(resolve => setTimeout(resolve, longest * (0.5 + Math.random() / 2)))
}
