// What a person or a program sees: data on stdout, words on stderr, strangers' text made harmless.

import { once } from 'node:events'

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

/** C0, DEL, C1 and the bidirectional controls: what could move the cursor or reorder what is read. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from a mail as it may be shown on a terminal: control characters as `\x1b`, `\u202e`. */
export function harmless(text: string): string {
  return text.replace(unsafe, character => {
    const code = character.charCodeAt(0)
    if (character === '\t') return ' '
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A value as one line of JSON. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}
