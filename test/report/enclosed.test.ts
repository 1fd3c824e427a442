// A report that a gateway or an administrator passes on as an attachment is read as if it had come by itself.

import { expect, it } from 'vitest'
import { changes } from '../metamorphic/changes.ts'
import { outcomeOf } from '../metamorphic/pairs.ts'
import { fixtures } from './fixtures.ts'

const forwarded = changes.filter(({ name }) => name === 'forwarded as an attachment')

it('keeps recipients and verdicts of every report that it encloses', async () => {
  const outcomes = await Promise.all(
    fixtures().map(async ({ name, bytes }) => ({ name, ...(await outcomeOf(bytes, forwarded)) })),
  )
  expect(outcomes.filter(({ pairs }) => pairs > 0).length).toBeGreaterThan(30)
  expect(outcomes.filter(({ differences }) => differences.length > 0)).toEqual([])
})
