// Makes a folder with its parents, and says what is wrong with one that cannot be used.

import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * As `mkdir -p`; what it makes is this user's alone unless `mode` says otherwise. Throws what the system says.
 * Node's own recursive mkdir never ends where a parent is there and says that it is not, as /proc does.
 */
export function makeFolder(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    const parent = dirname(path)
    if (code !== 'ENOENT' || statSync(parent, { throwIfNoEntry: false })) throw error
    makeFolder(parent, mode)
    // Not mkdirSync: another process may have been faster.
    makeFolder(path, mode)
  }
}

/** Makes the folder where it is not there and tries to write in it; what is wrong with it, else null. */
export function folderFault(path: string): string | null {
  try {
    makeFolder(path)
    rmdirSync(mkdtempSync(join(path, '.try-')))
    return null
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return `is "${path}", where nothing can be written (${reason}): write the path of a folder that this user may write in`
  }
}
