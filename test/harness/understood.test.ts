// Every writer with every scenario in many wordings: the reader finds the codes and causes that the harness expects.

import { expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'
import { everyPair } from '../../src/harness/mix.ts'
import { createReader } from '../../src/reader.ts'
import { within } from '../patience.ts'

const reader = createReader()
const seeds = Array.from({ length: 12 }, (_, index) => `seed ${index}`)
const situation = {
  returnPath: 'b-abc@bounces.crm.example',
  recipient: 'ana@example.org',
  at: new Date('2026-03-04T05:06:07Z'),
}
// 20 MB each, in the wordings of `unknown-user`.
const pairs = everyPair().filter(({ scenario }) => scenario !== 'huge')

test.each(pairs)('$writer $scenario', { timeout: within(30_000) }, async ({ writer, scenario }) => {
  for (const seed of seeds) {
    const { raw, expected } = compose(writer, scenario, { ...situation, seed })
    const message = await reader.parse(
      (async function* () {
        yield raw
      })(),
    )
    const judged = reader.judge(reader.read(message, { nullSender: true }))
    expect(judged.kind, seed).toBe(expected.kind)
    if (expected.kind !== 'bounce') continue
    const of = judged.recipients.filter(
      ({ address, originalAddress }) => address === expected.address || originalAddress === expected.address,
    )
    const [recipient] = of.length > 0 ? of : judged.recipients
    expect(expected.categories, seed).toContain(recipient?.verdict?.category)
    if (expected.status !== undefined) expect(recipient?.status ?? null, seed).toBe(expected.status)
    if (expected.replyCode !== undefined) expect(recipient?.replyCode ?? null, seed).toBe(expected.replyCode)
  }
})
