// OpenSMTPD: multipart/mixed instead of multipart/report; a status part without Diagnostic-Code, the reply in the text only.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { nothingStated, replyText, statedBy } from '../reply.ts'
import { returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'

type Notice = keyof typeof notices

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
      return isExpired(block)
        ? { block, words: 'Envelope expired', said: nothingStated, status: '4.4.7' }
        : { block, words: 'Network error on destination MXs', said: nothingStated, status }
    case 'none':
      return { block, words: '', said: nothingStated, status }
  }
}

const isExpired = ({ action, trouble }: FailedBlock): boolean =>
  action === 'failed' && trouble.kind === 'unreachable'

/** The last notice, about an envelope that expired, is written as a warning of a delay. */
function noticeOf(blocks: readonly FailedBlock[]): Notice {
  const action = blocks[0]?.action ?? 'failed'
  return blocks.every(isExpired) ? 'expired' : action
}

const waits = (time: string) =>
  ({
    action: 'delayed',
    opening: [`A message is delayed for more than ${time} for the following`, 'list of recipients:'],
    closing: [
      'Please note that this is only a temporary failure report.',
      'The message is kept in the queue for up to 4 days.',
      'You DO NOT NEED to re-send the message to these recipients.',
      '',
    ],
  }) as const

/** `action` is both in the subject and in the field Action. */
const notices = {
  failed: {
    action: 'failed',
    opening: [
      'An error has occurred while attempting to deliver a message for',
      'the following list of recipients:',
    ],
    closing: [],
  },
  delayed: waits('4 hours'),
  expired: waits('0 seconds'),
  delivered: {
    action: 'relayed',
    opening: ['Your message was relayed to these recipients.'],
    closing: [],
  },
} as const

export const opensmtpd: Writer = {
  program: 'OpenSMTPD 6 and 7',
  format: 'mixed',
  actions: ['failed', 'delayed', 'delivered'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const notice = notices[noticeOf(blocks)]
    const reasons = blocks.map(reasonOf)
    const boundary = `${vary.text(19, '123456789')}/${host}`
    const lines = [
      `Received: from localhost (${host} [local])`,
      `\tby ${host} (OpenSMTPD) with ESMTPA id ${vary.hex(8)}`,
      `\tfor <${returnPath}>;`,
      `\t${dateTime(at, zones.cet, { day: 'bare', named: true })}`,
      `Subject: Delivery status notification: ${notice.action}`,
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
            ...indented(notice.opening),
            '',
            ...reasons.map(({ block, words }) => (words ? `${block.address}: ${words}` : block.address)),
            '',
            ...indented([...notice.closing, 'Below is a copy of the original message:']),
          ],
        },
        {
          header: ['Content-Description: Delivery Report', 'Content-Type: message/delivery-status'],
          body: fieldBlocks([
            [`Reporting-MTA: dns; ${host}`],
            ...reasons.map(({ block, status }) => [
              `Final-Recipient: rfc822; ${block.address}`,
              `Action: ${notice.action}`,
              `Status: ${status}`,
            ]),
          ]),
        },
        {
          header: ['Content-Description: Message headers', 'Content-Type: text/rfc822-headers'],
          // Headers and body, whatever the part calls itself.
          body: returnedCopy(mail),
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

const indented = (lines: readonly string[]): string[] => lines.map(line => (line === '' ? '' : `    ${line}`))
