// Sendmail 8: multipart/report, a transcript of the session in the first part, `RFC822;` and `DNS;` in capitals.

import { dayMs } from '../../model/day.ts'
import { dateTime, stamp, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { isTemporary, lastReplyLine, replyLines, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, StatedBlock, Writer, Written } from '../situation.ts'

/** What differs between the programs that contain a Sendmail. */
export interface SendmailDress {
  readonly host: string
  readonly version: string
  /** Header lines that only this product writes. */
  readonly extra: readonly string[]
}

interface Reason extends StatedBlock {
  /** In parentheses under the address. */
  readonly reason: string | null
  readonly transcript: readonly string[]
  readonly remote: string | null
  readonly diagnostic: string | null
}

const givenUp = ['Message could not be delivered for 5 days', 'Message will be deleted from queue']

const isNoUser = ({ command, replyCode }: Refusal): boolean =>
  command === 'RCPT TO' && [550, 551, 553].includes(replyCode)

/** The code of its own word, where the server gave none (EX_NOUSER in deliver.c). */
function statusFor(refusal: Refusal): string {
  return refusal.status === null && isNoUser(refusal) ? '5.1.1' : statusOrClass(refusal)
}

/** Its own word for a refusal: any 550, 551 or 553 of a recipient is an unknown user, whatever the server said. */
function errorFor(refusal: Refusal, address: string): string {
  return isNoUser(refusal) ? `550 5.1.1 <${address}>... User unknown` : '554 5.0.0 Service unavailable'
}

/**
 * Commands are pipelined (RFC 2920): a reply to RCPT stands behind `>>> DATA`, the last command sent. `hasNext`: so
 * does the reply to DATA itself.
 */
function reasonOf(block: FailedBlock, sender: string, hasNext: boolean): Reason {
  const server = serverOf(block.address)
  const { address, action, trouble } = block
  const end = action === 'failed' ? givenUp : ['Will keep trying until message is 5 days old']
  switch (trouble.kind) {
    case 'refused': {
      const last = lastReplyLine(trouble)
      const later = isTemporary(trouble)
      const verdict = later ? [`<${address}>... Deferred: ${last}`, ...end] : [errorFor(trouble, address)]
      return {
        block,
        // What the queue's patience ends with is 4.4.7, whatever the last reply was.
        stated: {
          status: later && action === 'failed' ? '4.4.7' : statusFor(trouble),
          replyCode: trouble.replyCode,
          ...(later ? { alsoRight: 'expired' } : {}),
        },
        reason: last,
        transcript: [
          `... while talking to ${server.name}.:`,
          `>>> ${trouble.command === 'MAIL FROM' ? `MAIL From:<${sender}>` : 'DATA'}`,
          ...replyLines(trouble).map(line => `<<< ${line}`),
          ...verdict,
          ...(trouble.command === 'RCPT TO' && hasNext ? ['<<< 503 5.0.0 Need RCPT (recipient)'] : []),
        ],
        remote: server.name,
        diagnostic: `SMTP; ${last}`,
      }
    }
    case 'no-domain': {
      const domain = domainOf(address)
      return {
        block,
        stated: { status: '5.1.2', replyCode: undefined },
        reason: null,
        transcript: [`550 5.1.2 <${address}>... Host unknown (Name server: ${domain}: host not found)`],
        remote: domain,
        diagnostic: null,
      }
    }
    case 'unreachable':
      return {
        block,
        stated: { status: action === 'failed' ? '4.4.7' : '4.4.1', replyCode: null },
        reason: null,
        transcript: [`<${address}>... Deferred: Connection timed out with ${server.name}.`, ...end],
        remote: server.name,
        diagnostic: null,
      }
    case 'none':
      return {
        block,
        stated: { status: '2.1.5', replyCode: null },
        reason: null,
        transcript: [`<${address}>... relayed; expect no further notifications`],
        remote: server.name,
        diagnostic: null,
      }
  }
}

const notices = {
  failed: {
    subject: 'Returned mail: see transcript for details',
    auto: 'auto-generated (failure)',
    opening: [],
    heading: '   ----- The following addresses had permanent fatal errors -----',
  },
  delayed: {
    subject: 'Warning: could not send message for past 4 hours',
    auto: 'auto-generated (warning-timeout)',
    opening: [
      '    **********************************************',
      '    **      THIS IS A WARNING MESSAGE ONLY      **',
      '    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **',
      '    **********************************************',
      '',
    ],
    heading: '   ----- The following addresses had transient non-fatal errors -----',
  },
  delivered: {
    subject: 'Return receipt',
    auto: 'auto-generated (return-receipt)',
    opening: [],
    heading: '   ----- The following addresses had successful delivery notifications -----',
  },
} as const

function statusFields({ block, stated, remote, diagnostic }: Reason, at: Date): string[] {
  return [
    ...(block.originalAddress ? [`Original-Recipient: rfc822;${block.originalAddress}`] : []),
    `Final-Recipient: RFC822; ${block.address}`,
    `X-Actual-Recipient: rfc822; ${block.address}`,
    `Action: ${block.action === 'delivered' ? 'relayed (to non-DSN-aware mailer)' : block.action}`,
    `Status: ${stated.status}`,
    ...(remote ? [`Remote-MTA: DNS; ${remote}`] : []),
    ...(diagnostic ? [`Diagnostic-Code: ${diagnostic}`] : []),
    `Last-Attempt-Date: ${dateTime(at, zones.cet, { day: 'bare' })}`,
    ...(block.action === 'delayed'
      ? [`Will-Retry-Until: ${dateTime(new Date(at.getTime() + 5 * dayMs), zones.cet, { day: 'bare' })}`]
      : []),
  ]
}

/** Writes the report of a Sendmail in a product's dress. */
export function sendmailReport(
  { at, blocks, mail, returnPath, vary }: Situation,
  { host, version, extra }: SendmailDress,
): Written {
  const date = (moment: Date): string => dateTime(moment, zones.cet, { day: 'bare' })
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx'
  const queueId = `${vary.text(1, letters)}${vary.text(2, '0123456789')}${vary.text(5, letters)}${vary.integer(100000, 999999)}`
  const boundary = `${queueId}.${Math.floor(at.getTime() / 1000)}/${host}`
  const action = blocks[0]?.action ?? 'failed'
  const notice = notices[action]
  const hasNext = vary.pick([true, false])
  const reasons = blocks.map(block => reasonOf(block, mail.returnPath, hasNext))
  const text = [
    ...notice.opening,
    `The original message was received at ${date(mail.date)}`,
    'from crm.example [192.0.2.10]',
    '',
    notice.heading,
    ...reasons.flatMap(({ block, reason }) => [
      `<${block.address}>${block.action === 'delivered' ? '  (relayed to non-DSN-aware mailer)' : ''}`,
      ...(reason ? [`    (reason: ${reason})`] : []),
      ...(block.originalAddress ? [`    (expanded from: <${block.originalAddress}>)`] : []),
    ]),
    '',
    '   ----- Transcript of session follows -----',
    ...reasons.flatMap(reason => reason.transcript),
  ]
  const lines = [
    'Received: from localhost (localhost)',
    `\tby ${host} (${version}/${version}) id ${queueId};`,
    `\t${date(at)}`,
    `Date: ${date(at)}`,
    `From: Mail Delivery Subsystem <MAILER-DAEMON@${host}>`,
    `Message-Id: <${stamp(at).slice(0, 12)}.${queueId}@${host}>`,
    `To: <${returnPath}>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    `Subject: ${notice.subject}`,
    `Auto-Submitted: ${notice.auto}`,
    ...extra,
    '',
    'This is a MIME-encapsulated message',
    '',
    ...multipart(boundary, [
      // No header at all: text/plain by default (RFC 2045 §5.2).
      { header: [], body: text },
      {
        header: ['Content-Type: message/delivery-status'],
        body: fieldBlocks([
          [
            `Reporting-MTA: dns; ${host}`,
            'Received-From-MTA: DNS; crm.example',
            `Arrival-Date: ${date(mail.date)}`,
          ],
          ...reasons.map(reason => statusFields(reason, at)),
        ]),
      },
      {
        header: [`Content-Type: ${action === 'failed' ? 'message/rfc822' : 'text/rfc822-headers'}`],
        body: action === 'failed' ? returnedCopy(mail) : returnedHeader(mail),
      },
    ]),
  ]
  return { lines, stated: reasons.map(reason => reason.stated) }
}

export const sendmail: Writer = {
  program: 'Sendmail 8',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: situation => sendmailReport(situation, { host: 'mail.crm.example', version: '8.17.1', extra: [] }),
}
