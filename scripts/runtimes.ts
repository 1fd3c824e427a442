// Runs the built server on the other versions of Node that we promise, with SQLite and with MariaDB, and sends it the
// first bounce: `npm run check:runtimes`. Needs `dist`, npm's registry, a C++ toolchain and mariadbd.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startMariadb } from '../test/mariadb.ts'
import { firstBounce } from './runtimes/first-bounce.ts'
import { installRuntime } from './runtimes/install.ts'
import { testedRuntimes } from './runtimes/tested.ts'

const root = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'rebound-runtimes-'))
const mariadb = await startMariadb()
try {
  console.log(
    'Installing the other versions of Node and compiling SQLite for them: a few minutes without a word',
  )
  // Side by side: a compilation of SQLite is one file, and keeps one processor busy.
  const installed = await Promise.all(
    testedRuntimes.map(async tested => ({
      ...tested,
      runtime: await installRuntime(tested, root, join(scratch, tested.version)),
    })),
  )
  for (const { version, headers, runtime } of installed) {
    const name = headers === version ? `Node ${version}` : `Node ${version} with headers of ${headers}`
    if (runtime.sqliteFault !== null)
      console.log(`NOT TESTED: ${name}, SQLite: it does not compile: ${runtime.sqliteFault}`)
    else {
      await firstBounce(runtime, null)
      console.log(`ok  ${name}, SQLite: the first bounce is recorded`)
    }
    await firstBounce(runtime, await mariadb.newDatabase())
    console.log(`ok  ${name}, MariaDB: the first bounce is recorded`)
  }
} finally {
  await mariadb.stop()
  rmSync(scratch, { recursive: true, force: true })
}
