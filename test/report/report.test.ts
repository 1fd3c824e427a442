// What a report carries besides its recipients: ids of the original, what rules search, its identity, problems.

import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/model/message.ts'
import { readReport } from '../../src/report/read.ts'
import { read } from './fixtures.ts'

const dsn = (
  received = '',
  recipients = 'Final-Recipient: rfc822; ana@example.org\nAction: failed\nStatus: 5.1.1\n',
): string =>
  `${received}From: "Mail" <MAILER-DAEMON@mx.example.net>
To: b-x@bounces.example, Ben <ben@example.com>
Cc: cc@example.com
Subject: Returned
Date: Tue, 3 Mar 2026 08:15:02 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary=cut

--cut
Content-Type: text/plain

It failed.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net (192.0.2.1)
Original-Envelope-Id: b+2Dx

${recipients}
--cut
Content-Type: text/rfc822-headers

Return-Path: <b-x@bounces.example>
X-Rebound-Ref: b-x
X-Envelope-From: b-x@bounces.example
Message-ID: <m-1@crm.example>
Subject: secret words of the original
--cut--
`

describe('a report', () => {
  it('carries ids of the original, strongest reference first', async () => {
    const { original, reportingMta } = await read(dsn())
    expect(original).toEqual({
      messageId: '<m-1@crm.example>',
      envelopeId: 'b-x',
      subject: 'secret words of the original',
      references: ['b-x', '<b-x@bounces.example>', 'b-x@bounces.example'],
      senders: ['b-x@bounces.example', 'ben@example.com'],
    })
    expect(reportingMta).toBe('mx.example.net')
  })

  it('gives rules the words of people and machines, never those of the original', async () => {
    const { sections } = await read(dsn())
    expect(sections.subject).toBe('Returned')
    expect(sections.from).toBe('MAILER-DAEMON@mx.example.net')
    expect(sections.recipients).toBe('b-x@bounces.example\nben@example.com\ncc@example.com')
    expect(sections.body).toContain('It failed.')
    expect(sections.body).toContain('Status: 5.1.1')
    expect(sections.body).not.toContain('secret')
  })

  it('is the same report whatever way it came', async () => {
    const one = await read(dsn('Received: by a.example; Tue, 3 Mar 2026 08:15:03 +0000\n'))
    const two = await read(dsn('Return-Path: <>\nReceived: by b.example; Wed, 4 Mar 2026 08:15:03 +0000\n'))
    expect(two.identity).toEqual(one.identity)
    expect(one.identity.messageId).toBe(null)
    expect(one.identity.text).toContain('Final-Recipient')
  })

  it('takes a hundred recipients, and says that there were more', async () => {
    const many = Array.from(
      { length: 150 },
      (_, n) => `Final-Recipient: rfc822; u${n}@example.org\nAction: failed\n`,
    )
    const report = await read(dsn('', many.join('\n')))
    expect(report.recipients.length).toBe(100)
    expect(report.problems).toEqual([{ code: 'too-many-recipients', detail: '50 left out' }])
  })

  it('explains each of several recipients by its own words', async () => {
    const report = await read(
      dsn(
        '',
        'Final-Recipient: rfc822; ana@example.org\nAction: failed\n\nFinal-Recipient: rfc822; ben@example.com\nAction: failed\n',
      ).replace(
        'It failed.',
        '<ana@example.org>: mailbox full\n\n<ben@example.com>: no such user\n    of that name\n\nGoodbye',
      ),
    )
    expect(report.recipients.map(recipient => recipient.explanation)).toEqual([
      '<ana@example.org>: mailbox full',
      '<ben@example.com>: no such user\n    of that name',
    ])
  })

  it('takes nobody for a recipient whose address ends in the same letters', async () => {
    const mixed = '<diana@example.org>: 550 5.1.1 no such user\n\n<ana@example.org>: mailbox full\n'
    const report = await read(
      dsn('', 'Final-Recipient: rfc822; ana@example.org\nAction: failed\n').replace('It failed.', mixed),
    )
    expect(report.recipients.map(({ status, explanation }) => [status, explanation])).toEqual([
      [null, 'mailbox full'],
    ])
  })

  it('does not say again what a notice only folds', async () => {
    const fields =
      'Final-Recipient: rfc822; ana@example.org\nAction: failed\nDiagnostic-Code: smtp; No such user here\n'
    const report = await read(dsn('', fields).replace('It failed.', 'No\nsuch  user\nhere'))
    expect(report.recipients[0]?.explanation).toBe('No such user here')
  })

  it('turns a fault of its own into a problem of an ordinary mail', () => {
    const broken = { header: [], parts: null, bytes: 0, problems: [] } as unknown as Message
    const report = readReport(broken)
    expect([report.kind, report.reader, report.problems[0]?.code]).toEqual([
      'ordinary',
      'none',
      'reader-fault',
    ])
  })
})

describe('a field that cannot be read', () => {
  it('is told among the problems, and costs only itself', async () => {
    const broken = dsn()
      .replace(/^Action: .*$/m, 'Action: perhaps')
      .replace(/^Status: .*$/m, 'Status: banana')
    const report = await read(broken)
    expect(report.problems).toEqual([
      { code: 'bad-field', detail: 'action: perhaps' },
      { code: 'bad-field', detail: 'status: banana' },
    ])
    expect(report.kind).toBe('bounce')
    expect(report.recipients[0]?.address).toBe((await read(dsn())).recipients[0]?.address)
  })
})

it('says that a notification goes on behind what is read of it', async () => {
  const notice = (words: number): string =>
    `From: MAILER-DAEMON@mx.example.net\nReturn-Path: <>\nSubject: failed\n\n<ana@example.org>: 550 5.1.1 unknown\n\n${'words '.repeat(words)}\n`
  const problems = async (mail: string): Promise<readonly string[]> =>
    (await read(mail)).problems.map(({ code }) => code)
  expect(await problems(notice(2_000))).toEqual([])
  expect(await problems(notice(3_000))).toEqual(['note-cut'])
  expect((await read(notice(3_000))).recipients).toMatchObject([{ address: 'ana@example.org' }])
})
