// What distinguishes the programs that can be installed: subject, text, action and status as they write them, and in
// which order. Failures were compared with reports that Postfix 3.7, Exim 4.96, OpenSMTPD 6.8 and Sendmail 8.17 wrote,
// OpenSMTPD's delay with one of its own. The other forms (Postfix's delay, OpenSMTPD's success and last notice, the
// 503 that Sendmail quotes) are known from the program's texts or from single mails, and were not reproduced. Below:
// programs that were read instead, and services of which mails are public; docs/harness.md names the sources.

import { describe, expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'

const context = {
  returnPath: 'b-abc@bounces.crm.example',
  recipient: 'ana@example.org',
  at: new Date('2026-03-04T05:06:07Z'),
}

const written = (writer: string, scenario: string, seed = '1'): string =>
  compose(writer, scenario, { ...context, seed })
    .raw.toString('utf8')
    .replaceAll('\r\n', '\n')

/** The lines of a mail that begin so, in their order. */
const linesOf = (mail: string, beginnings: RegExp): readonly string[] =>
  mail.split('\n').filter(line => beginnings.test(line))

interface Structure {
  readonly writer: string
  readonly scenario: string
  /** The fields of the status part about the recipient, in order; what differs from mail to mail is left out. */
  readonly fields: readonly RegExp[]
  readonly subject: string
  /** Stands in the notice, as it is. */
  readonly says: readonly string[]
}

const recipientField =
  /^(?:Final-Recipient|Original-Recipient|X-Actual-Recipient|Action|Status|Remote-MTA|Diagnostic-Code|Last-Attempt-Date|Will-Retry-Until): ?/

const structures: readonly Structure[] = [
  {
    writer: 'postfix',
    scenario: 'unknown-user',
    subject: 'Undelivered Mail Returned to Sender',
    says: [
      "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.",
      '\n                   The mail system\n\n<ana@example.org>: host ',
    ],
    fields: [
      /^Final-Recipient: rfc822; \S+$/,
      /^Original-Recipient: rfc822;\S+$/,
      /^Action: failed$/,
      /^Status: 5\.1\.1$/,
      /^Remote-MTA: dns; \S+$/,
      /^Diagnostic-Code: smtp; 550/,
    ],
  },
  {
    writer: 'postfix',
    scenario: 'delayed',
    subject: 'Delayed Mail (still being retried)',
    says: [
      'Your message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.',
    ],
    fields: [
      /^Final-Recipient: /,
      /^Original-Recipient: /,
      /^Action: delayed$/,
      /^Status: 4\./,
      /^(?:Remote-MTA|Diagnostic-Code): /,
    ],
  },
  {
    writer: 'exim',
    scenario: 'unknown-user',
    subject: 'Mail delivery failed: returning message to sender',
    says: [
      'A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ana@example.org\n    host ',
      '    SMTP error from remote mail server after RCPT TO:<ana@example.org>:\n    550',
    ],
    fields: [
      /^Action: failed$/,
      /^Final-Recipient: rfc822;\S+$/,
      /^Status: 5\.0\.0$/,
      /^Remote-MTA: dns; \S+$/,
      /^Diagnostic-Code: smtp; 550/,
    ],
  },
  {
    writer: 'sendmail',
    scenario: 'unknown-user',
    subject: 'Returned mail: see transcript for details',
    says: [
      '   ----- The following addresses had permanent fatal errors -----\n<ana@example.org>\n    (reason: 550',
      '   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> DATA\n<<< 550',
      '\n550 5.1.1 <ana@example.org>... User unknown\n',
    ],
    fields: [
      /^Final-Recipient: RFC822; \S+$/,
      /^X-Actual-Recipient: rfc822; \S+$/,
      /^Action: failed$/,
      /^Status: 5\.1\.1$/,
      /^Remote-MTA: DNS; \S+$/,
      /^Diagnostic-Code: SMTP; 550/,
      /^Last-Attempt-Date: /,
    ],
  },
  {
    writer: 'sendmail',
    scenario: 'spam-block',
    subject: 'Returned mail: see transcript for details',
    says: ['>>> DATA\n<<< 5', '\n554 5.0.0 Service unavailable\n'],
    fields: [
      /^Final-Recipient: /,
      /^X-Actual-Recipient: /,
      /^Action: failed$/,
      /^Status: 5\.7\.\d+$/,
      /^Remote-MTA: /,
      /^Diagnostic-Code: SMTP; 5/,
      /^Last-Attempt-Date: /,
    ],
  },
  {
    writer: 'opensmtpd',
    scenario: 'unknown-user',
    subject: 'Delivery status notification: failed',
    says: [
      '    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nana@example.org: 550',
      '\n    Below is a copy of the original message:\n',
    ],
    fields: [/^Final-Recipient: rfc822; \S+$/, /^Action: failed$/, /^Status: 5\.0\.0$/],
  },
  {
    writer: 'opensmtpd',
    scenario: 'delayed',
    subject: 'Delivery status notification: delayed',
    says: [
      '    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\nana@example.org: ',
      '    Please note that this is only a temporary failure report.\n',
    ],
    fields: [/^Final-Recipient: /, /^Action: delayed$/, /^Status: 4\.0\.0$/],
  },
  {
    writer: 'opensmtpd',
    scenario: 'expired',
    subject: 'Delivery status notification: delayed',
    says: [
      '    A message is delayed for more than 0 seconds for the following\n    list of recipients:\n\nana@example.org: Envelope expired\n',
    ],
    fields: [/^Final-Recipient: /, /^Action: delayed$/, /^Status: 4\.4\.7$/],
  },
  {
    writer: 'opensmtpd',
    scenario: 'delivered',
    subject: 'Delivery status notification: relayed',
    says: ['    Your message was relayed to these recipients.\n'],
    fields: [/^Final-Recipient: /, /^Action: relayed$/, /^Status: 2\.0\.0$/],
  },
  {
    writer: 'zimbra',
    scenario: 'mailbox-full',
    subject: 'Undelivered Mail Returned to Sender',
    says: [
      '\nFrom: MAILER-DAEMON@zimbra.example.org (Mail Delivery System)\n',
      'said: 552 5.2.2 Over\n    quota (in reply to end of DATA command)',
    ],
    fields: [
      /^Final-Recipient: rfc822; \S+$/,
      /^Original-Recipient: rfc822;\S+$/,
      /^Action: failed$/,
      /^Status: 5\.2\.2$/,
      /^Remote-MTA: dns; zimbra\./,
      /^Diagnostic-Code: smtp; 552 5\.2\.2 Over quota$/,
    ],
  },
  {
    writer: 'proofpoint',
    scenario: 'unknown-user',
    subject: 'Returned mail: see transcript for details',
    says: ['\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx0', '.pphosted.com>\n', '\nX-Proofpoint-GUID: '],
    fields: [
      /^Final-Recipient: RFC822; /,
      /^X-Actual-Recipient: /,
      /^Action: failed$/,
      /^Status: 5\.1\.1$/,
      /^Remote-MTA: DNS; /,
      /^Diagnostic-Code: SMTP; 550/,
      /^Last-Attempt-Date: /,
    ],
  },
  {
    writer: 'outlook-com',
    scenario: 'unknown-user',
    subject: 'Undeliverable: News for our customers in autumn',
    says: ['\nFrom: Microsoft Outlook <postmaster@outlook.com>\n', '\nX-MS-Exchange-Message-Is-Ndr:\n'],
    fields: [
      /^Final-Recipient: rfc822;\S+$/,
      /^Action: failed$/,
      /^Status: 5\.1\.351$/,
      /^Diagnostic-Code: smtp;550 5\.1\.351 Remote server returned unknown recipient or mailbox unavailable -> 550/,
      /^Remote-MTA: dns;\S+$/,
    ],
  },
  {
    writer: 'mimecast',
    scenario: 'unknown-user',
    subject: '[Postmaster] Email Delivery Failure',
    says: [
      '\nX-Mimecast-Originator: <>\n',
      'This is a delivery failure notification message indicating that\nan email b-abc@bounces.crm.example addressed to email address :\n-- ana@example.org\n',
      'The problem appears to be :\n-- Recipient email address is possibly incorrect\n\nAdditional information follows :\n-- 5',
    ],
    fields: [],
  },
  {
    writer: 'stalwart',
    scenario: 'delayed',
    subject: 'Warning: Delay in message delivery',
    says: [
      'There was a temporary problem delivering your message to the following reci=\npients:\n',
      'Content-Type: multipart/report; report-type="delivery-status"; \n\tboundary="',
    ],
    fields: [/^Final-Recipient: rfc822;\S+$/, /^Action: delayed$/, /^Status: 4\./],
  },
]

describe('as its program writes it', () => {
  test.each(structures)('$writer, $scenario', ({ writer, scenario, subject, says, fields }) => {
    const mail = written(writer, scenario)
    expect(linesOf(mail, /^Subject: /)[0]).toBe(`Subject: ${subject}`)
    for (const words of says) expect(mail).toContain(words)
    const found = linesOf(mail, recipientField).slice(0, fields.length)
    expect(found).toHaveLength(fields.length)
    for (const [at, field] of fields.entries()) expect(found[at]).toMatch(field)
  })

  test('Sendmail quotes the reply to DATA too where the server gave one', () => {
    const mails = ['1', '2', '3', '4', '5', '6', '7', '8'].map(seed =>
      written('sendmail', 'unknown-user', seed),
    )
    const quoting = mails.filter(mail => /\n<<< 503 [^\n]*\n/.test(mail))
    expect(quoting.length).toBeGreaterThan(0)
    expect(quoting.length).toBeLessThan(mails.length)
  })
})
