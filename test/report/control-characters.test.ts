// Whatever way a control character takes into a report, none comes out: it would act on the terminal of who looks.

import { describe, expect, it } from 'vitest'
import { classifiedOf, createReader } from '../../src/reader.ts'
import { inChunks } from '../message/variants.ts'

const reader = createReader()

/** ESC, CSI (C1), right-to-left override, NUL: raw and in every way that mail writes characters. */
const hostile = ['\x1b[31m', '\x9b31m', '\u202e', '\0']
const asWord = (text: string): string => `=?utf-8?B?${Buffer.from(`x${text}y`).toString('base64')}?=`
const asHex = (text: string): string =>
  [...Buffer.from(text)].map(byte => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
const asXtext = (text: string): string =>
  [...Buffer.from(text, 'latin1')]
    .map(byte => `+${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
const asReference = (text: string): string => [...text].map(char => `&#${char.codePointAt(0)};`).join('')
const asJson = (text: string): string =>
  [...text].map(char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const asEscape = (text: string): string =>
  [...text].map(char => `\\x{${char.codePointAt(0)?.toString(16)}}`).join('')

const head = 'Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: b-x@bounces.example\n'
const report = (words: string, fields: string, returned: string): string =>
  `${head}Subject: failure notice ${words}\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed. ${words}\n\n--b\nContent-Type: message/delivery-status\n\n${fields}\n--b\nContent-Type: message/rfc822\n\nReturn-Path: <b-y@bounces.example>\n${returned}\n\nx\n--b--\n`
const fields = (words: string): string =>
  `Reporting-MTA: dns; mx${words}.example.org\nOriginal-Envelope-Id: a${words}b\n\nFinal-Recipient: rfc822; ana${words}@example.org\nOriginal-Recipient: rfc822; an${words}na@example.org\nAction: failed ${words}\nStatus: 5.1.1 ${words}\nRemote-MTA: dns; mx${words}.example.net\nDiagnostic-Code: smtp; 550 ${words} user unknown`
const returned = (words: string): string => `Subject: a${words}\nMessage-ID: <1${words}@crm.example>`

const mails = hostile.flatMap(text => [
  ...[text, asWord(text), asXtext(text), asEscape(text)].map(words =>
    report(words, fields(words), returned(words)),
  ),
  report('', fields('').replace('rfc822; ana', `utf-8; ana${asEscape(text)}`), ''),
  `${head}Subject: failure notice\nContent-Type: text/html; charset=utf-8\n\n<p>&lt;ana@example.org&gt;:<br>550 ${asReference(text)} user unknown</p>`,
  `${head}Subject: failure notice\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<ana@example.org>:\n550 ${asHex(text)} user unknown\n\n--- Original message ---\nReturn-Path: <b-y@bounces.example>\nReceived: from a\nSubject: ${asWord(text)}\nMessage-ID: <1${asWord(text)}@crm.example>\n`,
  `${head}Subject: x\n\n{"notificationType":"Bounce","bounce":{"reportingMTA":"dns; mx${asJson(text)}","bouncedRecipients":[{"emailAddress":"ana@example.org","diagnosticCode":"smtp; 550 ${asJson(text)} user unknown"}]},"mail":{"source":"b-y@bounces.example","commonHeaders":{"subject":"a${asJson(text)}","messageId":"<1${asJson(text)}@crm.example>"}}}`,
])

const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describe('a report of a mail with control characters', () => {
  it.each(mails)('shows none: mail %#', async mail => {
    const read = reader.read(await reader.parse(inChunks(Buffer.from(mail), 65_536)))
    const shown = classifiedOf(read, reader.judge(read))
    const texts: string[] = []
    JSON.stringify([read, shown], (_, value) => {
      if (typeof value === 'string') texts.push(value)
      return value
    })
    expect(texts.filter(text => control.test(text))).toEqual([])
    expect(shown.kind).toBe('bounce')
    // On a line of a terminal, in a cell: line ends are none of these either.
    for (const { address, diagnostic, remoteMta } of shown.recipients)
      for (const value of [address, diagnostic, remoteMta]) expect(value ?? '').not.toMatch(/[\n\t]/)
  })
})
