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
  for (const version of testedRuntimes) {
    console.log(`Node ${version}: installing it and compiling SQLite for it, a minute or two`)
    const runtime = installRuntime(version, root, join(scratch, version))
    if (runtime.sqliteFault !== null)
      console.log(`NOT TESTED: Node ${version} with SQLite, which does not compile: ${runtime.sqliteFault}`)
    else {
      await firstBounce(runtime, null)
      console.log(`ok  Node ${version} with SQLite records the first bounce`)
    }
    await firstBounce(runtime, await mariadb.newDatabase())
    console.log(`ok  Node ${version} with MariaDB records the first bounce`)
  }
} finally {
  await mariadb.stop()
  rmSync(scratch, { recursive: true, force: true })
}
