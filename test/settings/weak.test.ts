// A start warns of a token that is shorter than one with a name may be, and does not show it.

import { expect, test } from 'vitest'
import { weakSettings } from '../../src/settings/weak.ts'

test.each([
  [null, 0],
  ['x', 1],
  ['0123456789abcde', 1],
  ['0123456789abcdef', 0],
])('the API token %j is warned of %i times', (apiToken, times) => {
  const warnings = weakSettings({ apiToken })
  expect(warnings).toHaveLength(times)
  for (const warning of warnings)
    expect(warning).toMatch(/^REBOUND_API_TOKEN has fewer than 16 characters.*openssl rand -hex 32$/)
  if (apiToken !== null && apiToken.length > 1) expect(warnings.join()).not.toContain(apiToken)
})
