// Reply codes and enhanced status codes, told from the numbers around them.

import { describe, expect, it } from 'vitest'
import { decideStatus } from '../../src/report/finish.ts'
import { replyCodeIn, statusIn, statusOfField } from '../../src/report/machine/codes.ts'

describe('a Status field', () => {
  it.each([
    ['5.1.1', '5.1.1'],
    ['5.1.1 (bad mailbox)', '5.1.1'],
    ['4.4.7(expired)', '4.4.7'],
    ['5.7.509', '5.7.509'],
    ['2.0.0', '2.0.0'],
    ['5.01.001', '5.1.1'],
    ['"5.2.2"', '5.2.2'],
    ['5.1', null],
    ['6.1.1', null],
    ['5.1.1000', null],
    ['unknown', null],
    ['', null],
  ])('%s', (value, status) => expect(statusOfField(value)).toBe(status))
})

describe('a status in words', () => {
  it.each([
    ['550 5.1.1 no such user', '5.1.1'],
    ['550-5.7.26 first\n550 5.7.26 second', '5.7.26'],
    ['no mailbox here by that name. (#5.1.1)', '5.1.1'],
    ['550 #5.1.0 Address rejected', '5.1.0'],
    ["550-'5.7.1 denied'", '5.7.1'],
    ['5.0.0 - unknown; 552 5.2.2 full', '5.2.2'],
    ['delivered by 5.1.1.4 from 10.4.2.1', null],
    ['version 4.2.1b of v5.1.1', null],
    ['5.1.1', '5.1.1'],
    ['ends with 4.4.1.', '4.4.1'],
    ['250 2.0.0 Ok', null],
    ['', null],
  ])('%s', (text, status) => expect(statusIn(text)).toBe(status))
})

describe('a reply code', () => {
  it.each([
    ['550 no', 550],
    ['smtp; 421 try later', 421],
    ['<<< 552 full', 552],
    ['host mx.example.org[192.0.2.5] said: 450 4.7.1 later', 450],
    ['SMTP Error Code 550]', 550],
    ['550: 5.1.1 unknown', 550],
    ['host: 500 Line limit exceeded', 500],
    ['ERROR_CODE :550, ERROR_CODE :5.1.1', 550],
    ['(reason: 571 not authorised)', 571],
    ['remote server responded with 554.', 554],
    ['it is 450 KB big', null],
    ['the first 500 recipients', null],
    ['call 1-800-555-0100 or 5501', null],
    ['at 192.0.2.450 or port :5505', null],
    ['message 550e8400-e29b', null],
    ['250 2.1.5 Ok', null],
    ['no code', null],
  ])('in text: %s', (text, code) => expect(replyCodeIn(text, 'text')).toBe(code))

  it('in a diagnostic stands anywhere', () => {
    expect(replyCodeIn('rejected with a 550 by the server', 'diagnostic')).toBe(550)
    expect(replyCodeIn('rejected with a 550 by the server', 'text')).toBe(null)
  })
})

describe('the status that counts', () => {
  it.each([
    ['5.1.1', '550 5.7.1 blocked', '', '5.1.1'],
    ['5.0.0', '550 5.7.1 blocked', '', '5.7.1'],
    ['5.0.0', '550 blocked', 'said: 550 5.2.2 full', '5.2.2'],
    ['5.0.0', '550 5.0.0 no', '', '5.0.0'],
    ['4.4.7', '550 5.1.1 unknown', '', '5.1.1'],
    ['4.4.7', '550 5.0.0 unknown', '', '4.4.7'],
    [null, '550 5.1.1 unknown', '', '5.1.1'],
    [null, null, '(#5.1.1)', '5.1.1'],
    [null, '550 unknown', '', null],
    [null, '550 5.0.0 unknown', '(#5.1.1)', '5.1.1'],
  ])('field %s, diagnostic %s, text %s', (field, diagnostic, text, status) =>
    expect(decideStatus(field, diagnostic, text)).toBe(status),
  )
})
