// Gmail and Google Workspace: multipart/report around multipart/related around text, HTML and a little picture.

import { base64, dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { replyLines, replyText, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

interface Reason extends StatedBlock {
  readonly heading: string
  readonly sentence: string
  /** Lines of "The response was". */
  readonly response: readonly string[]
  readonly diagnostic: string
  readonly remote: string | null
}

function reasonOf(block: FailedBlock): Reason {
  const { action, address, trouble } = block
  const server = serverOf(address)
  const domain = domainOf(address)
  const remote = `${server.name}. (${server.ip}, the server for the domain ${domain}.)`
  const late = {
    heading: action === 'delayed' ? 'Delivery incomplete' : 'Message not delivered',
    sentence:
      action === 'delayed'
        ? `Your message has not reached ${address} yet. Gmail will try again for 46 more hours.`
        : `Gmail has stopped trying to deliver your message to ${address}.`,
  }
  switch (trouble.kind) {
    case 'refused': {
      const unknown = trouble.cause === 'unknown-user'
      const permanent = {
        heading: unknown ? 'Address not found' : 'Message not delivered',
        sentence: unknown
          ? `Your message wasn't delivered to ${address} because the address couldn't be found.`
          : `There was a problem delivering your message to ${address}.`,
      }
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        ...(trouble.replyCode < 500 ? late : permanent),
        response: replyLines(trouble),
        diagnostic: replyText(trouble),
        remote,
      }
    }
    case 'no-domain': {
      const response = [
        `DNS Error: DNS type 'mx' lookup of ${domain} responded with code NXDOMAIN`,
        `Domain name not found: ${domain}`,
      ]
      return {
        block,
        stated: { status: '5.1.2', replyCode: null },
        heading: 'Address not found',
        sentence: `Your message wasn't delivered to ${address} because the domain ${domain} couldn't be found.`,
        response,
        diagnostic: response.join(' '),
        remote: null,
      }
    }
    default: {
      const response = `The recipient server did not accept our requests to connect. [${server.name}. ${server.ip}: timed out]`
      return {
        block,
        stated: { status: '4.4.1', replyCode: null },
        ...late,
        response: [response],
        diagnostic: response,
        remote: null,
      }
    }
  }
}

// 1 × 1 transparent pixel; the real ones are small icons.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)

function notification(reasons: readonly Reason[], vary: Situation['vary'], stem: string) {
  const text = reasons.flatMap(({ heading, sentence, response }) => [
    '',
    `** ${heading} **`,
    '',
    sentence,
    '',
    'The response was:',
    '',
    ...response,
    '',
  ])
  const page = [
    '<html><head><style>* { font-family: Roboto, Arial, sans-serif }</style></head><body>',
    ...reasons.map(
      ({ heading, sentence, response }) =>
        `<h2>${heading}</h2><p>${sentence}</p><p>The response was:</p><p style="font-family:monospace">${response.join('<br/>').replace(/<(?!br)([^>]*)>/g, '&lt;$1&gt;')}</p>`,
    ),
    '<img src="cid:icon.png"></body></html>',
  ]
  const related = stem + vary.hex(8)
  const alternative = stem + vary.hex(8)
  return {
    header: [`Content-Type: multipart/related; boundary="${related}"`],
    body: multipart(related, [
      {
        header: [`Content-Type: multipart/alternative; boundary="${alternative}"`],
        body: multipart(alternative, [
          { header: ['Content-Type: text/plain; charset="UTF-8"'], body: text },
          { header: ['Content-Type: text/html; charset="UTF-8"'], body: page },
        ]),
      },
      {
        header: [
          'Content-Type: image/png; name="icon.png"',
          'Content-Disposition: attachment; filename="icon.png"',
          'Content-Transfer-Encoding: base64',
          'Content-ID: <icon.png>',
        ],
        body: base64(picture),
      },
    ]),
  }
}

const date = (at: Date): string => dateTime(at, zones.pst, { named: true })

export const gmail: Writer = {
  program: 'Gmail and Google Workspace',
  format: 'report',
  actions: ['failed', 'delayed'],
  oneRecipient: true,
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const isFailure = blocks[0]?.action === 'failed'
    // Google's boundaries begin with twelve zeros.
    const stem = `000000000000${vary.hex(8)}`
    const boundary = stem + vary.hex(8)
    const lines = [
      `Received: by 2002:a05:${vary.hex(4)}:${vary.hex(4)}:b0:${vary.hex(3)}:${vary.hex(4)}:${vary.hex(4)} with SMTP id ${vary.hex(12)}mr${vary.integer(100000, 9999999)}edb.${vary.integer(1, 40)}.${Math.floor(at.getTime() / 1000)};`,
      `        ${date(at)}`,
      'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
      `To: ${returnPath}`,
      'Auto-Submitted: auto-replied',
      `Subject: Delivery Status Notification (${isFailure ? 'Failure' : 'Delay'})`,
      `References: ${mail.messageId}`,
      `In-Reply-To: ${mail.messageId}`,
      ...(isFailure ? [`X-Failed-Recipients: ${blocks.map(block => block.address).join(', ')}`] : []),
      `Message-ID: <${vary.hex(8)}.${vary.hex(8)}.${vary.hex(5)}.${vary.hex(4)}.GMR@mx.google.com>`,
      `Date: ${date(at)}`,
      `Content-Type: multipart/report; boundary="${boundary}"; report-type=delivery-status`,
      '',
      ...multipart(boundary, [
        notification(reasons, vary, stem),
        {
          header: ['Content-Type: message/delivery-status'],
          body: fieldBlocks([
            [
              'Reporting-MTA: dns; googlemail.com',
              `Received-From-MTA: dns; ${mail.returnPath}`,
              `Arrival-Date: ${date(mail.date)}`,
              `X-Original-Message-ID: ${mail.messageId}`,
            ],
            ...reasons.map(({ block, stated, diagnostic, remote }) => [
              `Final-Recipient: rfc822; ${block.address}`,
              `Action: ${block.action}`,
              `Status: ${stated.status}`,
              ...(remote ? [`Remote-MTA: dns; ${remote}`] : []),
              `Diagnostic-Code: smtp; ${diagnostic}`,
              `Last-Attempt-Date: ${date(at)}`,
              ...(block.action === 'delayed'
                ? [`Will-Retry-Until: ${date(new Date(at.getTime() + 46 * 3_600_000))}`]
                : []),
            ]),
          ]),
        },
        isFailure
          ? { header: ['Content-Type: message/rfc822'], body: returnedCopy(mail) }
          : { header: ['Content-Type: text/rfc822-headers'], body: returnedHeader(mail) },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
