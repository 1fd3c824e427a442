// Whether the compiled SQLite that is installed here can run on this Node without aborting it.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** With Node's headers from 24.19 on, every prepared statement calls this when it is collected. */
const deadly = 'RemoveEnvironmentCleanupHook'

/**
 * What is wrong with the build, and what to run instead; null when it can be used. On Node 24.19 and later versions of 24
 * a module compiled with their headers aborts the process at a garbage collection (nodejs/node issue 65446).
 * @param node the version, as `process.versions.node` has it
 */
export function sqliteBuildFault(
  node: string = process.versions.node,
  binary: () => Buffer = installedBinary,
): string | null {
  const [major, minor = 0] = node.split('.').map(Number)
  if (major !== 24 || minor < 19 || !binary().includes(deadly)) return null
  return (
    `SQLite was compiled with the headers of Node ${node}, with which it aborts the process: run ` +
    '`npm_config_target=24.18.1 npm_config_build_from_source=true npm rebuild better-sqlite3`, or use Node 22 or 26'
  )
}

function installedBinary(): Buffer {
  const home = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
  try {
    return readFileSync(join(home, 'build/Release/better_sqlite3.node'))
  } catch {
    // Opening the database says what is missing.
    return Buffer.alloc(0)
  }
}
