// File descriptors: each connection takes one, and HTTP, the database and files need some in any case.

import { readFile } from 'node:fs/promises'

/** What stays for everything but SMTP connections. */
const reserved = 256

/** How many files this process may have open; null where the system does not say. */
export async function openFilesLimit(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return soft === undefined ? null : Number(soft)
}

/** How many SMTP connections a limit of open files allows; of a small limit half. */
export function connectionsWithin(limit: number): number {
  return Math.max(1, limit - Math.min(reserved, Math.ceil(limit / 2)))
}
