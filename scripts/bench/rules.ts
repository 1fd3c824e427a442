// Judging with 10 and with 10,000 operators' rules: the cost should not depend on their number.

import { createReader } from '../../src/reader.ts'
import { onePiece } from '../one-piece.ts'
import { fiveKilobyteReports } from './mails.ts'
import { compare, timed } from './rounds.ts'

const rulesOf = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({
    section: (['body', 'subject', 'from', 'recipients'] as const)[index % 4],
    text: `a phrase that no mail holds, number ${index}`,
    type: (['hard', 'soft', 'both'] as const)[index % 3],
    stage: index % 2 === 0 ? 'override' : 'fallback',
  }))

/** Wanted: within 20 %. */
export async function benchRules(): Promise<void> {
  const mails = fiveKilobyteReports()
  const run = (count: number) => {
    const reader = createReader({ rules: rulesOf(count) })
    return () => timed(mails, async mail => reader.judge(reader.read(await reader.parse(onePiece(mail)))))
  }
  await compare(
    'judging with rules',
    'mails/s',
    9,
    { name: '10 rules', run: run(10) },
    { name: '10,000 rules', run: run(10_000) },
  )
}
