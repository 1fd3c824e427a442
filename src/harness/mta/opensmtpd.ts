// OpenSMTPD: multipart/mixed instead of multipart/report; a status part without Diagnostic-Code, the reply in the text only.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { nothingStated, replyText, statedBy } from '../reply.ts'
import { returnedHeader } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'

interface Reason {
  readonly block: FailedBlock
  /** What follows `address: `. */
  readonly words: string
  /** What those words state. */
  readonly said: Stated
  /** The Status field. */
  readonly status: string
}

const classes = { failed: '5.0.0', delayed: '4.0.0', delivered: '2.0.0' } as const

function reasonOf(block: FailedBlock): Reason {
  const { action, trouble } = block
  const status = classes[action]
  switch (trouble.kind) {
    case 'refused':
      return { block, words: replyText(trouble), said: statedBy(trouble), status }
    case 'no-domain':
      return { block, words: 'Domain does not exist', said: nothingStated, status }
    case 'unreachable':
      return action === 'failed'
        ? { block, words: 'Envelope expired', said: nothingStated, status: '5.4.7' }
        : { block, words: 'Network error on destination MXs', said: nothingStated, status }
    case 'none':
      return { block, words: '', said: nothingStated, status }
  }
}

const notices = {
  failed: {
    subject: 'error',
    text: ['Your message could not be delivered to the following', 'list of recipients:'],
  },
  delayed: {
    subject: 'warning',
    text: [
      'Your message has been waiting for 4 hours and could not be',
      'delivered yet to the following list of recipients:',
    ],
  },
  delivered: {
    subject: 'success',
    text: ['Your message was successfully delivered to these recipients:'],
  },
} as const

export const opensmtpd: Writer = {
  program: 'OpenSMTPD 6 and 7',
  format: 'mixed',
  actions: ['failed', 'delayed', 'delivered'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const action = blocks[0]?.action ?? 'failed'
    const notice = notices[action]
    const reasons = blocks.map(reasonOf)
    const boundary = `${vary.text(19, '123456789')}/${host}`
    const lines = [
      `Received: from localhost (${host} [local])`,
      `\tby ${host} (OpenSMTPD) with ESMTPA id ${vary.hex(8)}`,
      `\tfor <${returnPath}>;`,
      `\t${dateTime(at, zones.cet, { day: 'bare', named: true })}`,
      `Subject: Delivery status notification: ${notice.subject}`,
      `From: Mailer Daemon <MAILER-DAEMON@${host}>`,
      `To: ${returnPath}`,
      `Date: ${dateTime(at, zones.cet, { day: 'bare', named: true })}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed;boundary="${boundary}"`,
      `Message-ID: <${vary.hex(16)}@${host}>`,
      '',
      'This is a MIME-encapsulated message.',
      '',
      ...multipart(boundary, [
        {
          header: ['Content-Description: Notification', 'Content-Type: text/plain; charset=us-ascii'],
          body: [
            '    Hi!',
            '',
            '    This is the MAILER-DAEMON, please DO NOT REPLY to this email.',
            '',
            ...notice.text.map(line => `    ${line}`),
            '',
            ...reasons.map(({ block, words }) => (words ? `${block.address}: ${words}` : block.address)),
            '',
            '    The header of your message follows:',
          ],
        },
        {
          header: ['Content-Description: Delivery Report', 'Content-Type: message/delivery-status'],
          body: fieldBlocks([
            [`Reporting-MTA: dns; ${host}`],
            ...reasons.map(({ block, status }) => [
              `Final-Recipient: rfc822; ${block.address}`,
              `Action: ${action === 'delivered' ? 'relayed' : action}`,
              `Status: ${status}`,
            ]),
          ]),
        },
        {
          header: ['Content-Description: Message headers', 'Content-Type: text/rfc822-headers'],
          body: returnedHeader(mail),
        },
      ]),
    ]
    const stated = reasons.map(({ said, status }) => ({
      status: said.status ?? status,
      replyCode: said.replyCode,
    }))
    return { lines, stated }
  },
}
