// A reporter of vitest that names, at the end of a run, every test that passed only when it was tried again.

import type { Reporter, TestModule } from 'vitest/node'

export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules)
      for (const test of module.children.allTests())
        if (test.diagnostic()?.flaky === true)
          console.error(`passed only the second time: ${module.relativeModuleId} > ${test.fullName}`)
  }
}
