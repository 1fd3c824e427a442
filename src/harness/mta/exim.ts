// Exim: until 4.85 plain text with X-Failed-Recipients, since then a multipart/report whose Status is always x.0.0.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { isTemporary, nothingStated, replyLines, statedBy } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'

interface Reason extends StatedBlock {
  /** The lines under the address. */
  readonly words: readonly string[]
  /** Lines of Diagnostic-Code and name of the server that spoke. */
  readonly remote?: { readonly reply: readonly string[]; readonly name: string }
}

type Generation = 'old' | 'new'

function reasonOf(block: FailedBlock, sender: string, generation: Generation): Reason {
  const server = serverOf(block.address)
  const { trouble } = block
  const gaveUp = block.action === 'failed' ? ['retry timeout exceeded'] : []
  switch (trouble.kind) {
    case 'refused': {
      const after = {
        'MAIL FROM': `MAIL FROM:<${sender}>`,
        'RCPT TO': `RCPT TO:<${block.address}>`,
        'end of DATA': 'end of data',
      }[trouble.command]
      const [first = '', ...more] = replyLines(trouble)
      const said = `SMTP error from remote mail server after ${after}:`
      const place = `host ${server.name} [${server.ip}]`
      const words =
        generation === 'old' ? [said, `${place}: ${first}`, ...more] : [place, said, first, ...more]
      return {
        block,
        stated: statedBy(trouble),
        words: isTemporary(trouble) ? [...words, ...gaveUp] : words,
        remote: { reply: [first, ...more], name: server.name },
      }
    }
    case 'no-domain': {
      const words = [`all relevant MX records for ${domainOf(block.address)} point to non-existent hosts`]
      return { block, stated: nothingStated, words }
    }
    case 'unreachable': {
      const words = [`host ${server.name} [${server.ip}]`, 'Connection timed out', ...gaveUp]
      return { block, stated: nothingStated, words }
    }
    case 'none':
      return {
        block,
        stated: { status: null, replyCode: undefined },
        words: [],
        remote: { reply: ['250 OK'], name: server.name },
      }
  }
}

const opening = 'This message was created automatically by mail delivery software.'

function notice({ blocks, mail }: Situation, id: string, reasons: readonly Reason[]): string[] {
  const addresses = reasons.flatMap(({ block, words }) => [
    `  ${block.address}`,
    ...(block.originalAddress ? [`    (generated from ${block.originalAddress})`] : []),
    ...words.map(line => `    ${line}`),
  ])
  switch (blocks[0]?.action ?? 'failed') {
    case 'failed':
      return [
        opening,
        '',
        'A message that you sent could not be delivered to one or more of its',
        'recipients. This is a permanent error. The following address(es) failed:',
        '',
        ...addresses,
      ]
    case 'delayed':
      return [
        opening,
        'A message that you sent has not yet been delivered to one or more of its',
        `recipients after more than 24 hours on the queue on ${host}.`,
        '',
        `The message identifier is:     ${id}`,
        `The subject of the message is: ${mail.subject}`,
        `The date of the message is:    ${dateTime(mail.date, zones.cet)}`,
        '',
        'The address to which the message has not yet been delivered is:',
        '',
        ...addresses,
        '',
        'No action is required on your part. Delivery attempts will continue for',
        'some time, and this warning may be repeated at intervals if the message',
        'remains undelivered. Eventually the mail delivery software will give up,',
        'and when that happens, the message will be returned to you.',
      ]
    case 'delivered':
      return [
        opening,
        ' ----- The following addresses had successful delivery notifications -----',
        ...blocks.map(block => `  <${block.address}> (relayed to non DSN mailer)`),
      ]
  }
}

const subjects = {
  failed: () => 'Mail delivery failed: returning message to sender',
  delayed: (id: string) => `Warning: message ${id} delayed 24 hours`,
  delivered: () => 'Delivery Status Notification',
} as const

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const queueId = ({ vary }: Situation): string =>
  `1${vary.text(5, base62)}-${vary.text(6, base62)}-${vary.text(2, base62)}`

/** Everything above the content, the fields in Exim's own order; `mime` are those of a report. */
function header(situation: Situation, id: string, release: string, mime: readonly string[]): string[] {
  const { at, blocks, returnPath } = situation
  const written = dateTime(at, zones.cet)
  const action = blocks[0]?.action ?? 'failed'
  const bounceId = queueId(situation)
  const failed = blocks.map(block => block.address).join(', ')
  return [
    `Received: from Debian-exim by ${host} with local (Exim ${release})`,
    `\tid ${bounceId}`,
    `\tfor ${returnPath};`,
    `\t${written}`,
    ...(action === 'failed' ? [`X-Failed-Recipients: ${failed}`] : []),
    'Auto-Submitted: auto-replied',
    `From: Mail Delivery System <Mailer-Daemon@${host}>`,
    `To: ${returnPath}`,
    ...mime,
    `Subject: ${subjects[action](id)}`,
    `Message-Id: <E${bounceId}@${host}>`,
    `Date: ${written}`,
    '',
  ]
}

export const eximOld: Writer = {
  program: 'Exim before 4.86, plain text',
  format: 'text',
  actions: ['failed', 'delayed'],
  write: (situation: Situation): Written => {
    const { blocks, mail } = situation
    const id = queueId(situation)
    const reasons = blocks.map(block => reasonOf(block, mail.returnPath, 'old'))
    const copy = [
      '',
      '------ This is a copy of the message, including all the headers. ------',
      '',
      ...returnedCopy(mail, 'Return-path'),
    ]
    const lines = [
      ...header(situation, id, '4.72', []),
      ...notice(situation, id, reasons),
      ...(blocks[0]?.action === 'failed' ? copy : []),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}

const statuses = { failed: '5.0.0', delayed: '4.0.0', delivered: '2.0.0' } as const

function statusFields({ block, remote }: Reason): string[] {
  return [
    `Action: ${block.action}`,
    `Final-Recipient: rfc822;${block.address}`,
    `Status: ${statuses[block.action]}`,
    ...(remote
      ? [`Remote-MTA: dns; ${remote.name}`, `Diagnostic-Code: smtp; ${remote.reply.join('\n ')}`]
      : []),
  ].flatMap(line => line.split('\n'))
}

export const exim: Writer = {
  program: 'Exim 4.9x',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation): Written => {
    const { at, blocks, mail, vary } = situation
    const id = queueId(situation)
    const reasons = blocks.map(block => reasonOf(block, mail.returnPath, 'new'))
    const random = vary.integer(100_000_000, 2_000_000_000)
    const boundary = `${Math.floor(at.getTime() / 1000)}-eximdsn-${random}`
    const isFailure = blocks[0]?.action === 'failed'
    const mime = [
      `References: ${mail.messageId}`,
      `Content-Type: multipart/report; report-type=delivery-status; boundary=${boundary}`,
      'MIME-Version: 1.0',
    ]
    const lines = [
      ...header(situation, id, '4.96', mime),
      ...multipart(boundary, [
        {
          header: ['Content-type: text/plain; charset=us-ascii'],
          body: notice(situation, id, reasons),
        },
        {
          header: ['Content-type: message/delivery-status'],
          body: fieldBlocks([[`Reporting-MTA: dns; ${host}`], ...reasons.map(statusFields)]),
        },
        {
          header: [`Content-type: ${isFailure ? 'message/rfc822' : 'text/rfc822-headers'}`],
          body: isFailure ? returnedCopy(mail, 'Return-path') : returnedHeader(mail, 'Return-path'),
        },
      ]),
    ]
    const stated = reasons.map(({ block, stated }) => ({
      ...stated,
      status: stated.status ?? statuses[block.action],
    }))
    return { lines, stated }
  },
}
