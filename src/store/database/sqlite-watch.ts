// Is the SQLite file at its path still the one that is open? A commit into a file that was deleted is lost with the process.

import { statSync } from 'node:fs'

interface Identity {
  readonly device: number
  readonly inode: number
}

export interface SqliteFile {
  /** The file was opened just now. */
  readonly opened: () => void
  /** What is wrong, null when nothing is; costs two calls of `stat`. */
  readonly fault: () => string | null
}

/** The file went away or was replaced under a running server. */
export class SqliteFileGone extends Error {
  readonly code = 'REBOUND_FILE_GONE'
}

/** @param path null for a database in memory */
export function watchSqliteFile(path: string | null): SqliteFile {
  // Its write-ahead log holds what is committed and not yet in the file: deleted, it takes that along.
  const parts = path === null ? [] : [path, `${path}-wal`]
  const known = new Map<string, Identity>()
  return {
    opened: () => {
      known.clear()
      for (const part of parts) {
        const found = identityOf(part)
        if (found) known.set(part, found)
      }
    },
    fault: () => {
      for (const part of parts) {
        const found = identityOf(part)
        const before = known.get(part)
        if (!before && found) known.set(part, found)
        if (!before) continue
        if (!found) return `${part} is gone`
        if (found.device !== before.device || found.inode !== before.inode) return `${part} was replaced`
      }
      return null
    },
  }
}

function identityOf(path: string): Identity | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? { device: found.dev, inode: found.ino } : null
}
