// SendGrid: multipart/report from a bare MAILER-DAEMON, made by MIME-tools, its reply without a type in Diagnostic-Code.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { replyText, statusOrClass } from '../reply.ts'
import { returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

interface Reason extends StatedBlock {
  readonly diagnostic: string
}

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        diagnostic: replyText(trouble),
      }
    case 'no-domain':
      return {
        block,
        stated: { status: '5.1.2', replyCode: null },
        diagnostic:
          'unable to get mx info: failed to get IPs from PTR record: lookup <nil>: unrecognized address',
      }
    default:
      return {
        block,
        stated: { status: '4.4.7', replyCode: null },
        diagnostic: 'unable to connect to any mail server: connection timed out',
      }
  }
}

export const sendgrid: Writer = {
  program: 'Twilio SendGrid',
  format: 'report',
  actions: ['failed'],
  oneRecipient: true,
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const boundary = `----------=_${Math.floor(at.getTime() / 1000)}-${vary.integer(1000, 32000)}-${vary.integer(100, 9999)}`
    const lines = [
      `Received: by filter${vary.integer(100, 999)}.sendgrid.example.net id filter.${vary.integer(1000, 99999)}.${vary.hex(16).toUpperCase()}`,
      `\t${dateTime(at, zones.utc)}`,
      'Content-Type: multipart/report; report-type="delivery-status";',
      ` boundary="${boundary}"`,
      'Content-Transfer-Encoding: 7bit',
      'MIME-Version: 1.0',
      'X-Mailer: MIME-tools 5.502 (Entity 5.502)',
      'From: MAILER-DAEMON',
      'Subject: Undelivered Mail Returned to Sender',
      `To: ${returnPath}`,
      `Message-Id: <${Math.floor(at.getTime() / 1000)}.${vary.hex(16)}@filter.sendgrid.example.net>`,
      `Date: ${dateTime(at, zones.utc)}`,
      '',
      'This is a multi-part message in MIME format...',
      '',
      ...multipart(boundary, [
        {
          header: [
            'Content-Type: text/plain; charset="UTF-8"',
            'Content-Disposition: inline',
            'Content-Transfer-Encoding: 7bit',
          ],
          body: [
            'This is an automatically generated message from SendGrid.',
            '',
            "I'm sorry to have to tell you that your message was not able to be",
            'delivered to one of its intended recipients.',
            '',
            'If you require assistance with this, please contact SendGrid support.',
            '',
            ...reasons.flatMap(({ block, diagnostic }) => [`${block.address}:`, `    ${diagnostic}`, '']),
          ],
        },
        {
          header: ['Content-Type: message/delivery-status', 'Content-Transfer-Encoding: 7bit'],
          body: fieldBlocks([
            [
              'Reporting-MTA: dns; filter.sendgrid.example.net',
              `X-SendGrid-QueueID: ${vary.integer(100_000_000, 999_999_999)}`,
              `X-SendGrid-Sender: <${mail.returnPath}>`,
              `Arrival-Date: ${mail.date.toISOString().slice(0, 19).replace('T', ' ')}`,
            ],
            ...reasons.map(({ block, stated, diagnostic }) => [
              `Final-Recipient: rfc822; ${block.address}`,
              `Original-Recipient: rfc822; ${block.originalAddress ?? block.address}`,
              'Action: failed',
              `Status: ${stated.status}`,
              `Diagnostic-Code: ${diagnostic}`,
            ]),
          ]),
        },
        {
          header: ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: 7bit'],
          body: returnedCopy(mail),
        },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
