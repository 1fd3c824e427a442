// A copy of an SQLite database made while a server writes into it, by SQLite's own backup API.

import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openFile } from './glance.ts'
import { sqliteFile } from './sqlite-file.ts'

export interface Backup {
  /** Absolute. */
  readonly file: string
  readonly bytes: number
}

/** The copy cannot be made, or is not whole; the message says what to do. */
export class BackupError extends Error {}

/** More pages than a database has (https://sqlite.org/limits.html): one step reads one state, despite other writers. */
const allPages = 2 ** 31 - 1

/**
 * Copies the database of an `sqlite:` address as it is at one moment, with all that is committed. Readers and writers go on.
 * The file is there only once it is whole, checked and on the disk; mode 0600. Throws BackupError.
 */
export async function backupSqlite(url: string, target: string): Promise<Backup> {
  const file = resolve(target)
  const partial = `${file}.part`
  // Taken at once, so that no other backup takes the name, and with our mode from its first byte on.
  create(file, partial)
  try {
    const source = openSource(sqliteFile(url))
    try {
      await source.backup(partial, { progress: () => allPages })
    } finally {
      source.close()
    }
    check(partial)
    flush(partial)
    renameSync(partial, file)
    flush(dirname(file))
    return { file, bytes: statSync(file).size }
  } catch (error) {
    for (const part of [partial, `${partial}-wal`, `${partial}-shm`, `${partial}-journal`])
      rmSync(part, { force: true })
    if (error instanceof BackupError) throw error
    throw new BackupError(`${file} could not be written (${(error as Error).message}); nothing is left of it`)
  }
}

function create(file: string, partial: string): void {
  if (statSync(file, { throwIfNoEntry: false }))
    throw new BackupError(`${file} is there already: write the name of a file that is not`)
  try {
    closeSync(openSync(partial, 'wx', 0o600))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new BackupError(
      code === 'EEXIST'
        ? `${partial} is there already: another backup writes it, or one was killed; remove it in that case`
        : `${file} cannot be made (${message}): write the name of a file in a folder that is there`,
    )
  }
}

function openSource(path: string): ReturnType<typeof openFile> {
  try {
    return openFile(path, { readonly: true })
  } catch (error) {
    throw new BackupError(`DATABASE_URL: SQLite ${path} cannot be opened (${(error as Error).message})`)
  }
}

/** A copy that nobody can restore is worse than none. */
function check(path: string): void {
  const copy = openFile(path, { readonly: false })
  try {
    // One file, which needs no log beside it.
    copy.pragma('journal_mode = DELETE')
    const found = copy.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw new BackupError(`The copy is damaged (${found}): check the database itself`)
  } finally {
    copy.close()
  }
}

function flush(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
