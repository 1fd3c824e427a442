// What a delivered mail says of its delivery, as the programs that deliver write it.

import { describe, expect, test } from 'vitest'
import { parseHeader } from '../../src/message/header.ts'
import { deliveryAddresses, envelopeSender, lastReceived } from '../../src/message/trace.ts'

const header = (...lines: readonly string[]) => parseHeader(`${lines.join('\n')}\n\n`)

describe('to whom', () => {
  test.each<[why: string, lines: readonly string[], addresses: readonly string[]]>([
    ['nobody', ['Subject: x'], []],
    [
      'Postfix, flags=DO',
      ['X-Original-To: a@x.example', 'Delivered-To: b@x.example'],
      ['b@x.example', 'a@x.example'],
    ],
    ['qmail', ['Delivered-To: x.example-b-1@x.example'], ['x.example-b-1@x.example']],
    ['Exim, several', ['Envelope-to: a@x.example, b@x.example'], ['a@x.example', 'b@x.example']],
    [
      'Google, a catch-all',
      ['Delivered-To: box@x.example', 'X-Gm-Original-To: a@x.example'],
      ['box@x.example', 'a@x.example'],
    ],
    [
      'the fields in the order of their weight, not of their places',
      [
        'To: to@x.example',
        'Received: by mx for <for@x.example>; date',
        'Envelope-To: e@x.example',
        'X-Original-To: o@x.example',
        'Delivered-To: d@x.example',
      ],
      ['d@x.example', 'o@x.example', 'e@x.example', 'for@x.example', 'to@x.example'],
    ],
    [
      'Sendmail, folded',
      ['Received: from mx (mx [192.0.2.1])', '\tby box with ESMTP', '\tfor <a@x.example>; Thu, 1 Jan 2026'],
      ['a@x.example'],
    ],
    ['without brackets', ['Received: by box for a@x.example; Thu, 1 Jan 2026'], ['a@x.example']],
    ['in capitals', ['RECEIVED: BY BOX FOR <A@X.EXAMPLE>;'], ['A@X.EXAMPLE']],
    ['a word that is no address', ['Received: by box for nobody; Thu, 1 Jan 2026'], []],
    ['nothing behind it', ['Received: by box for '], []],
    ['each once', ['Delivered-To: a@x.example', 'To: <a@x.example>'], ['a@x.example']],
  ])('%s', (_, lines, addresses) => {
    expect(deliveryAddresses(header(...lines))).toEqual(addresses)
  })

  test('at most twenty: each may cost a look at the database', () => {
    const many = Array.from({ length: 500 }, (_, at) => `a${at}@x.example`).join(', ')
    expect(deliveryAddresses(header(`To: ${many}`))).toHaveLength(20)
  })
})

test.each<[lines: readonly string[], sender: string | null | undefined]>([
  [['Return-Path: <>'], null],
  [['Return-Path:'], null],
  [['Return-Path: <a@x.example>', 'Return-Path: <>'], 'a@x.example'],
  [['Return-path: a@x.example'], 'a@x.example'],
  [['Subject: x'], undefined],
])('the sender of %j is %j', (lines, sender) => {
  expect(envelopeSender(header(...lines))).toBe(sender)
})

test.each<[lines: readonly string[], date: string | null]>([
  [
    ['Received: by b; Thu, 1 Jan 2026 00:00:00 +0100', 'Received: by a; Mon, 1 Jan 2024 00:00:00 +0000'],
    '2025-12-31T23:00:00.000Z',
  ],
  [['Received: by b (x; y); Thu, 01 Jan 2026 00:00:00 -0000 (GMT)'], '2026-01-01T00:00:00.000Z'],
  [['Received: by b; Thu, 1 Jan 1970 00:00:00 +0000'], null],
  [['Received: by b; tomorrow'], null],
  [['Received: by b'], null],
  [['Date: Thu, 1 Jan 2026 00:00:00 +0000'], null],
])('the last host took %j at %j', (lines, date) => {
  expect(lastReceived(header(...lines))?.toISOString() ?? null).toBe(date)
})
