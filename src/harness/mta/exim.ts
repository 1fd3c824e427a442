// Exim: until 4.85 plain text with X-Failed-Recipients, since then a multipart/report whose Status is always x.0.0.

import { dateTime, zones } from '../lines.ts'
import { nothingStated, replyText, statedBy } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { Block, SentMail, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'

interface Reason {
  /** What the text part, thus the old form, states. */
  readonly stated: Stated
  /** The lines under the address, indented by four. */
  readonly words: readonly string[]
  readonly diagnostic: string | null
  readonly remote: string | null
}

function reasonOf(block: Block, mail: SentMail): Reason {
  const server = serverOf(block.address)
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused': {
      const after = {
        'MAIL FROM': `MAIL FROM:<${mail.returnPath}>`,
        'RCPT TO': `RCPT TO:<${block.address}>`,
        'end of DATA': 'end of data',
      }[trouble.command]
      const reply = replyText(trouble)
      return {
        stated: statedBy(trouble),
        words: [
          `SMTP error from remote mail server after ${after}:`,
          `host ${server.name} [${server.ip}]: ${reply}`,
          ...(trouble.replyCode < 500 && block.action === 'failed' ? [': retry timeout exceeded'] : []),
        ],
        diagnostic: `smtp; ${reply}`,
        remote: server.name,
      }
    }
    case 'no-domain':
      return {
        stated: nothingStated,
        words: [`all relevant MX records for ${domainOf(block.address)} point to non-existent hosts`],
        diagnostic: null,
        remote: null,
      }
    case 'unreachable':
      return {
        stated: nothingStated,
        words: [
          `${server.name} [${server.ip}]: Connection timed out`,
          ...(block.action === 'failed' ? [': retry timeout exceeded'] : []),
        ],
        diagnostic: null,
        remote: null,
      }
    case 'none':
      return { stated: nothingStated, words: [], diagnostic: 'smtp; 250 OK', remote: server.name }
  }
}

const subjects = {
  failed: () => 'Mail delivery failed: returning message to sender',
  delayed: (id: string) => `Warning: message ${id} delayed 24 hours`,
  delivered: () => 'Delivery Status Notification',
} as const

function notice(situation: Situation, id: string, reasons: readonly Reason[]): string[] {
  const { blocks, mail } = situation
  const addresses = blocks.flatMap((block, index) => [
    `  ${block.address}`,
    ...(block.originalAddress ? [`    (generated from ${block.originalAddress})`] : []),
    ...(reasons[index]?.words.map(line => `    ${line}`) ?? []),
  ])
  const opening = 'This message was created automatically by mail delivery software.'
  switch (blocks[0]?.action ?? 'failed') {
    case 'failed':
      return [
        opening,
        '',
        'Your message did not reach one or more of its recipients, and this',
        'will not change: it is a permanent error. These address(es) failed:',
        '',
        ...addresses,
      ]
    case 'delayed':
      return [
        opening,
        'Your message has not reached one or more of its recipients yet',
        `after more than 24 hours on the queue on ${host}.`,
        '',
        `The message identifier is:     ${id}`,
        `The subject of the message is: ${mail.subject}`,
        `The date of the message is:    ${dateTime(mail.date, zones.cet)}`,
        '',
        'The address to which the message has not yet been delivered is:',
        '',
        ...addresses,
        '',
        'There is nothing for you to do. It will be tried for some time more,',
        'and you will be told if that does not help.',
      ]
    case 'delivered':
      return [
        opening,
        ' ----- The following addresses had successful delivery notifications -----',
        ...blocks.map(block => `  <${block.address}> (relayed to non DSN mailer)`),
      ]
  }
}

/** Everything above the content. */
function header(situation: Situation, id: string, mime: readonly string[]): string[] {
  const { at, blocks, mail, returnPath, vary } = situation
  const written = dateTime(at, zones.cet)
  const action = blocks[0]?.action ?? 'failed'
  const bounceId = queueId(situation)
  return [
    `Received: from Debian-exim by ${host} with local (Exim ${mime.length > 0 ? '4.96' : '4.72'})`,
    `\tid ${bounceId}`,
    `\tfor ${returnPath}; ${written}`,
    ...(action === 'failed' ? [`X-Failed-Recipients: ${blocks.map(block => block.address).join(', ')}`] : []),
    'Auto-Submitted: auto-replied',
    `From: Mail Delivery System <Mailer-Daemon@${host}>`,
    `To: ${returnPath}`,
    ...(mime.length > 0 ? [`References: ${mail.messageId}`] : []),
    ...mime,
    `Subject: ${subjects[action](id)}`,
    `Message-Id: <E${bounceId}@${host}>`,
    `Date: ${written}`,
    ...(vary.integer(0, 3) === 0 ? [`X-Spam-Score: -${vary.integer(1, 9)}.0`] : []),
    '',
  ]
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const queueId = ({ vary }: Situation): string =>
  `1${vary.text(5, base62)}-${vary.text(6, base62)}-${vary.text(2, base62)}`

export const eximOld: Writer = {
  program: 'Exim before 4.85 (plain text)',
  actions: ['failed', 'delayed'],
  write: (situation: Situation): Written => {
    const id = queueId(situation)
    const reasons = situation.blocks.map(block => reasonOf(block, situation.mail))
    const isFailure = situation.blocks[0]?.action === 'failed'
    const lines = [
      ...header(situation, id, []),
      ...notice(situation, id, reasons),
      ...(isFailure
        ? [
            '',
            '------ This is a copy of the message, including all the headers. ------',
            '',
            ...returnedCopy(situation.mail, 'Return-path'),
          ]
        : []),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}

const statusFields = { failed: '5.0.0', delayed: '4.0.0', delivered: '2.0.0' } as const

export const exim: Writer = {
  program: 'Exim 4.9x',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation): Written => {
    const { at, blocks, mail, vary } = situation
    const id = queueId(situation)
    const reasons = blocks.map(block => ({ block, ...reasonOf(block, mail) }))
    const boundary = `${Math.floor(at.getTime() / 1000)}-eximdsn-${vary.integer(100_000_000, 2_000_000_000)}`
    const isFailure = blocks[0]?.action === 'failed'
    const lines = [
      ...header(situation, id, [
        `Content-Type: multipart/report; report-type=delivery-status; boundary=${boundary}`,
        'MIME-Version: 1.0',
      ]),
      `--${boundary}`,
      'Content-type: text/plain; charset=us-ascii',
      '',
      ...notice(situation, id, reasons),
      '',
      `--${boundary}`,
      'Content-type: message/delivery-status',
      '',
      `Reporting-MTA: dns; ${host}`,
      '',
      ...reasons.flatMap(({ block, diagnostic, remote }) => [
        `Action: ${block.action}`,
        `Final-Recipient: rfc822;${block.address}`,
        `Status: ${statusFields[block.action]}`,
        ...(remote ? [`Remote-MTA: dns; ${remote}`] : []),
        ...(diagnostic ? [`Diagnostic-Code: ${diagnostic}`] : []),
        '',
      ]),
      `--${boundary}`,
      `Content-type: ${isFailure ? 'message/rfc822' : 'text/rfc822-headers'}`,
      '',
      ...(isFailure ? returnedCopy(mail, 'Return-path') : returnedHeader(mail, 'Return-path')),
      '',
      `--${boundary}--`,
    ]
    const stated = reasons.map(({ block, stated }) => ({
      status: stated.status ?? statusFields[block.action],
      replyCode: stated.replyCode ?? (block.action === 'delivered' ? 250 : null),
    }))
    return { lines, stated }
  },
}
