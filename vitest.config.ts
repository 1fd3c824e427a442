import { defineConfig } from 'vitest/config'
import { within } from './test/patience.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: within(20_000),
    hookTimeout: within(60_000),
    expect: { poll: { timeout: within(10_000) } },
  },
})
