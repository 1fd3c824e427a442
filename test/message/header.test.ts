// Header fields, address lists and parameters, as written and as miswritten.

import { describe, expect, it } from 'vitest'
import { decodeWords } from '../../src/message/encoded-word.ts'
import { addressesIn, all, first, parseHeader, parseStructured } from '../../src/message/header.ts'

describe('a header block', () => {
  const check = (block: string, expected: readonly (readonly [string, string])[]): void =>
    expect(parseHeader(block).map(field => [field.name, field.value])).toEqual(expected)

  it('folds, in any case, with blanks before the colon', () =>
    check('SUBJECT : a\n\tb\n c\nTo:x\n\nBody: no', [
      ['subject', 'a\tb c'],
      ['to', 'x'],
    ]))
  it('skips lines that are no fields', () => check('garbage\n: none\nbad name: x\nOk: y\n', [['ok', 'y']]))
  it('takes a line of blanks for nothing', () =>
    check('A: b\n \t\nC: d', [
      ['a', 'b'],
      ['c', 'd'],
    ]))
  it('decodes raw eight-bit text', () =>
    check('A: caf\xc3\xa9\nB: caf\xe9', [
      ['a', 'café'],
      ['b', 'café'],
    ]))
  it('removes control characters, also those that a word hides', () =>
    check('A: x\0y\nB: =?utf-8?Q?x=00=0Ay?=', [
      ['a', 'xy'],
      ['b', 'x y'],
    ]))

  it('answers with the first, all, or none', () => {
    const header = parseHeader('A: 1\nB: 2\nA: 3\n')
    expect([first(header, 'a'), all(header, 'a'), first(header, 'c')]).toEqual(['1', ['1', '3'], null])
  })

  // Looked for in all lines behind it, the colon of each line would take minutes.
  it('has no colon in a million lines', () => expect(parseHeader('-\n'.repeat(2_000_000))).toEqual([]))
})

describe('encoded words', () => {
  it.each([
    ['plain', 'plain'],
    ['=?utf-8?Q?caf=C3=A9?=', 'café'],
    ['=?UTF-8*de?b?w5w=?=', 'Ü'],
    ['=?utf-8?B?w5w=?= =?utf-8?B?w5w=?=', 'ÜÜ'],
    ['=?utf-8?B?ww==?= =?utf-8?B?nA==?=', 'Ü'],
    ['a =?utf-8?Q?b?= c', 'a b c'],
    ['=?utf-8?Q?a_b?=', 'a b'],
    ['=?utf-8?Q?=41?=', 'A'],
    ['=?utf-8?X?x?=', '=?utf-8?X?x?='],
    ['=?utf-8?Q?open', '=?utf-8?Q?open'],
    ['=?=?=?utf-8?Q?x?=', '=?=?x'],
    ['=?nonsense?Q?x=E9?=', 'xé'],
  ])('%s', (value, expected) => expect(decodeWords(value)).toBe(expected))
})

describe('addresses', () => {
  it.each([
    ['ana@example.org', ['ana@example.org']],
    ['Ana <ana@example.org>, ben@example.com (Ben, of sales)', ['ana@example.org', 'ben@example.com']],
    ['"Doe, \\"J\\"" <j@example.org>', ['j@example.org']],
    ['team: ana@example.org, ben@example.com;', ['ana@example.org', 'ben@example.com']],
    ['undisclosed-recipients:;', []],
    ['<>', []],
    ['Ana <ana@example.org', ['ana@example.org']],
    ['two words@example.org', []],
    ['"a,b"@example.org', ['"a,b"@example.org']],
  ])('%s', (value, expected) => expect(addressesIn(value)).toEqual(expected))
})

describe('parameters', () => {
  it.each([
    ['Text/Plain', 'text/plain', {}],
    [
      'multipart/report; report-type=delivery-status; BOUNDARY="a;b"',
      'multipart/report',
      { 'report-type': 'delivery-status', boundary: 'a;b' },
    ],
    ['text/plain (plain; text); charset=utf-8 (c)', 'text/plain', { charset: 'utf-8' }],
    ["x/y; name*0*=utf-8''a; name*1=b", 'x/y', { name: "utf-8''ab" }],
    ['x/y; =z; q="un\\"closed', 'x/y', { q: 'un"closed' }],
  ])('%s', (field, value, parameters) => {
    const structured = parseStructured(field)
    expect([structured.value, { ...structured.parameters }]).toEqual([value, parameters])
  })
})
