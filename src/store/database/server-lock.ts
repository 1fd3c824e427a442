// One server for an SQLite file: a lock beside it that dies with the process that holds it, however that ends.

import { closeSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeFolder } from '../../system/folder.ts'
import { openFile } from './glance.ts'
import { sqliteFile } from './sqlite-file.ts'

export interface ServerLock {
  readonly release: () => void
}

/** Another server has the file. */
export class ServerLockedError extends Error {
  /** The database's file. */
  readonly file: string
  /** The process that holds the lock, as it wrote it down; null where that cannot be read. */
  readonly pid: number | null

  constructor(file: string, pid: number | null) {
    super(`${file} is used by another server${pid === null ? '' : `, process ${pid}`}`)
    this.file = file
    this.pid = pid
  }
}

const retryMs = 100
/** Where SQLite's header has `user_version`, big-endian (https://sqlite.org/fileformat.html, 1.3). */
const pidOffset = 60

/**
 * Takes the lock of a server on an `sqlite:` address; null for databases that many servers may share, in memory, and for a
 * folder. Commands do not take it. Throws ServerLockedError once another has held it for `waitMs`, and what the system says.
 * @param onWait told once, when another server has it
 */
export async function lockForServer(
  url: string,
  { waitMs, onWait }: { readonly waitMs: number; readonly onWait?: (held: ServerLockedError) => void },
): Promise<ServerLock | null> {
  const file = url.startsWith('sqlite:') ? sqliteFile(url) : ''
  if (file === '' || file === ':memory:' || statSync(file, { throwIfNoEntry: false })?.isDirectory())
    return null
  const lockFile = `${realFile(file)}-server`
  makeFile(lockFile)
  const until = performance.now() + waitMs
  for (let tries = 0; ; tries++) {
    const lock = tryLock(lockFile)
    if (lock) return lock
    const held = new ServerLockedError(file, readPid(lockFile))
    if (performance.now() >= until) throw held
    if (tries === 0) onWait?.(held)
    await pause(retryMs)
  }
}

/** Two names of one file, as symbolic links make them, share a lock. */
function realFile(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function makeFile(path: string): void {
  makeFolder(dirname(path))
  closeSync(openSync(path, 'a', 0o600))
}

/**
 * Node has no locks of files; SQLite's do the same everywhere it runs. In locking mode `exclusive` the lock of the first
 * write stays until the connection is closed, and the system takes it from a process that dies.
 */
function tryLock(path: string): ServerLock | null {
  const handle = openFile(path, { readonly: false, timeout: 0 })
  try {
    handle.pragma('locking_mode = exclusive')
    // No second file beside this one: what is in it is worth nothing after a crash.
    handle.pragma('journal_mode = memory')
    handle.exec(`begin exclusive; pragma user_version = ${process.pid}; commit`)
    return { release: () => void handle.close() }
  } catch (error) {
    handle.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}

/** Past SQLite, which reads nothing of a file that is locked. */
function readPid(path: string): number | null {
  const header = readFileSync(path)
  return header.length < pidOffset + 4 ? null : header.readInt32BE(pidOffset) || null
}
