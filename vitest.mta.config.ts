// `npm run test:mta`: Rebound with real mail servers. Its own suite, because it needs root and two Debian packages.

import { defineConfig } from 'vitest/config'
import { within } from './test/patience.ts'

export default defineConfig({
  test: {
    include: ['test/mta/*.mta.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: within(30_000),
    hookTimeout: within(60_000),
    passWithNoTests: true,
  },
})
