// What comes from the recipient's side and is not a report of a delivery: answers by hand and by machine, receipts, complaints.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import type { AnsweredName } from '../scenarios.ts'
import { domainOf, returnedCopy } from '../sent-mail.ts'
import type { Situation } from '../situation.ts'
import { type VacationName, vacationLines, vacations } from './vacation.ts'

type Composer = (situation: Situation) => readonly string[]

/** Received, Date, From, To and Message-ID of any mail from there. */
function header({ at, recipient, returnPath, vary }: Situation, subject: string, from?: string): string[] {
  const domain = domainOf(recipient)
  const written = dateTime(at, zones.cet)
  return [
    `Received: from mx.${domain} (mx.${domain} [192.0.2.25])`,
    `\tby gateway.${domain} with ESMTPS id ${vary.hex(10)}; ${written}`,
    `Date: ${written}`,
    `From: ${from ?? `Ana Example <${recipient}>`}`,
    `To: ${returnPath}`,
    `Subject: ${subject}`,
    `Message-ID: <${vary.uuid()}@${domain}>`,
    'MIME-Version: 1.0',
  ]
}

const answers = ({ mail }: Situation): string[] => [
  `In-Reply-To: ${mail.messageId}`,
  `References: ${mail.messageId}`,
]

const plain = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']

const quoted = (lines: readonly string[]): string[] => lines.map(line => `> ${line}`.trimEnd())

const vacation =
  (name: VacationName): Composer =>
  situation => {
    const { subject, rest } = vacationLines(name, situation.mail.subject)
    return [...header(situation, subject), ...answers(situation), ...rest]
  }

const ordinary: Composer = situation => [
  ...header(situation, `Re: ${situation.mail.subject}`),
  ...answers(situation),
  'User-Agent: Mozilla Thunderbird',
  ...plain,
  'Hello,',
  '',
  'thank you, that sounds good. Could you send me the price list as well?',
  '',
  'Ana',
  '',
  `On ${dateTime(situation.mail.date, zones.cet)}, Customer Care wrote:`,
  ...quoted(situation.mail.body),
]

const quotedBounce: Composer = situation => [
  ...header(situation, `Re: ${situation.mail.subject}`),
  ...answers(situation),
  ...plain,
  'Hello,',
  '',
  'your colleague seems to have left. I wrote to him and got this back, to whom',
  'should I write now?',
  '',
  'Ana',
  '',
  ...quoted([
    'This is the mail system at host mx.example.net.',
    '',
    'Your message could not be delivered to one or more recipients.',
    '',
    '<bruno@crm.example>: host mail.crm.example[192.0.2.10] said: 550 5.1.1',
    '    <bruno@crm.example>: Recipient address rejected: User unknown (in reply to',
    '    RCPT TO command)',
    '',
    'Final-Recipient: rfc822; bruno@crm.example',
    'Action: failed',
    'Status: 5.1.1',
  ]),
]

/** RFC 8098. */
const receipt: Composer = situation => {
  const { at, mail, recipient, vary } = situation
  const boundary = `------------${vary.text(24, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`
  return [
    ...header(situation, `Return receipt (displayed) - ${mail.subject}`),
    ...answers(situation),
    'Content-Type: multipart/report; report-type=disposition-notification;',
    ` boundary="${boundary}"`,
    '',
    ...multipart(boundary, [
      {
        header: ['Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 7bit'],
        body: [
          `A receipt for the mail that you sent to ${recipient} on ${dateTime(mail.date, zones.cet)}.`,
          `It was shown on the recipient's screen at ${dateTime(at, zones.cet)}.`,
        ],
      },
      {
        header: ['Content-Type: message/disposition-notification'],
        body: [
          'Reporting-UA: reader.example; Mail Reader 3',
          `Final-Recipient: rfc822;${recipient}`,
          `Original-Message-ID: ${mail.messageId}`,
          'Disposition: manual-action/MDN-sent-manually; displayed',
        ],
      },
      { header: ['Content-Type: text/rfc822-headers; charset=us-ascii'], body: mail.header },
    ]),
  ]
}

const challenge: Composer = situation => [
  ...header(
    situation,
    `Please confirm your message to ${situation.recipient}`,
    `Mail Guard <${situation.recipient}>`,
  ),
  ...answers(situation),
  'Auto-Submitted: auto-replied',
  'Precedence: bulk',
  ...plain,
  `This mailbox is guarded. Your message to ${situation.recipient} is being held.`,
  'To have it delivered, open this page within 14 days and show that you are a person:',
  '',
  `https://guard.example/confirm/${situation.vary.hex(20)}`,
]

const newsletter: Composer = situation => {
  const boundary = `=_${situation.vary.hex(24)}`
  return [
    ...header(
      situation,
      'This week: delivery problems and how our readers solve them',
      'Post Weekly <news@weekly.example>',
    ),
    'List-Id: Post Weekly <weekly.weekly.example>',
    'List-Unsubscribe: <https://weekly.example/unsubscribe>',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...multipart(boundary, [
      {
        header: ['Content-Type: text/plain; charset=utf-8'],
        body: [
          'Post Weekly, our letter to everybody who sends mail',
          '',
          'Why is mail returned to its sender? The most frequent reasons are a mailbox that',
          'is full and a user unknown to the server. Read more on our site.',
        ],
      },
      {
        header: ['Content-Type: text/html; charset=utf-8'],
        body: [
          '<html><body><h1>Post Weekly</h1>',
          '<p>Why is mail returned to its sender? The most frequent reasons are a mailbox that',
          'is full and a user unknown to the server. <a href="https://weekly.example/">Read more</a>.</p>',
          '</body></html>',
        ],
      },
    ]),
  ]
}

/** RFC 5965: the recipient pressed "this is spam" and the provider passes it on. */
const complaint: Composer = situation => {
  const { at, mail, recipient, vary } = situation
  const boundary = `part1_${vary.hex(16)}_boundary`
  const domain = domainOf(recipient)
  return [
    ...header(situation, `Complaint about: ${mail.subject}`, `Feedback Loop <feedback@${domain}>`),
    'Content-Type: multipart/report; report-type=feedback-report;',
    `\tboundary="${boundary}"`,
    '',
    ...multipart(boundary, [
      {
        header: ['Content-Type: text/plain; charset="US-ASCII"', 'Content-Transfer-Encoding: 7bit'],
        body: [
          `This is an abuse report for a mail from 192.0.2.10, received on ${dateTime(mail.date, zones.cet)}.`,
        ],
      },
      {
        header: ['Content-Type: message/feedback-report'],
        body: fieldBlocks([
          [
            'Feedback-Type: abuse',
            'User-Agent: FeedbackLoop/2.1',
            'Version: 1',
            `Original-Mail-From: <${mail.returnPath}>`,
            `Original-Rcpt-To: <${recipient}>`,
            `Arrival-Date: ${dateTime(at, zones.cet)}`,
            'Source-IP: 192.0.2.10',
            'Reported-Domain: crm.example',
          ],
        ]),
      },
      { header: ['Content-Type: message/rfc822', 'Content-Disposition: inline'], body: returnedCopy(mail) },
    ]),
  ]
}

const vacationNames = Object.keys(vacations) as VacationName[]

export const mailbox: Readonly<Record<AnsweredName, Composer>> = {
  ...(Object.fromEntries(vacationNames.map(name => [name, vacation(name)])) as Record<
    VacationName,
    Composer
  >),
  receipt,
  challenge,
  ordinary,
  'quoted-bounce': quotedBounce,
  newsletter,
  complaint,
}
