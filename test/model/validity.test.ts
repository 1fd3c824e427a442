// What one door takes, every door takes: addresses and texts of rules.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { address } from '../../src/http/fields.ts'
import { isAddress, timeBound } from '../../src/model/validity.ts'
import { mintAll } from '../../src/return-path/mint.ts'
import { readRule } from '../../src/rules/rule-file.ts'
import { openWorld, type World } from '../http/world.ts'

describe('an address', () => {
  const addresses = [
    'ana@example.org',
    '"ana b"@example.org',
    '"a@b"@example.org',
    'ana b@example.org',
    'ana@',
    '<a@b.c>',
  ]
  const mints = async (to: string): Promise<boolean> => {
    const steps = {
      modules: ['contacts'],
      campaignNumbers: async () => new Map<string, number>(),
      sign: () => 'b-x@bounces.example',
      store: async () => [],
      register: async () => {},
      countSends: async () => {},
    }
    return mintAll([{ module: 'contacts', id: '1', to }], { count: false }, steps).then(
      () => true,
      () => false,
    )
  }
  test.each(addresses)('%s is minted for, and set, alike', async text => {
    expect(await mints(text)).toBe(isAddress(text))
    expect(address.safeParse(text).success).toBe(isAddress(text))
  })
  test('quoted is one', () => expect(isAddress('"ana b"@example.org')).toBe(true))
})

describe('the text of a rule', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world.close())
  const texts = [
    'mailbox closed',
    'a\ttab',
    'two\nlines',
    'a\u0085b',
    'bell\u0007',
    '\ud800',
    '',
    'x'.repeat(101),
  ]
  test.each(texts)('%j is taken alike by import and HTTP', async text => {
    const rule = { section: 'body', text, type: 'hard' }
    const { status } = await world.ask('POST', '/v1/rules', { body: rule })
    expect(status).toBe(readRule(rule).ok ? 201 : 400)
  })
  test('a tab is one', () =>
    expect(readRule({ section: 'body', text: 'a\ttab', type: 'hard' }).ok).toBe(true))
})

test.each<[text: string, bound: 'from' | 'to', expected: string | null]>([
  ['2026-01-31', 'from', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31', 'to', '2026-02-01T00:00:00.000Z'],
  ['2026-01-31T08:00:00+01:00', 'from', '2026-01-31T07:00:00.000Z'],
  ['2026-01-31T08:00Z', 'to', '2026-01-31T08:00:00.000Z'],
  ['2026-02-31', 'from', null],
  ['2026-01-31T08:00:00', 'to', null],
  ['yesterday', 'from', null],
  ['', 'from', null],
])('the bound %j, as %s, is %s', (text, bound, expected) =>
  expect(timeBound(text, bound)?.toISOString() ?? null).toBe(expected),
)
