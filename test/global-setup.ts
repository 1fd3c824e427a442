// Once before the suite: chooses a place for files, says what is left out, and builds `dist`, so that end-to-end tests run what users run.

import { execFileSync } from 'node:child_process'
import { leftOut } from './mariadb.ts'
import { keepFilesInMemory } from './temporary.ts'
import { toolsLeftOut } from './tools.ts'

export function setup(): void {
  keepFilesInMemory()
  const missing = leftOut()
  // Where the databases are promised, leaving one out is a failure and no line to overlook.
  if (missing !== null && process.env.REBOUND_TEST_REQUIRE_MYSQL === '1') throw new Error(missing)
  if (missing !== null) process.stderr.write(`${missing}\n`)
  const tools = toolsLeftOut()
  if (tools !== null && process.env.REBOUND_TEST_REQUIRE_TOOLS === '1') throw new Error(tools)
  if (tools !== null) process.stderr.write(`${tools}\n`)
  if (process.env.REBOUND_TEST_SKIP_BUILD === '1') return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  })
}
