import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/order.ts'
import { within } from './test/patience.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Most suites wait for servers more than they compute: with a worker a core, the cores idled half the time. With three
    // the suite takes no less (566 s instead of 532 on two cores).
    maxWorkers: 2 * availableParallelism(),
    // Loading the same modules for each of 250 files took as long as half of their tests. What a test changes
    // outside itself, it puts back.
    isolate: false,
    restoreMocks: true,
    sequence: { sequencer: LongestFirst },
    testTimeout: within(20_000),
    hookTimeout: within(60_000),
    expect: { poll: { timeout: within(10_000) } },
  },
})
