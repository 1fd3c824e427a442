// Every fixture is judged as its JSON says: a bounce has a type and a category for each recipient, other mail has none.

import { describe, expect, it } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { fixtures, read } from '../report/fixtures.ts'

const { judge } = createJudge({ rules: [] })

describe.each(fixtures())('$name', ({ bytes, expected }) => {
  it('is judged as its JSON says', async () => {
    const { kind, recipients } = judge(await read(bytes))
    const told = recipients.map(({ verdict }) =>
      kind === 'bounce' ? { type: verdict?.type ?? null, category: verdict?.category ?? null } : verdict,
    )
    expect(told).toEqual(
      expected.recipients.map(({ type, category }) => (kind === 'bounce' ? { type, category } : null)),
    )
  })
})
