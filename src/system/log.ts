// The operator's log: JSON lines on stderr through pino. Data goes to stdout, words to stderr.

import pino from 'pino'
import type { LogLevel } from './log-levels.ts'

export type Log = pino.Logger

/** A logger that writes to stderr, synchronously so that the last words before an exit are not lost. */
export function createLog(level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      // Tokens and database passwords never reach the log.
      redact: ['req.headers.authorization', 'authorization', 'databaseUrl', 'token'],
    },
    pino.destination({ dest: 2, sync: true }),
  )
}
