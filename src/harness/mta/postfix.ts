// Postfix 3: multipart/report, a notification that wraps at column 79, a status part with X-Postfix fields.

import { dayMs } from '../../model/day.ts'
import { dateTime, stamp, wrap, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { replyText, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

/** What differs between the programs that contain a Postfix. */
export interface PostfixDress {
  readonly host: string
  /** Before 3.3, `address (name)` (header_from_format = obsolete). */
  readonly from: string
  /** The host says so itself, where it holds the mailbox. */
  readonly heldBy: { readonly name: string; readonly ip: string } | null
}

interface Reason extends StatedBlock {
  /** What follows `<address>: ` in the notification. */
  readonly words: string
  /** Value of Diagnostic-Code. */
  readonly diagnostic: string
  readonly remote: string | null
}

function reasonOf(block: FailedBlock, heldBy: PostfixDress['heldBy']): Reason {
  const server = heldBy ?? serverOf(block.address)
  const { trouble } = block
  const own = (status: string, words: string): Reason => ({
    block,
    stated: { status, replyCode: null },
    words,
    diagnostic: `X-Postfix; ${words}`,
    remote: null,
  })
  switch (trouble.kind) {
    case 'refused': {
      const reply = replyText(trouble)
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        words: `host ${server.name}[${server.ip}] said: ${reply} (in reply to ${trouble.command} command)`,
        diagnostic: `smtp; ${reply}`,
        remote: server.name,
      }
    }
    case 'no-domain': {
      const name = domainOf(block.address)
      return own(
        '5.4.4',
        `Host or domain name not found. Name service error for name=${name} type=AAAA: Host not found`,
      )
    }
    case 'unreachable':
      return own('4.4.1', `connect to ${server.name}[${server.ip}]:25: Connection timed out`)
    case 'none': {
      const reply = '250 2.0.0 Ok: queued'
      return {
        block,
        stated: { status: '2.0.0', replyCode: undefined },
        words: `delivery via ${server.name}[${server.ip}]:25: ${reply}`,
        diagnostic: `smtp; ${reply}`,
        remote: server.name,
      }
    }
  }
}

const host = 'mail.crm.example'

const ours: PostfixDress = { host, from: `Mail Delivery System <MAILER-DAEMON@${host}>`, heldBy: null }

const help = [
  '',
  'For further assistance, please send mail to postmaster.',
  '',
  'If you do so, please include this problem report. You can',
  'delete your own text from the attached returned message.',
]

const notices = {
  failed: {
    subject: 'Undelivered Mail Returned to Sender',
    text: [
      "I'm sorry to have to inform you that your message could not",
      "be delivered to one or more recipients. It's attached below.",
      ...help,
    ],
    copy: 'Undelivered Message',
  },
  delayed: {
    subject: 'Delayed Mail (still being retried)',
    text: [
      '####################################################################',
      '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
      '####################################################################',
      '',
      'Your message could not be delivered for more than 4 hour(s).',
      'It will be retried until it is 5 day(s) old.',
      ...help,
    ],
    copy: 'Delayed Message Headers',
  },
  delivered: {
    subject: 'Successful Mail Delivery Report',
    text: [
      'Your message was successfully delivered to the destination(s)',
      'listed below. If the message was delivered to mailbox you will',
      'receive no further notifications. Otherwise you may still receive',
      'notifications of mail delivery errors from other systems.',
    ],
    copy: 'Message Headers',
  },
} as const

const date = (at: Date): string => dateTime(at, zones.cet, { day: 'space', named: true })

function statusFields({ block, stated, remote, diagnostic }: Reason, at: Date): string[] {
  const retryUntil = new Date(at.getTime() + 5 * dayMs)
  return [
    `Final-Recipient: rfc822; ${block.address}`,
    // Without ORCPT Postfix names what it took at RCPT TO, before its own aliases.
    `Original-Recipient: rfc822;${block.originalAddress ?? block.address}`,
    // The next server has no DSN extension, so success is only that it took the mail (RFC 3461 §5.2.2).
    `Action: ${block.action === 'delivered' ? 'relayed' : block.action}`,
    `Status: ${stated.status}`,
    ...(remote ? [`Remote-MTA: dns; ${remote}`] : []),
    ...wrap(`Diagnostic-Code: ${diagnostic}`, 78, '    '),
    ...(block.action === 'delayed' ? [`Will-Retry-Until: ${date(retryUntil)}`] : []),
  ]
}

/** Writes the report of a Postfix in a program's dress. */
export function postfixReport(
  { at, blocks, mail, returnPath, vary }: Situation,
  { host, from, heldBy }: PostfixDress,
): Written {
  const id = (): string => vary.text(10, 'BCDFGHJKLMNPQRSTVWXYZ0123456789')
  const queueId = id()
  const bounceId = id()
  const boundary = `${queueId}.${Math.floor(at.getTime() / 1000)}/${host}`
  const action = blocks[0]?.action ?? 'failed'
  const notice = notices[action]
  const reasons = blocks.map(block => reasonOf(block, heldBy))

  const notification = {
    header: ['Content-Description: Notification', 'Content-Type: text/plain; charset=us-ascii'],
    body: [
      `This is the mail system at host ${host}.`,
      '',
      ...notice.text,
      '',
      '                   The mail system',
      ...reasons.flatMap(({ block, words }) => ['', ...wrap(`<${block.address}>: ${words}`, 78, '    ')]),
    ],
  }
  const status = {
    header: ['Content-Description: Delivery report', 'Content-Type: message/delivery-status'],
    body: fieldBlocks([
      [
        `Reporting-MTA: dns; ${host}`,
        `X-Postfix-Queue-ID: ${queueId}`,
        `X-Postfix-Sender: rfc822; ${mail.returnPath}`,
        `Arrival-Date: ${date(mail.date)}`,
      ],
      ...reasons.map(reason => statusFields(reason, at)),
    ]),
  }
  const isFailure = action === 'failed'
  const copy = {
    header: [
      `Content-Description: ${notice.copy}`,
      `Content-Type: ${isFailure ? 'message/rfc822' : 'text/rfc822-headers'}`,
    ],
    body: isFailure ? returnedCopy(mail) : returnedHeader(mail),
  }
  const lines = [
    `Received: by ${host} (Postfix)`,
    `\tid ${bounceId}; ${date(at)}`,
    `Date: ${date(at)}`,
    `From: ${from}`,
    `Subject: ${notice.subject}`,
    `To: ${returnPath}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    `Message-Id: <${stamp(at)}.${bounceId}@${host}>`,
    '',
    'This is a MIME-encapsulated message.',
    '',
    ...multipart(boundary, [notification, status, copy]),
  ]
  return { lines, stated: reasons.map(reason => reason.stated) }
}

export const postfix: Writer = {
  program: 'Postfix 3',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: situation => postfixReport(situation, ours),
}
