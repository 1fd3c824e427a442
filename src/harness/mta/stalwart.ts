// Stalwart (crates/smtp/src/queue/dsn.rs): multipart/report, each recipient on one line of the text with command, code and
// reply, a status part without the enhanced code in its diagnostic, and the header of the mail alone.

import { dayMs } from '../../model/day.ts'
import { dateTime, quotedPrintable, stamp, zones } from '../lines.ts'
import { fieldBlocks, type MimePart, multipart } from '../mime.ts'
import { domainOf, returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, StatedBlock, Writer, Written } from '../situation.ts'

const host = 'mail.stalwart.example'

interface Reason extends StatedBlock {
  /** In parentheses behind the address. */
  readonly words: string
  readonly diagnostic: string | null
  readonly remote: string | null
}

/** Without an enhanced code, the digits of the reply code stand in: 550 is 5.5.0. */
const statusOf = ({ status, replyCode }: Refusal): string => status ?? String(replyCode).split('').join('.')

/** Lines of a reply are glued together. */
const glued = (text: string): string => text.replaceAll('\n', '')

const commands: Readonly<Record<Refusal['command'], (address: string, sender: string) => string>> = {
  'MAIL FROM': (_, sender) => `command 'MAIL FROM:<${sender}>'`,
  'RCPT TO': address => `command 'RCPT TO:<${address}>'`,
  'end of DATA': () => 'transaction',
}

function reasonOf(block: FailedBlock, sender: string): Reason {
  const { action, address, trouble } = block
  const { ip, name } = serverOf(address)
  const vague = action === 'failed' ? '5.0.0' : '4.0.0'
  switch (trouble.kind) {
    case 'refused': {
      const { command, replyCode, status, text } = trouble
      const where = `host '${name}' rejected ${commands[command](address, sender)}`
      return {
        block,
        stated: { status: statusOf(trouble), replyCode },
        words: `${where} with code ${replyCode} (${status ?? '0.0.0'}) '${glued(text)}'`,
        diagnostic: `smtp;${replyCode} ${glued(text)}`,
        remote: name,
      }
    }
    case 'no-domain':
      return {
        block,
        stated: { status: vague, replyCode: null },
        words: `failed to lookup '${domainOf(address)}': DNS record not found: Non-Existent Domain`,
        diagnostic: null,
        remote: null,
      }
    case 'unreachable':
      return {
        block,
        stated: { status: vague, replyCode: null },
        words: `connection to '${name}' failed: Connection timed out (${ip})`,
        diagnostic: null,
        remote: name,
      }
    case 'none':
      return {
        block,
        stated: { status: '2.1.5', replyCode: undefined },
        words: `delivered to '${name}' with code 250 (2.1.5) 'Ok, queued'`,
        diagnostic: null,
        remote: name,
      }
  }
}

const notices = {
  failed: {
    subject: 'Failed to deliver message',
    text: 'Your message could not be delivered to the following recipients:',
  },
  delayed: {
    subject: 'Warning: Delay in message delivery',
    text: 'There was a temporary problem delivering your message to the following recipients:',
  },
  delivered: {
    subject: 'Successfully delivered message',
    text: 'Your message has been successfully delivered to the following recipients:',
  },
} as const

/** mail-builder writes a part with a line of more than 76 characters in quoted-printable. */
function encoded(type: string, body: readonly string[]): MimePart {
  const isLong = body.some(line => line.length > 76)
  return {
    header: [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${isLong ? 'quoted-printable' : '7bit'}`],
    body: isLong ? quotedPrintable(body) : body,
  }
}

export const stalwart: Writer = {
  program: 'Stalwart Mail Server',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const action = blocks[0]?.action ?? 'failed'
    const notice = notices[action]
    const reasons = blocks.map(block => reasonOf(block, mail.returnPath))
    const date = (moment: Date): string => dateTime(moment, zones.utc, { day: 'bare' })
    const boundary = `${vary.hex(16)}_${vary.hex(16)}_${vary.hex(16)}`
    const retryUntil = new Date(at.getTime() + 3 * dayMs)
    const lines = [
      `Received: from localhost (localhost [127.0.0.1]) by ${host} (Stalwart SMTP) id ${vary.hex(15).toUpperCase()}; ${date(at)}`,
      `From: "Mail Delivery Subsystem" <MAILER-DAEMON@${host}>`,
      `To: ${returnPath}`,
      'Auto-Submitted: auto-generated',
      `Message-ID: <${vary.hex(16)}.${stamp(at)}.${vary.hex(16)}@${host}>`,
      `Subject: ${notice.subject}`,
      `Date: ${date(at)}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type="delivery-status"; ',
      `\tboundary="${boundary}"`,
      '',
      '',
      ...multipart(boundary, [
        encoded('text/plain; charset="utf-8"', [
          notice.text,
          '',
          ...reasons.map(({ block, words }) => `<${block.address}> (${words})`),
          '',
        ]),
        encoded(
          'message/delivery-status; charset="utf-8"',
          fieldBlocks([
            [`Reporting-MTA: dns;${host}`, `Arrival-Date: ${date(mail.date)}`],
            ...reasons.map(({ block, stated, diagnostic, remote }) => [
              ...(block.originalAddress ? [`Original-Recipient: rfc822;${block.originalAddress}`] : []),
              `Final-Recipient: rfc822;${block.address}`,
              `Action: ${action}`,
              `Status: ${stated.status}`,
              ...(diagnostic ? [`Diagnostic-Code: ${diagnostic}`] : []),
              ...(remote ? [`Remote-MTA: dns;${remote}`] : []),
              ...(action === 'delayed' ? [`Will-Retry-Until: ${date(retryUntil)}`] : []),
            ]),
          ]),
        ),
        encoded('message/rfc822; charset="utf-8"', [...returnedHeader(mail), '']),
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
