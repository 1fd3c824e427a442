// Cutting streams into mails: mbox or not, names, quoting, and any chunking.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mailsIn } from '../../src/cli/mail-files.ts'

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function cut(text: string, isMbox: boolean, size = 1 << 20): Promise<readonly [string, string][]> {
  const mails: [string, string][] = []
  for await (const mail of mailsIn(pieces(text, size), 'f', isMbox)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of mail.bytes) chunks.push(chunk)
    mails.push([await mail.name(), Buffer.concat(chunks).toString('latin1')])
  }
  return mails
}

const from = 'From ana@example.org Thu Jan  1 00:00:00 2026'
const a = 'Subject: a\n\nbody\n'
const b = 'Subject: b\n\nbody\n'

describe.each([
  ['one mail', a, false, [['f', a]]],
  ['a leading From line', `${from}\n${a}`, false, [['f', a]]],
  ['a leading From line without a date', `From ana\n${a}`, false, [['f', a]]],
  [
    'several From lines',
    `${from}\n${a}\n${from}\n${b}`,
    false,
    [
      ['f#1', `${a}\n`],
      ['f#2', b],
    ],
  ],
  [
    'several From lines with CRLF',
    `${from}\r\nSubject: a\r\n\r\nx\r\n\r\n${from}\r\nSubject: b\r\n\r\ny\r\n`,
    false,
    [
      ['f#1', 'Subject: a\r\n\r\nx\r\n\r\n'],
      ['f#2', 'Subject: b\r\n\r\ny\r\n'],
    ],
  ],
  [
    'a leading From line with CR alone',
    `${from}\rSubject: a\r\rbody\r`,
    false,
    [['f', 'Subject: a\r\rbody\r']],
  ],
  ['an mbox of one', `${from}\n${a}`, true, [['f#1', a]]],
  ['an mbox without From lines', a, true, [['f#1', a]]],
  ['an empty mbox', '', true, []],
  ['an mbox of blank lines', '\n\n', true, []],
  ['an empty file', '', false, [['f', '']]],
  ['blank lines before a mail', `\n\n${a}`, false, [['f', a]]],
  [
    'quoted From lines',
    `${from}\nSubject: a\n\n>From here\n>>From there\n> From\n`,
    false,
    [['f', 'Subject: a\n\nFrom here\n>From there\n> From\n']],
  ],
  [
    'From in the text of one mail',
    'Subject: a\n\nFrom here on\n\nFrom now\n',
    false,
    [['f', 'Subject: a\n\nFrom here on\n\nFrom now\n']],
  ],
  ['a dated From in the text of one mail', `${a}\n${from}\n${b}`, false, [['f', `${a}\n${from}\n${b}`]]],
  ['an undated From in an mbox', `${from}\n${a}\nFrom here on\n`, false, [['f', `${a}\nFrom here on\n`]]],
  ['a dated From that no blank line precedes', `${from}\n${a}${from}\n`, false, [['f', `${a}${from}\n`]]],
  ['no newline at the end', `${from}\nSubject: a`, false, [['f', 'Subject: a']]],
  [
    'other forms of date',
    `From - Thu Jan  1 00:00:00 2026\n${a}\nFrom MAILER-DAEMON Thu, 1 Jan 2026 00:00:00 +0000\n${b}`,
    false,
    [
      ['f#1', `${a}\n`],
      ['f#2', b],
    ],
  ],
] as const)('%s', (_, text, isMbox, expected) => {
  test.each([1, 7, 1 << 20])('in chunks of %i', async size => {
    expect(await cut(text, isMbox, size)).toEqual(expected)
  })
})

test('a mail that is not read to its end does not disturb the next', async () => {
  const names: string[] = []
  for await (const mail of mailsIn(pieces(`${from}\n${a}\n${from}\n${b}`, 5), 'f', true)) {
    for await (const _ of mail.bytes) break
    names.push(await mail.name())
  }
  expect(names).toEqual(['f#1', 'f#2'])
})

test('a mail that is not read at all does not disturb the next', async () => {
  const names: string[] = []
  for await (const mail of mailsIn(pieces(`${from}\n${a}\n${from}\n${b}`, 5), 'f', true))
    names.push(await mail.name())
  expect(names).toEqual(['f#1', 'f#2'])
})

test('a line of any length passes', async () => {
  const long = `Subject: a\n\n${'x'.repeat(300_000)}\n`
  expect(await cut(`${from}\n${long}\n${from}\n${b}`, false, 10_000)).toEqual([
    ['f#1', `${long}\n`],
    ['f#2', b],
  ])
})

test('any bytes are one mail or several, and chunks do not matter', async () => {
  const word = fc.constantFrom('From ', from, '\n', '\r\n', '>', 'x', ' ', 'Subject: a', '\0')
  const any = fc.array(word, { maxLength: 30 }).map(words => words.join(''))
  await fc.assert(
    fc.asyncProperty(any, fc.boolean(), fc.integer({ min: 1, max: 9 }), async (text, isMbox, size) => {
      expect(await cut(text, isMbox, size)).toEqual(await cut(text, isMbox))
    }),
  )
})
