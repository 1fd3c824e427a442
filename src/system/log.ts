// The operator's log on stderr, through pino: JSON lines, or words where stderr is a terminal.

import type { WriteStream } from 'node:tty'
import pino from 'pino'
import type { LogLevel } from './log-levels.ts'
import { readableLine } from './readable-log.ts'

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
    process.stderr.isTTY ? forPeople(process.stderr) : pino.destination({ dest: 2, sync: true }),
  )
}

/** A terminal is written to synchronously on every system that we run on. */
function forPeople(terminal: WriteStream): pino.DestinationStream {
  // False too where NO_COLOR is set.
  const hasColors = terminal.hasColors()
  return { write: line => void terminal.write(readableLine(line, { hasColors })) }
}
