import { describe, expect, test } from 'vitest'
import { templateFaults } from '../../src/return-path/template.ts'
import { domain, minted, noon, paths } from './paths.ts'

function check(template: string, local: string, expected: object | null): void {
  const raw = `${local}@${domain}`
  const path = paths({ legacy: [template] }).read(raw, noon)
  const send = { module: 'contacts', campaign: null, mailId: null, addressCheck: null, ...expected }
  const found = { kind: 'legacy', raw, canonical: raw.toLowerCase(), send }
  expect(path).toEqual(expected === null ? { kind: 'unknown', raw } : found)
}

describe('unsigned patterns', () => {
  const usual = 'bounce-{module}-{id}-{campaign}'
  const full = { module: 'leads', recordId: '42', campaign: { id: '7' } }
  test.each([
    [usual, 'bounce-leads-42-7', full],
    [usual, 'BOUNCE-Leads-aB-7', { ...full, recordId: 'aB' }],
    [
      usual,
      'bounce-leads-3f2504e0-4f89-11d3-9a0c-0305e82c3301-7',
      { ...full, recordId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' },
    ],
    [usual, 'bounce-accounts-42-7', null],
    [usual, 'bounce-leads-42', null],
    [usual, 'bounce-leads--7', null],
    [usual, 'bounce-leads-42-', null],
    [usual, 'bounce--42-7', null],
    [usual, 'xbounce-leads-42-7', null],
    [usual, 'bounce-', null],
    [usual, `bounce-leads-${'4'.repeat(64)}-7`, { ...full, recordId: '4'.repeat(64) }],
    [usual, `bounce-leads-${'4'.repeat(65)}-7`, null],
    [usual, 'bounce-leads-4=2-7', null],
    [usual, 'bounce-leads-4 2-7', null],
    ['bounce-{id}', 'bounce-42', { recordId: '42' }],
    ['leads: bounce-{id}', 'bounce-42', { module: 'leads', recordId: '42' }],
    ['v.{mail}.{id}.c{campaign}x', 'v.m1.42.c9x', { recordId: '42', mailId: 'm1', campaign: { id: '9' } }],
    ['v.{mail}.{id}.c{campaign}x', 'v.m1.42.c9', null],
    ['n{id}-{campaign}-x', 'n4-2-7-x', { recordId: '4-2', campaign: { id: '7' } }],
    ['{id}.bounce', '42.bounce', { recordId: '42' }],
    ['{id}.bounce', '.bounce', null],
    ['news+{id}', 'news+42', { recordId: '42' }],
    [`bounce-{id}@${domain}`, 'bounce-42', { recordId: '42' }],
    ['bounce-{id}@Rücklauf.example', 'bounce-42', null],
    [usual, `bounce-leads-${'-'.repeat(800)}`, null],
  ] as const)('%s: %s', check)

  test('the first template that fits decides', () => {
    const path = paths({ legacy: ['bounce-{id}-{campaign}', 'bounce-{id}'] }).read(`bounce-4@${domain}`, noon)
    expect(path).toMatchObject({ kind: 'legacy', send: { recordId: '4', campaign: null } })
  })

  test('a pattern is found inside a wrapper, and before a plus-tag is cut off', () => {
    const both = paths({ legacy: ['bounces+{id}'] })
    expect(both.read(`prvs=1234abcdef=bounces+42@${domain}`, noon)).toMatchObject({
      kind: 'legacy',
      canonical: `bounces+42@${domain}`,
      send: { recordId: '42' },
    })
  })

  test('an address pattern names the address, with its check', () => {
    const both = paths({ legacy: ['bounces+{user}={domain}'] })
    const path = both.read(`bounces+Ana=b=Example.org@${domain}`, noon)
    expect(path).toMatchObject({ kind: 'legacy', address: 'Ana=b@example.org', send: { recordId: '' } })
    expect('send' in path && both.matches(path.send, 'ana=b@example.org')).toBe(true)
    expect(both.read(`bounces+ana=@${domain}`, noon).kind).toBe('unknown')
    expect(both.read(`bounces+=example.org@${domain}`, noon).kind).toBe('unknown')
    expect(both.read(`bounces+ana=exam ple@${domain}`, noon).kind).toBe('unknown')
  })

  test('a signed or forged path is never taken for a pattern', () => {
    const greedy = paths({ legacy: ['{id}-{campaign}'] })
    const address = minted('42')
    expect(greedy.read(address, noon).kind).toBe('signed')
    expect(greedy.read(address.replace('b-', 'b-0'), noon).kind).toBe('forged')
  })
})

describe('a template that cannot work', () => {
  test.each([
    ['bounce-{record}', 'write one of {module} {id} {campaign} {mail} {user} {domain}'],
    ['bounce-{id', 'write placeholders as {id}, and no blanks'],
    ['bounce {id}', 'write placeholders as {id}, and no blanks'],
    ['bounce-{id}-{id}', 'write each placeholder once'],
    ['bounce-{id}{campaign}', 'write a separator between two placeholders'],
    ['{id}', 'write some fixed text'],
    ['', 'write some fixed text'],
    ['b-{id}', 'our own signed and stored paths'],
    ['S-{id}', 'our own signed and stored paths'],
    ['bounce-{user}', 'write {user} and {domain} together'],
    ['bounce-{campaign}', 'write {id}, or {user} and {domain}'],
    ['bounce', 'write {id}, or {user} and {domain}'],
    ['accounts: bounce-{id}', 'write a module in front of the colon: contacts, companies, leads'],
    ['leads: bounce-{module}-{id}', 'not both'],
    ['bounce-{id}@elsewhere.example', 'write one of our domains behind the @: bounces.crm.example'],
  ])('%j is refused: %s', (template, message) => {
    expect(() => paths({ legacy: [template] })).toThrow(RangeError)
    expect(() => paths({ legacy: [template] })).toThrow(message)
  })

  test('all faults of a list are named at once', () => {
    const templates = ['bounce-{id}', '{id}', 'x-{id}@RÜCKLAUF.example', 'bounce']
    expect(templateFaults(templates, ['contacts'], [domain, 'rücklauf.example'])).toEqual([
      expect.stringMatching(/^legacy template "\{id\}": write some fixed text/),
      expect.stringMatching(/^legacy template "bounce": write \{id\}/),
    ])
  })
})
