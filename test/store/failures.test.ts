// What each error of a database means to us, as drivers hand them over.

import { describe, expect, it } from 'vitest'
import {
  type Failure,
  failureOf,
  mysqlFailures,
  sqliteFailures,
  UnknownOutcome,
} from '../../src/store/database/failures.ts'

const mysql = (errno: number, code: string, message: string, fatal = false) =>
  Object.assign(new Error(message), { errno, code, sqlState: 'HY000', fatal })
const sqlite = (code: string, message: string) => Object.assign(new Error(message), { code })
const system = (code: string) =>
  Object.assign(new Error(`connect ${code} 127.0.0.1:3306`), { code, errno: -111, fatal: true })
const named = (name: string, message: string) => Object.assign(new Error(message), { name })

const table: readonly (readonly [what: string, error: unknown, failure: Failure])[] = [
  [
    'a deadlock',
    mysql(1213, 'ER_LOCK_DEADLOCK', 'Deadlock found when trying to get lock; try restarting transaction'),
    'conflict',
  ],
  [
    "Galera's refusal of a write set",
    mysql(1213, 'ER_LOCK_DEADLOCK', 'Deadlock: wsrep aborted transaction'),
    'conflict',
  ],
  [
    'a row that changed since it was read',
    mysql(1020, 'ER_CHECKREAD', "Record has changed since last read in table 'x'"),
    'conflict',
  ],
  [
    'a table altered meanwhile',
    mysql(1412, 'ER_TABLE_DEF_CHANGED', 'Table definition has changed'),
    'conflict',
  ],
  [
    'a lock wait',
    mysql(1205, 'ER_LOCK_WAIT_TIMEOUT', 'Lock wait timeout exceeded; try restarting transaction'),
    'locked',
  ],
  [
    'a Galera node that is not ready',
    mysql(1047, 'ER_UNKNOWN_COM_ERROR', 'WSREP has not yet prepared node for application use'),
    'lost',
  ],
  [
    'an error during COMMIT',
    mysql(1180, 'ER_ERROR_DURING_COMMIT', 'Got error 6 "No such device or address" during COMMIT'),
    'lost',
  ],
  [
    'a query that somebody ended',
    mysql(1317, 'ER_QUERY_INTERRUPTED', 'Query execution was interrupted'),
    'lost',
  ],
  ['a connection that somebody ended', mysql(1927, 'ER_CONNECTION_KILLED', 'Connection was killed'), 'lost'],
  ['a server that shuts down', mysql(1053, 'ER_SERVER_SHUTDOWN', 'Server shutdown in progress'), 'lost'],
  ['too many connections', mysql(1040, 'ER_CON_COUNT_ERROR', 'Too many connections', true), 'lost'],
  [
    'a user with too many',
    mysql(1203, 'ER_TOO_MANY_USER_CONNECTIONS', 'User x already has more than max_user_connections'),
    'lost',
  ],
  ['a server that is gone', mysql(2006, 'CR_SERVER_GONE_ERROR', 'MySQL server has gone away'), 'lost'],
  [
    'a connection cut short',
    sqlite('PROTOCOL_CONNECTION_LOST', 'Connection lost: The server closed the connection.'),
    'lost',
  ],
  ['a closed connection', new Error("Can't add new command when connection is in closed state"), 'lost'],
  ['a refused connection', system('ECONNREFUSED'), 'lost'],
  ['a reset connection', system('ECONNRESET'), 'lost'],
  ['a host without a name', system('ENOTFOUND'), 'lost'],
  ['a server that is silent', system('ETIMEDOUT'), 'lost'],
  ['a socket file that is not there', system('ENOENT'), 'lost'],
  [
    'a pool that has no connection',
    named('KnexTimeoutError', 'Knex: Timeout acquiring a connection.'),
    'lost',
  ],
  [
    'a fatal error that nobody knows',
    mysql(4031, 'ER_CLIENT_INTERACTION_TIMEOUT', 'The client was disconnected', true),
    'lost',
  ],
  ['a COMMIT without an answer', new UnknownOutcome('The connection was lost during COMMIT'), 'lost'],
  ['a transaction that was cut', sqlite('REBOUND_CUT', 'The transaction took too long and was cut'), 'slow'],
  [
    'a taken key',
    mysql(1062, 'ER_DUP_ENTRY', "Duplicate entry 'x' for key 'rebound_bounces_fingerprint'"),
    'duplicate',
  ],
  ['a disk that is full', mysql(1021, 'ER_DISK_FULL', 'Disk full'), 'trouble'],
  ['a table that is full', mysql(1114, 'ER_RECORD_FILE_FULL', "The table 'x' is full"), 'trouble'],
  [
    'a server that is read-only',
    mysql(1290, 'ER_OPTION_PREVENTS_STATEMENT', 'running with the --read-only option'),
    'trouble',
  ],
  ['a missing table', mysql(1146, 'ER_NO_SUCH_TABLE', "Table 'x' doesn't exist"), 'trouble'],
  ['a missing column', mysql(1054, 'ER_BAD_FIELD_ERROR', "Unknown column 'x'"), 'trouble'],
  ['a wrong password', mysql(1045, 'ER_ACCESS_DENIED_ERROR', 'Access denied for user', true), 'trouble'],
  ['an unknown database', mysql(1049, 'ER_BAD_DB_ERROR', "Unknown database 'x'", true), 'trouble'],
  [
    'a text that is too long',
    mysql(1406, 'ER_DATA_TOO_LONG', "Data too long for column 'subject'"),
    'content',
  ],
  [
    'a text that is no text',
    mysql(1366, 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', 'Incorrect string value'),
    'content',
  ],
  ['a trigger that objects', mysql(1644, 'ER_SIGNAL_EXCEPTION', 'poisoned'), 'trouble'],
  ['SQLite busy', sqlite('SQLITE_BUSY', 'database is locked'), 'conflict'],
  ['SQLite busy with a snapshot', sqlite('SQLITE_BUSY_SNAPSHOT', 'database is locked'), 'conflict'],
  ['SQLite busy in recovery', sqlite('SQLITE_BUSY_RECOVERY', 'database is locked'), 'conflict'],
  ['SQLite locked', sqlite('SQLITE_LOCKED', 'database table is locked'), 'conflict'],
  [
    'SQLite with a taken key',
    sqlite('SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE constraint failed: x.y'),
    'duplicate',
  ],
  [
    'SQLite with a taken primary key',
    sqlite('SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE constraint failed: x.id'),
    'duplicate',
  ],
  [
    'SQLite without what must be there',
    sqlite('SQLITE_CONSTRAINT_NOTNULL', 'NOT NULL constraint failed'),
    'trouble',
  ],
  ['SQLite on a full disk', sqlite('SQLITE_FULL', 'database or disk is full'), 'trouble'],
  ['SQLite on a broken disk', sqlite('SQLITE_IOERR_WRITE', 'disk I/O error'), 'trouble'],
  [
    'SQLite without the right to write',
    sqlite('SQLITE_READONLY', 'attempt to write a readonly database'),
    'trouble',
  ],
  ['SQLite without its file', sqlite('SQLITE_CANTOPEN', 'unable to open database file'), 'trouble'],
  ['SQLite with a file that is none', sqlite('SQLITE_NOTADB', 'file is not a database'), 'trouble'],
  ['SQLite without a table', sqlite('SQLITE_ERROR', 'no such table: rebound_bounces'), 'trouble'],
  ['SQLite with a query that is none', sqlite('SQLITE_ERROR', 'near "selct": syntax error'), 'trouble'],
  ['SQLite with a trigger that objects', sqlite('SQLITE_CONSTRAINT_TRIGGER', 'poisoned'), 'trouble'],
  ['SQLite in a race for its lock', sqlite('SQLITE_PROTOCOL', 'locking protocol'), 'conflict'],
  ['SQLite interrupted', sqlite('SQLITE_INTERRUPT', 'interrupted'), 'lost'],
  ['a number that nobody knows', mysql(9999, 'ER_NEW', 'news'), 'trouble'],
  ['a mistake of our own', new TypeError('x is not a function'), 'trouble'],
  ['not an error', 'a word', 'trouble'],
  ['nothing', null, 'trouble'],
]

describe('a database that says', () => {
  it.each(table)('%s', (_what, error, failure) => {
    expect(failureOf(error)).toBe(failure)
  })
})

// Mail is stored without its text for these alone: each is a value that its column does not take.
it('knows a closed list of value errors', () => {
  const values = [...mysqlFailures].filter(([, failure]) => failure === 'content').map(([number]) => number)
  expect(values).toEqual([1153, 1264, 1265, 1292, 1300, 1366, 1367, 1406, 3854, 3988])
  const prefixes = sqliteFailures.filter(([, failure]) => failure === 'content').map(([prefix]) => prefix)
  expect(prefixes).toEqual(['SQLITE_TOOBIG', 'SQLITE_MISMATCH'])
})

it('takes every other number for trouble of its own, or for one that passes', () => {
  for (let number = 1_000; number < 5_000; number++) {
    const failure = failureOf(mysql(number, `ER_${number}`, 'some words'))
    expect(failure, `${number}`).toBe(mysqlFailures.get(number) ?? 'trouble')
  }
})
