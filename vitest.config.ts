import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { within } from './test/patience.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // One core fewer is the default: of two, half the time would be lost.
    maxWorkers: availableParallelism(),
    testTimeout: within(20_000),
    hookTimeout: within(60_000),
    expect: { poll: { timeout: within(10_000) } },
  },
})
