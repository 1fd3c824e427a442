// What comes from the recipient's side that is no report of a mail program: answers by hand and by machine.

import { dateTime, zones } from '../lines.ts'
import type { AnsweredName } from '../scenarios.ts'
import { domainOf } from '../sent-mail.ts'
import type { Situation } from '../situation.ts'

type Composer = (situation: Situation) => readonly string[]

/** Received, Date, From, To and the threading fields that any answer carries. */
function answerHeader({ at, mail, recipient, returnPath, vary }: Situation, subject: string): string[] {
  const domain = domainOf(recipient)
  const written = dateTime(at, zones.cet)
  return [
    `Received: from mx.${domain} (mx.${domain} [192.0.2.25])`,
    `\tby gateway.${domain} with ESMTPS id ${vary.hex(10)}; ${written}`,
    `Date: ${written}`,
    `From: Ana Example <${recipient}>`,
    `To: ${returnPath}`,
    `Subject: ${subject}`,
    `Message-ID: <${vary.uuid()}@${domain}>`,
    `In-Reply-To: ${mail.messageId}`,
    `References: ${mail.messageId}`,
    'MIME-Version: 1.0',
  ]
}

const plain = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']

export const mailbox: Record<AnsweredName, Composer> = {
  'out-of-office': situation => [
    ...answerHeader(situation, `Automatic reply: ${situation.mail.subject}`),
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'X-MS-Exchange-Inbox-Rules-Loop: ana@example.org',
    ...plain,
    'Hello,',
    '',
    'I am out of the office until Monday and read my mail only now and then.',
    'If it is urgent, please call 555 0100.',
    '',
    'Ana',
  ],
  ordinary: situation => [
    ...answerHeader(situation, `Re: ${situation.mail.subject}`),
    'User-Agent: Mozilla Thunderbird',
    ...plain,
    'Hello,',
    '',
    'thank you, that sounds good. Could you send me the price list as well?',
    '',
    'Ana',
    '',
    `On ${dateTime(situation.mail.date, zones.cet)}, Customer Care wrote:`,
    ...situation.mail.body.map(line => `> ${line}`.trimEnd()),
  ],
}
