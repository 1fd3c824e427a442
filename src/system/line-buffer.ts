// Lines gathered and written together: a write for each line would cost as much as receiving a mail.

import { writeSync } from 'node:fs'

export interface LineBuffer {
  /** Takes a line with its line end; it is written within 100 ms. */
  readonly write: (line: string) => void
  /** Writes what is left now: before the process ends. */
  readonly flushSync: () => void
}

const flushMs = 100
/** In characters: as much is written at once. */
const gathered = 16 * 1024
/** What a reader that does not read may make us keep; beyond it lines are dropped. */
const maxKept = 4 * 1024 * 1024
/** How long the last words wait for such a reader. */
const lastWordsMs = 1_000
const stepMs = 10

/**
 * Writes lines to a file descriptor. Never throws: nobody could be told. `onLost` gives the line that says how many
 * were dropped while the reader did not read.
 */
export function createLineBuffer(
  fd: number,
  onLost: (lines: number) => string,
  write: (fd: number, bytes: Uint8Array) => number = writeSync,
): LineBuffer {
  let text = ''
  let rest = Buffer.alloc(0)
  let lost = 0
  let timer: NodeJS.Timeout | null = null

  /** False when the reader takes no more for now. */
  const flush = (): boolean => {
    if (timer) clearTimeout(timer)
    timer = null
    if (text !== '') rest = Buffer.concat([rest, Buffer.from(text)])
    text = ''
    try {
      while (rest.length > 0) rest = rest.subarray(write(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
      // Nobody reads any more, or the disk is full: what cannot be written is not kept.
      rest = Buffer.alloc(0)
    }
    if (lost > 0) text = onLost(lost)
    lost = 0
    return true
  }
  const flushLater = (): void => {
    timer ??= setTimeout(() => {
      if (!flush() || text !== '') flushLater()
    }, flushMs).unref()
  }
  return {
    write: line => {
      if (text.length + rest.length > maxKept) lost += 1
      else text += line
      // While the reader takes nothing, each line would only ask again.
      if (text.length >= gathered && rest.length === 0) flush()
      if (text !== '' || rest.length > 0) flushLater()
    },
    flushSync: () => {
      for (let waited = 0; !flush() && waited < lastWordsMs; waited += stepMs)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs)
      if (text !== '') flush()
    },
  }
}
