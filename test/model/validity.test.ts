// What one door takes, every door takes: addresses and texts of rules.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { address } from '../../src/http/fields.ts'
import { isLoopback } from '../../src/model/loopback.ts'
import { nearest } from '../../src/model/spelling.ts'
import { isAddress, isId, timeBound } from '../../src/model/validity.ts'
import { isNamedAddress } from '../../src/report/machine/typed-address.ts'
import { isPlainId } from '../../src/return-path/legacy.ts'
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
  test.each([
    ['ana@example.org', true],
    ['"ana b"@example.org', true],
    ['"a\\"b"@example.org', true],
    ['ana@[192.0.2.5]', true],
    ['ana@[IPv6:2001:db8::1]', true],
    ['ana@localhost', true],
    ['a!b%c@example.org', true],
    ['ana@bücher.example', true],
    // A vowel sign is a mark, no letter.
    ['ana@उदाहरण.परीक्षा', true],
    ['ana@mx_1.example.org', true],
    ['"a"b"@example.org', false],
    ['a@b@example.org', false],
    ['ana@exa!mple.org', false],
    ['ana@-example.org', false],
    ['ana@example-.org', false],
    ['ana@example..org', false],
    ['ana@.example.org', false],
    ['ana@example.org.', true],
    ['ana@example.org\u0007', false],
    ['@example.org', false],
    [`${'a'.repeat(320)}@example.org`, false],
  ])('%s: %s', (text, expected) => expect(isAddress(text)).toBe(expected))

  test('one that a report names is one, without the punctuation of the sentence around it', () => {
    for (const text of addresses) expect(isNamedAddress(text)).toBe(isAddress(text))
    expect(isAddress('发送失败：ana@example.org')).toBe(true)
    expect(isNamedAddress('发送失败：ana@example.org')).toBe(false)
  })
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

test('an id as an address carries it is an id, and nothing that others wrap around an address', () => {
  for (const id of ['42', 'a-b_c.d', '0b8f7a52-7f0e-4f3c-9a53-0f4d5a4b9a11']) {
    expect(isPlainId(id)).toBe(true)
    expect(isId(id)).toBe(true)
  }
  for (const id of ['42+tag', '42=example.org', 'ana müller']) {
    expect(isPlainId(id)).toBe(false)
    expect(isId(id)).toBe(true)
  }
})

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::ffff:127.0.0.1', true],
  ['::FFFF:127.0.0.1', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.org', false],
  ['localhost.example.org', false],
  ['10.127.0.0.1', false],
  ['', false],
])('%s is reached from this machine alone: %s', (host, expected) => expect(isLoopback(host)).toBe(expected))

test.each([
  ['mial', ['box', 'mail'], 'mail'],
  ['REBOUND_SMPT_PORT', ['REBOUND_HTTP_PORT', 'REBOUND_SMTP_PORT'], 'REBOUND_SMTP_PORT'],
  ['rebound_smtp_port', ['REBOUND_HTTP_PORT', 'REBOUND_SMTP_PORT'], 'REBOUND_SMTP_PORT'],
  ['Leeds', ['contacts', 'companies', 'leads'], 'leads'],
  ['posfix', ['postfix', 'exim'], 'postfix'],
  ['OFFICE365', ['exchange', 'office-365'], 'office-365'],
  ['a', ['x', 'y'], 'x'],
  ['x'.repeat(1_000_000), ['contacts', 'leads'], 'contacts'],
  ['anything', [], ''],
])('the nearest spelling', (word, names, expected) => expect(nearest(word, names)).toBe(expected))
