// The verdict of a recipient stays when a mail changes in ways that leave what it says: in 99.5 % of the pairs, and
// never from soft to hard.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { compose, scenariosOf, writerNames } from '../../src/harness/compose.ts'
import { fixtures } from '../report/fixtures.ts'
import { changes } from './changes.ts'
import { type Difference, judged, outcomeOf } from './pairs.ts'

const MIN_STAYED = 0.995

async function measured(mails: readonly { readonly name: string; readonly bytes: Buffer }[]) {
  let pairs = 0
  const differences: (Difference & { readonly name: string })[] = []
  for (const { name, bytes } of mails) {
    const outcome = await outcomeOf(bytes)
    pairs += outcome.pairs
    differences.push(...outcome.differences.map(difference => ({ ...difference, name })))
  }
  return { pairs, differences }
}

const told = ({ name, change, before, after }: Difference & { readonly name: string }): string =>
  `${name}, ${change}: ${before} → ${after}`

function check({ pairs, differences }: Awaited<ReturnType<typeof measured>>): void {
  expect(differences.filter(({ falselyHard }) => falselyHard).map(told)).toEqual([])
  const stayed = (pairs - differences.length) / pairs
  expect(stayed, differences.map(told).join('\n')).toBeGreaterThanOrEqual(MIN_STAYED)
}

describe('changed without changing what they say', () => {
  it('has changes of every kind', () => expect(changes.length).toBeGreaterThan(100))

  it('fixtures keep their verdicts', async () => {
    const result = await measured(fixtures())
    expect(result.pairs).toBeGreaterThan(10000)
    check(result)
  })

  const context = { returnPath: 'b-mfqxg2lq7k@bounces.crm.example', at: new Date('2026-11-03T09:00:00Z') }
  const composers = writerNames.filter(writer => writer !== 'mailbox')
  const scenarios = ['unknown-user', 'mailbox-full', 'spam-block', 'ip-block'] as const
  const composed = composers.flatMap(writer =>
    scenarios
      .filter(scenario => scenariosOf(writer).includes(scenario))
      .map(scenario => ({
        name: `${writer} ${scenario}`,
        bytes: compose(writer, scenario, { ...context, seed: 'metamorphic' }).raw,
      })),
  )

  it('reports of every program of the harness keep theirs', async () => {
    expect(composed.length).toBeGreaterThan(40)
    check(await measured(composed))
  })

  it('one refusal told by ten programs is one verdict', async () => {
    const hardness = new Map<string, Set<string>>()
    for (const { name, bytes } of composed) {
      const scenario = name.split(' ')[1] ?? ''
      const types = hardness.get(scenario) ?? new Set<string>()
      hardness.set(scenario, types)
      for (const { verdict } of (await judged(bytes)).recipients) types.add(verdict?.type ?? 'none')
    }
    expect([...hardness].map(([scenario, types]) => [scenario, [...types]])).toEqual([
      ['unknown-user', ['hard']],
      ['mailbox-full', ['soft']],
      ['spam-block', ['soft']],
      ['ip-block', ['soft']],
    ])
  })
})

// Other people's mails are not part of the project: REBOUND_TEST_MAILS names a folder of them.
const folder = process.env.REBOUND_TEST_MAILS
const isThere = folder !== undefined && existsSync(folder)
if (!isThere) console.log('metamorphic: REBOUND_TEST_MAILS names no folder, mails of others were left out')

test.runIf(isThere)('mails of others keep their verdicts', { timeout: 600_000 }, async () => {
  const names = readdirSync(folder ?? '', { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.eml'),
  )
  const mails = names.map(name => ({ name, bytes: readFileSync(join(folder ?? '', name)) }))
  const { pairs, differences } = await measured(mails)
  const stayed = (pairs - differences.length) / pairs
  expect(stayed, differences.map(told).join('\n')).toBeGreaterThanOrEqual(MIN_STAYED)
})
