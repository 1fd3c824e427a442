// What a person or a program sees: data on stdout, words on stderr, strangers' text made harmless.

import { once } from 'node:events'

export { harmless } from '../system/harmless.ts'

/** Where a command writes; tests hand in their own. */
export interface Io {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** Resolves once what was written is read: a command that writes without end waits for it now and then. */
  readonly drained?: () => Promise<void>
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Of the terminal that `out` writes to; none where it is a file or a pipe. */
  readonly terminal?: Terminal
}

export interface Terminal {
  readonly columns: number
  /** False too where NO_COLOR is set. */
  readonly hasColors: boolean
}

export const processIo: Io = {
  out: line => process.stdout.write(`${line}\n`),
  err: line => process.stderr.write(`${line}\n`),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
  },
  // Node opens it when it is asked for, and would wait for its end.
  get stdin() {
    return process.stdin
  },
  ...(process.stdout.isTTY
    ? { terminal: { columns: process.stdout.columns, hasColors: process.stdout.hasColors() } }
    : {}),
}

/** A command that ends with words for the person instead of a stack; `exitCode` 1 failed, 2 wrong usage. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2) {
    super(message)
    this.exitCode = exitCode
  }
}

/** A value as one line of JSON. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}
