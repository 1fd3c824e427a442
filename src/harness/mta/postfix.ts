// Postfix 3: multipart/report with a notification that wraps at column 79 and a status block with X-Postfix fields.

import { dateTime, stamp, wrap, zones } from '../lines.ts'
import { replyText, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { Block, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'

interface Reason {
  readonly stated: Stated
  /** What follows `<address>: ` in the notification. */
  readonly words: string
  /** Value of Diagnostic-Code. */
  readonly diagnostic: string
  readonly remote: string | null
}

function reasonOf(block: Block): Reason {
  const server = serverOf(block.address)
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused': {
      const reply = replyText(trouble)
      const command = trouble.command === 'end of DATA' ? 'end of DATA command' : `${trouble.command} command`
      return {
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        words: `host ${server.name}[${server.ip}] said: ${reply} (in reply to ${command})`,
        diagnostic: `smtp; ${reply}`,
        remote: server.name,
      }
    }
    case 'no-domain': {
      const words = `Host or domain name not found. Name service error for name=${domainOf(block.address)} type=AAAA: Host not found`
      return {
        stated: { status: '5.4.4', replyCode: null },
        words,
        diagnostic: `X-Postfix; ${words}`,
        remote: null,
      }
    }
    case 'unreachable': {
      const words = `connect to ${server.name}[${server.ip}]:25: Connection timed out`
      return {
        stated: { status: '4.4.1', replyCode: null },
        words,
        diagnostic: `X-Postfix; ${words}`,
        remote: null,
      }
    }
    case 'none': {
      const reply = '250 2.0.0 Ok: queued'
      return {
        stated: { status: '2.0.0', replyCode: 250 },
        words: `delivery via ${server.name}[${server.ip}]:25: ${reply}`,
        diagnostic: `smtp; ${reply}`,
        remote: server.name,
      }
    }
  }
}

const notices = {
  failed: {
    subject: 'Undelivered Mail Returned to Sender',
    text: [
      'Your message could not be handed over to one or more of its',
      'recipients. A copy of it follows this note.',
      '',
      'Please turn to postmaster for help and include this note.',
    ],
    description: 'Undelivered Message',
  },
  delayed: {
    subject: 'Delayed Mail (still being retried)',
    text: [
      '####################################################################',
      '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
      '####################################################################',
      '',
      'Your message has been waiting for several hours. Delivery will be',
      'tried for some days more.',
    ],
    description: 'Delayed Message Headers',
  },
  delivered: {
    subject: 'Successful Mail Delivery Report',
    text: ['Your message reached the destinations listed below.'],
    description: 'Message Headers',
  },
} as const

export const postfix: Writer = {
  program: 'Postfix 3',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation): Written => {
    const { at, blocks, mail, vary } = situation
    const queueId = vary.text(10, 'BCDFGHJKLMNPQRSTVWXYZ0123456789')
    const bounceId = vary.text(10, 'BCDFGHJKLMNPQRSTVWXYZ0123456789')
    const boundary = `${queueId}.${Math.floor(at.getTime() / 1000)}/${host}`
    const written = dateTime(at, zones.cet, { day: 'space', named: true })
    const arrived = dateTime(mail.date, zones.cet, { day: 'space', named: true })
    const notice = notices[blocks[0]?.action ?? 'failed']
    const reasons = blocks.map(block => ({ block, ...reasonOf(block) }))
    const isFailure = notice === notices.failed

    const lines = [
      `Received: by ${host} (Postfix)`,
      `\tid ${bounceId}; ${written}`,
      `Date: ${written}`,
      `From: Mail Delivery System <MAILER-DAEMON@${host}>`,
      `Subject: ${notice.subject}`,
      `To: ${situation.returnPath}`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status;',
      `\tboundary="${boundary}"`,
      `Message-Id: <${stamp(at)}.${bounceId}@${host}>`,
      '',
      'This is a MIME-encapsulated message.',
      '',
      `--${boundary}`,
      'Content-Description: Notification',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      `This is the mail system at host ${host}.`,
      '',
      ...notice.text,
      '',
      '                   The mail system',
      '',
      ...reasons.flatMap(({ block, words }) => [...wrap(`<${block.address}>: ${words}`, 78, '    '), '']),
      `--${boundary}`,
      'Content-Description: Delivery report',
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; ${host}`,
      `X-Postfix-Queue-ID: ${queueId}`,
      `X-Postfix-Sender: rfc822; ${mail.returnPath}`,
      `Arrival-Date: ${arrived}`,
      '',
      ...reasons.flatMap(({ block, stated, diagnostic, remote }) => [
        `Final-Recipient: rfc822; ${block.address}`,
        // Without ORCPT Postfix names what it took at RCPT TO, before its own aliases.
        `Original-Recipient: rfc822;${block.originalAddress ?? block.address}`,
        `Action: ${block.action === 'delivered' ? 'relayed' : block.action}`,
        `Status: ${stated.status}`,
        ...(remote ? [`Remote-MTA: dns; ${remote}`] : []),
        ...wrap(`Diagnostic-Code: ${diagnostic}`, 78, '    '),
        ...(block.action === 'delayed'
          ? [
              `Will-Retry-Until: ${dateTime(new Date(at.getTime() + 4 * 86_400_000), zones.cet, { day: 'space', named: true })}`,
            ]
          : []),
        '',
      ]),
      `--${boundary}`,
      `Content-Description: ${notice.description}`,
      `Content-Type: ${isFailure ? 'message/rfc822' : 'text/rfc822-headers'}`,
      '',
      ...(isFailure ? returnedCopy(mail) : returnedHeader(mail)),
      '',
      `--${boundary}--`,
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
