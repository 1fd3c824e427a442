// Once before the suite: says what it leaves out, and builds `dist`, so that end-to-end tests run what users run.

import { execFileSync } from 'node:child_process'
import { leftOut } from './mariadb.ts'

export function setup(): void {
  const missing = leftOut()
  // Where the databases are promised, leaving one out is a failure and no line to overlook.
  if (missing !== null && process.env.REBOUND_TEST_REQUIRE_MYSQL === '1') throw new Error(missing)
  if (missing !== null) process.stderr.write(`${missing}\n`)
  if (process.env.REBOUND_TEST_SKIP_BUILD === '1') return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  })
}
