// Dates, folding and transfer encodings against independent readings of them.

import { describe, expect, test } from 'vitest'
import { dateTime, encodedWord, quotedPrintable, stamp, wrap, zones } from '../../src/harness/lines.ts'

const at = new Date('2026-03-04T23:06:07Z')

describe('dates', () => {
  test.each([
    [dateTime(at, zones.utc), 'Wed, 04 Mar 2026 23:06:07 +0000'],
    [dateTime(at, zones.cet, { day: 'space', named: true }), 'Thu,  5 Mar 2026 00:06:07 +0100 (CET)'],
    [dateTime(at, zones.pst, { day: 'bare', named: true }), 'Wed, 4 Mar 2026 15:06:07 -0800 (PST)'],
    [dateTime(at, zones.utc, { weekday: false }), '04 Mar 2026 23:06:07 +0000'],
    [stamp(at), '20260304230607'],
  ])('%s', (made, wanted) => expect(made).toBe(wanted))

  test.each(Object.values(zones))('$name reads back as the same moment', zone => {
    expect(new Date(dateTime(at, zone))).toEqual(at)
  })
})

describe('wrapping', () => {
  test('joins again to the same text, no line too long', () => {
    const text = 'a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh'
    const lines = wrap(text, 12, '    ')
    expect(lines.map(line => line.trimStart()).join(' ')).toBe(text)
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(12)
  })

  test('a word that is too long stands alone', () => {
    expect(wrap('a toolongtofit b', 5, ' ')).toEqual(['a', ' toolongtofit', ' b'])
  })
})

test.each([
  'plain',
  'ends with a space ',
  'a=b',
  'jusqu’à lundi prochain, ich bin bis einschließlich 14. März nicht im Büro und lese keine Nachrichten',
  '\ttab',
])('quoted-printable of %j', text => {
  const lines = quotedPrintable([text])
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(76)
    expect(line).toMatch(/^[\x20-\x7e]*$/)
    expect(line).not.toMatch(/\s$/)
  }
  const joined = lines.map(line => line.replace(/=$/, '')).join('')
  const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  expect(Buffer.from(bytes, 'latin1').toString('utf8')).toBe(text)
})

test('an encoded word decodes to its text', () => {
  const [, payload = ''] = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=$/.exec(encodedWord('自動返信: x')) ?? []
  expect(Buffer.from(payload, 'base64').toString('utf8')).toBe('自動返信: x')
})
