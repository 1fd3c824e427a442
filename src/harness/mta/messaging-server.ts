// Oracle Communications Messaging Server, which iCloud and large providers run: fields of the mail first, then a block for each recipient.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { isTemporary, replyText, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

const host = 'st11p00mm-smtpin.mac.example.net'

interface Reason extends StatedBlock {
  readonly reason: string
  readonly diagnostic: string | null
  readonly remote: string | null
}

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  const server = serverOf(block.address)
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        reason: isTemporary(trouble)
          ? 'Remote SMTP server has put the message off for too long'
          : 'Remote SMTP server has rejected address',
        diagnostic: `smtp;${replyText(trouble)}`,
        remote: `dns;${server.name} (TCP|192.0.2.67|47323|${server.ip}|25) (${server.name} ESMTP)`,
      }
    case 'no-domain':
      return {
        block,
        stated: { status: '5.1.2', replyCode: null },
        reason: 'Illegal host/domain name found',
        diagnostic: null,
        remote: null,
      }
    default:
      return {
        block,
        stated: { status: '4.4.7', replyCode: null },
        reason: 'Unable to deliver the message within the allowed time',
        diagnostic: null,
        remote: `dns;${domainOf(block.address)}`,
      }
  }
}

export const messagingServer: Writer = {
  program: 'Oracle Messaging Server (iCloud)',
  format: 'report',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const boundary = `Boundary_(ID_${vary.text(22, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')})`
    const id = `0NG${vary.text(8, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}0DK00@${host}`
    const lines = [
      `Received: from process-dkim-sign-daemon.${host} by ${host}`,
      ` (Oracle Communications Messaging Server 8.0.2.8.20200420) id <${id}>; ${dateTime(at, zones.utc, { named: true })}`,
      `Date: ${dateTime(at, zones.utc, { named: true })}`,
      `From: Internet Mail Delivery <postmaster@${host}>`,
      'Subject: Delivery Notification: Delivery has failed',
      `To: ${returnPath}`,
      `Message-id: <${id}>`,
      'MIME-version: 1.0',
      'Content-type: multipart/report; report-type=delivery-status;',
      ` boundary="${boundary}"`,
      '',
      ...multipart(boundary, [
        {
          header: ['Content-type: text/plain; charset=us-ascii', 'Content-language: en-US'],
          body: [
            'This report relates to a message you sent with the following header fields:',
            '',
            `  Message-id: ${mail.messageId}`,
            `  Date: ${dateTime(mail.date, zones.cet)}`,
            `  From: ${mail.from}`,
            `  To: ${mail.to}`,
            `  Subject: ${mail.subject}`,
            '',
            'Your message cannot be delivered to the following recipients:',
            ...reasons.flatMap(({ block, reason, diagnostic, remote }) => [
              '',
              `  Recipient address: ${block.address}`,
              ...(block.originalAddress ? [`  Original address: ${block.originalAddress}`] : []),
              `  Reason: ${reason}`,
              ...(diagnostic ? [`  Diagnostic code: ${diagnostic}`] : []),
              ...(remote ? [`  Remote system: ${remote}`] : []),
            ]),
            '',
          ],
        },
        {
          header: ['Content-type: message/delivery-status'],
          body: fieldBlocks([
            [
              `Original-envelope-id: ${id}`,
              `Reporting-MTA: dns;${host} (tcp-daemon)`,
              `Arrival-date: ${dateTime(mail.date, zones.utc, { named: true })}`,
            ],
            ...reasons.map(({ block, stated, reason, diagnostic, remote }) => [
              ...(block.originalAddress ? [`Original-recipient: rfc822;${block.originalAddress}`] : []),
              `Final-recipient: rfc822;${block.address}`,
              'Action: failed',
              `Status: ${stated.status} (${reason})`,
              ...(remote ? [`Remote-MTA: ${remote}`] : []),
              ...(diagnostic ? [`Diagnostic-code: ${diagnostic}`] : []),
            ]),
          ]),
        },
        { header: ['Content-type: message/rfc822'], body: returnedCopy(mail, 'Return-path') },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
