// The search form of a refusal: what differs from mail to mail is gone, the phrase stands.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aroundHosts, hasWords, maxSearched, withoutHosts, wording } from '../../src/classify/wording.ts'

test.each([
  ['User  Unknown', 'user unknown'],
  ['user <ana@example.org> does not exist', 'user does not exist'],
  ['no mailbox “ana@example.org” here', 'no mailbox here'],
  ['(ana@example.org): over quota', ': over quota'],
  ['ana@example.org, bo@example.org. Gone', ', . gone'],
  ['mailto:ana@example.org rejected', 'mailto: rejected'],
  ['Client host [192.0.2.1] blocked', 'client host blocked'],
  [
    '550-5.7.1 this message was\r\n550-5.7.1 likely unsolicited\r\n550 5.7.1 mail',
    'this message was likely unsolicited mail',
  ],
  ['552-Mailbox\n552 full', 'mailbox 552 full'],
  ['he said 550\n5.1.1  no such user', 'he said no such user'],
  ['host 192.0 .2.1 is\tblocked', 'host ip is blocked'],
  ['550[192.0.2.1]-5.1.1 no such user', 'no such user'],
  ['550<ana@example.org> 5.1.1', '550 5.1.1'],
  ['said: 550<ana@example.org> 5.1.1 no such user', 'said: no such user'],
  ['unrecognised, unauthorisation', 'unrecognized, unauthorization'],
  ['domain’s policy', "domain's policy"],
  ['soft\u00adhyphen\u200b', 'softhyphen'],
  ['a @ b @', 'a @ b @'],
  ['@', '@'],
  ['', ''],
  ['ПОЧТОВЫЙ ящик', 'почтовыи ящик'],
  ['Boîte inexistante, użytkownik, ångström', 'boite inexistante, uzytkownik, angstrom'],
  ['存在しません 존재하지 않', '存在しません 존재하지 않'],
])('%j is searched as %j', (text, expected) => {
  expect(wording(text)).toBe(expected)
})

test.each([
  ['550 RCPT_UNKNOWN', '550 rcpt_unknown \n rcpt unknown.'],
  ['reason=NoSuchUser', 'reason=nosuchuser \n no such user.'],
  ['error: unknown-user', 'error: unknown-user \n unknown user.'],
  ['user-agent', 'user-agent'],
  ['guarded by SpamStop', 'guarded by spamstop'],
  ['see https://example.org/UserUnknown', 'see https://example.org/userunknown'],
])('%j is an error’s name in words: %j', (text, expected) => {
  expect(wording(text)).toBe(expected)
})

test.each([
  ['host mx.example.org not found', 'host not found'],
  ['domain [example.com] mismatches', 'domain mismatches'],
  ['see https://example.org/a.html', 'see https://example.org/a.html'],
  ['user ana.bo exists', 'user exists'],
  ['user ana.b exists', 'user ana.b exists'],
  ['version 1.2', 'version 1.2'],
])('%j without hosts is %j', (text, expected) => {
  expect(withoutHosts(text)).toBe(expected)
})

test.each([
  ['550 5.1.1', false],
  ['550 refused', false],
  ['550 user unknown', true],
  ['用户不存在 邮箱已满', true],
])('%j has words: %s', (text, expected) => {
  expect(hasWords(text)).toBe(expected)
})

describe('around host names', () => {
  test.each([
    ['no host here', 10, ''],
    ['host mx.example.org not found', 100, 'host not found'],
    ['host mx.example.org not found', 4, 'ost not'],
    ['a.example.org', 9, ''],
    ['far away one.example.org here and far, far away two.example.org there', 5, 'away here\naway ther'],
    ['one.example.org and two.example.org', 20, ' and '],
  ])('%j within %i: %j', (text, reach, expected) => {
    expect(aroundHosts(text, reach).trim()).toBe(expected.trim())
  })

  test('finds every phrase that the whole text without hosts has', () => {
    const word = fc.constantFrom(
      'user',
      'not',
      'found',
      'a.example.org',
      '[b.example]',
      'host',
      ':',
      'x'.repeat(30),
    )
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 20 }).map(words => words.join(' ')),
        text => {
          for (const phrase of ['user not found', 'host not', 'found: user', 'not found']) {
            const isThere = withoutHosts(text).includes(phrase)
            expect(text.includes(phrase) || aroundHosts(text, 20).includes(phrase)).toBe(
              isThere || text.includes(phrase),
            )
          }
        },
      ),
    )
  })
})

describe('any text', () => {
  test('is bounded and settled: its wording has no wording but itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), text => {
        const words = wording(text)
        expect(words.length).toBeLessThanOrEqual(maxSearched)
        expect(words).not.toMatch(/ {2}|\s$|^\s/)
      }),
    )
  })

  test('is the same words, however wide its blanks are and though they stand before a pause', () => {
    const piece = fc.constantFrom(
      ...['550', '-', '5.1.1', '2', '.', ':', ',', '192.0.2.1', '[', ']', '<ana@example.org>', ' ', ' is '],
      ...['from=', 'user', 'authorised', 'é', '"'],
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }),
        fc.constantFrom('\r\n\t', '  ', '\u00a0'),
        (pieces, wide) => {
          const text = pieces
            .join('')
            .replace(/ +/g, ' ')
            .replace(/ (?=[:,.])/g, '')
          expect(wording(text.replace(/ |(?=[:,.])/g, wide))).toBe(wording(text))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['@', '@'.repeat(200_000)],
    ['a@', 'a@'.repeat(100_000)],
    ['a.', 'a.'.repeat(100_000)],
    ['550-', '550-'.repeat(50_000)],
    ['1.1.', '1.1.'.repeat(50_000)],
    ['spaces', ' '.repeat(200_000)],
    ['<', '<'.repeat(200_000)],
  ])('of many %j is cut, not chewed on', (_, text) => {
    expect(withoutHosts(wording(text)).length).toBeLessThanOrEqual(maxSearched)
  })
})
