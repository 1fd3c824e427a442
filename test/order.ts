// The order of the test files: the longest first, so that no worker begins one when the others are done.

import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest by far. Vitest remembers how long each file took, but in a fresh checkout it knows only their sizes. */
export const longest: readonly string[] = [
  'test/mailbox/every-door.test.ts',
  'test/page/everyone.test.ts',
  'test/end-to-end/process.test.ts',
  'test/end-to-end/own-tables.test.ts',
  'test/end-to-end/rules.test.ts',
  'test/mailbox/fetcher.test.ts',
  'test/mailbox/fetching.test.ts',
  'test/end-to-end/faults.test.ts',
  'test/end-to-end/export-memory.test.ts',
  'test/message/cost.test.ts',
  'test/message/examined.test.ts',
  'test/reading/beside.test.ts',
  'test/end-to-end/polling.test.ts',
  'test/end-to-end/thresholds.test.ts',
  'test/harness/everything.test.ts',
  'test/end-to-end/keys.test.ts',
  'test/end-to-end/spread.test.ts',
  'test/end-to-end/incidents.test.ts',
  'test/store/retention.test.ts',
  'test/end-to-end/linking.test.ts',
  'test/end-to-end/soak.test.ts',
  'test/end-to-end/webhooks.test.ts',
  'test/page/hostile.test.ts',
  'test/metamorphic/metamorphic.test.ts',
  'test/docs/connect-your-crm.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.indexOf(relative(this.ctx.config.root, moduleId))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
