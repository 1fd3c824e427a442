// SQLite's write-ahead log, flushed beside the event loop: a COMMIT that flushes stops every connection while the disk works.
// A commit with `synchronous = NORMAL` is whole but not yet on the disk (https://sqlite.org/pragma.html#pragma_synchronous);
// nobody may be answered, or see it, before it is flushed.

import { close, fdatasync, fdatasyncSync, open } from 'node:fs'
import { promisify } from 'node:util'
import { UnknownOutcome } from './failures.ts'

/** Of better-sqlite3. */
export interface SqliteHandle {
  readonly inTransaction: boolean
  pragma(text: string): unknown
  prepare(sql: string): object
}

export interface SqliteFlush {
  /** Another connection was opened: the log may be another file. */
  readonly opened: () => void
  /**
   * Runs one transaction whose commit flushes nothing, then flushes beside the event loop. Throws what it throws, and
   * UnknownOutcome when nobody knows whether what is committed is on the disk. The caller keeps the connection meanwhile,
   * so that nobody sees what the power could still take.
   */
  readonly around: <T>(handle: SqliteHandle, transaction: () => T | Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** Of the file system and the clock; tests give a disk that fails. */
export interface FlushCalls {
  readonly open: (path: string) => Promise<number>
  readonly fdatasync: (file: number) => Promise<void>
  readonly fdatasyncSync: (file: number) => void
  readonly close: (file: number) => Promise<void>
  /** Milliseconds. */
  readonly now: () => number
}

/** A disk that was last this quick is waited for: handing the flush to a thread and back costs as much. */
const quickMs = 2

const openFile = promisify(open)
const system: FlushCalls = {
  open: path => openFile(path, 'r+'),
  fdatasync: promisify(fdatasync),
  fdatasyncSync,
  close: promisify(close),
  now: () => performance.now(),
}

/** @param path of the database; null for one in memory, which has nothing to flush */
export function createSqliteFlush(path: string | null, calls: FlushCalls = system): SqliteFlush {
  let file: number | null = null
  /** A flush failed. */
  let isDoubtful = false
  let isQuick = false

  const letGo = async (): Promise<void> => {
    const old = file
    file = null
    if (old !== null) await calls.close(old)
  }

  const flush = async (handle: SqliteHandle): Promise<void> => {
    if (path === null) return
    // After a failed flush the kernel may take the pages for written: flushing the log again would prove nothing. What it
    // holds is copied into the database, and the copy is flushed.
    const wasDoubtful = isDoubtful
    isDoubtful = true
    // Where the log cannot be opened by its name (no descriptor is left), its copy is flushed as well.
    file ??= await calls.open(`${path}-wal`).catch(() => null)
    if (wasDoubtful || file === null) {
      copyLog(handle)
      isDoubtful = false
      return
    }
    const started = calls.now()
    if (isQuick) calls.fdatasyncSync(file)
    else await calls.fdatasync(file)
    isQuick = calls.now() - started < quickMs
    isDoubtful = false
  }

  return {
    opened: () => {
      void letGo().catch(() => {})
    },
    around: async (handle, transaction) => {
      handle.pragma('synchronous = NORMAL')
      let result: Awaited<ReturnType<typeof transaction>>
      try {
        result = await transaction()
      } finally {
        handle.pragma('synchronous = FULL')
      }
      try {
        await flush(handle)
      } catch (error) {
        throw new UnknownOutcome('It is not known whether the commit is on the disk', { cause: error })
      }
      return result
    },
    close: letGo,
  }
}

interface Checkpointed {
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

function copyLog(handle: SqliteHandle): void {
  const [told] = handle.pragma('wal_checkpoint(full)') as readonly Checkpointed[]
  if (told?.busy !== 0 || told.log !== told.checkpointed)
    throw new Error('The log could not be flushed, nor be copied into the database')
}
