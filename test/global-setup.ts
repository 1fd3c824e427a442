// Builds `dist` once before the suite, so that end-to-end tests run what users run.

import { execFileSync } from 'node:child_process'

export function setup(): void {
  if (process.env.REBOUND_TEST_SKIP_BUILD === '1') return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  })
}
