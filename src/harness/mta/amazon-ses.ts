// Amazon SES: multipart/report from MAILER-DAEMON@amazonses.com, a text that names addresses only, odd order of fields.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { isTemporary, replyText, statusOrClass } from '../reply.ts'
import { returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

interface Reason extends StatedBlock {
  readonly diagnostic: string
}

const expired = (last: string): string =>
  `smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<${last}>`

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused':
      return isTemporary(trouble)
        ? {
            block,
            stated: { status: '4.4.7', replyCode: 550, alsoRight: 'expired' },
            diagnostic: expired(replyText(trouble)),
          }
        : {
            block,
            stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
            diagnostic: `smtp; ${replyText(trouble)}`,
          }
    case 'no-domain':
      return {
        block,
        stated: { status: '5.4.4', replyCode: 550 },
        diagnostic: 'smtp; 550 5.4.4 Invalid domain',
      }
    default:
      return {
        block,
        stated: { status: '4.4.7', replyCode: 550 },
        diagnostic: expired('421 4.4.1 Failed to establish connection'),
      }
  }
}

export const amazonSes: Writer = {
  program: 'Amazon SES',
  format: 'report',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const host = `a${vary.integer(1, 99)}-${vary.integer(1, 250)}.smtp-out.amazonses.com`
    const id = `0100${vary.hex(12)}-${vary.uuid()}-000000`
    const boundary = `----=_Part_${vary.integer(100000, 9999999)}_${vary.integer(10000000, 999999999)}.${at.getTime()}`
    const lines = [
      `Received: from ${host} (${host} [192.0.2.88])`,
      `\tby mail.crm.example with ESMTPS id ${vary.hex(12)}; ${dateTime(at, zones.utc)}`,
      `Date: ${dateTime(at, zones.utc, { day: 'bare' })}`,
      'From: MAILER-DAEMON@amazonses.com',
      `To: ${returnPath}`,
      `Message-ID: <${id}@email.amazonses.com>`,
      'Subject: Delivery Status Notification (Failure)',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; ',
      `\tboundary="${boundary}"; `,
      '\treport-type=delivery-status',
      `X-SES-Outgoing: ${at.toISOString().slice(0, 10).replaceAll('-', '.')}-192.0.2.88`,
      '',
      ...multipart(boundary, [
        {
          header: [
            'Content-Type: text/plain; charset=us-ascii',
            'Content-Transfer-Encoding: 7bit',
            'Content-Description: Notification',
          ],
          body: [
            'There was an error when this mail was to be delivered to:',
            ...blocks.map(block => block.address),
          ],
        },
        {
          header: [
            'Content-Type: message/delivery-status',
            'Content-Transfer-Encoding: 7bit',
            'Content-Description: Delivery Status Notification',
          ],
          body: fieldBlocks([
            [`Reporting-MTA: dns; ${host}`],
            ...reasons.map(({ block, stated, diagnostic }) => [
              'Action: failed',
              `Final-Recipient: rfc822; ${block.address}`,
              `Diagnostic-Code: ${diagnostic}`,
              `Status: ${stated.status}`,
            ]),
          ]),
        },
        {
          header: ['Content-Type: message/rfc822', 'Content-Description: Undelivered Message'],
          body: returnedCopy(mail),
        },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
