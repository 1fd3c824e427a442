// The operator's log on stderr, through pino: JSON lines, or words where stderr is a terminal.

import type { WriteStream } from 'node:tty'
import pino from 'pino'
import { createLineBuffer } from './line-buffer.ts'
import type { LogLevel } from './log-levels.ts'
import { readableLine } from './readable-log.ts'

export type Log = pino.Logger

/**
 * A logger that writes to stderr: lines together within 100 ms, and all that is left at exit and after a fatal one.
 * @param shown a line as it may be written: without addresses, where the operator wants none
 */
export function createLog(level: LogLevel, shown: (line: string) => string = line => line): Log {
  const out = process.stderr.isTTY ? forPeople(process.stderr) : forPrograms()
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      // Tokens and database passwords never reach the log.
      redact: ['req.headers.authorization', 'authorization', 'databaseUrl', 'token'],
    },
    { ...out, write: line => out.write(shown(line)) },
  )
}

function forPrograms(): pino.DestinationStream {
  const lines = createLineBuffer(
    2,
    lost =>
      `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lost, msg: 'log lines lost' })}\n`,
  )
  process.on('exit', lines.flushSync)
  return lines
}

/** A terminal is written to synchronously on every system that we run on. */
function forPeople(terminal: WriteStream): pino.DestinationStream {
  // False too where NO_COLOR is set.
  const hasColors = terminal.hasColors()
  return { write: line => void terminal.write(readableLine(line, { hasColors })) }
}
