// The report of the Exchange family: text and HTML alternatives in quoted-printable, then the status part, then the mail.

import { dateTime, quotedPrintable, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { domainOf, returnedCopy, returnedHeader } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, Written } from '../situation.ts'

export interface MicrosoftReason {
  readonly block: FailedBlock
  readonly stated: Stated
  /** For the reader: one sentence. */
  readonly sentence: string
  /** The reply as the server words it, `550 5.1.1 RESOLVER.ADR.RecipNotFound; not found`; null on success. */
  readonly diagnostic: string | null
  /** Set when another server said it. */
  readonly remote: string | null
}

export const delivered = (block: FailedBlock): MicrosoftReason => ({
  block,
  stated: { status: '2.0.0', replyCode: null },
  diagnostic: null,
  sentence: 'Delivered.',
  remote: null,
})

export interface MicrosoftDress {
  readonly host: string
  readonly from: string
  readonly messageIdHost: string
  /** Header lines that only this product writes. */
  readonly extra: readonly string[]
}

const subjects = {
  failed: 'Undeliverable: ',
  delayed: 'Delivery delayed: ',
  delivered: 'Delivered: ',
} as const

const headings = {
  failed: 'Delivery has failed to these recipients or groups:',
  delayed: 'Delivery is delayed to these recipients or groups:',
  delivered: 'Your message has been delivered to the following recipients:',
} as const

/** Diagnostic lines, the lines of HTML being the same in tags. */
function notification(situation: Situation, reasons: readonly MicrosoftReason[], host: string): string[] {
  const { blocks, mail } = situation
  const action = blocks[0]?.action ?? 'failed'
  return [
    headings[action],
    '',
    ...reasons.flatMap(({ block, sentence }) => [`${block.address}<mailto:${block.address}>`, sentence, '']),
    ...(action === 'delivered'
      ? [`Subject: ${mail.subject}`]
      : [
          'Diagnostic information for administrators:',
          '',
          `Generating server: ${host}`,
          '',
          ...reasons.flatMap(({ block, remote, diagnostic }) => [
            block.address,
            ...(remote
              ? [remote, `Remote Server returned '${diagnostic}'`]
              : [`Remote Server returned '${diagnostic}'`]),
            '',
          ]),
          'Original message headers:',
          '',
          ...returnedHeader(mail),
        ]),
  ]
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function html(lines: readonly string[]): string[] {
  return [
    '<html><head>',
    '<meta http-equiv="Content-Type" content="text/html; charset=us-ascii"></head><body>',
    '<p><b><font color="#000066" size="3" face="Arial">',
    ...lines.map(line => `${escaped(line)}<br>`),
    '</font></b></p>',
    '</body></html>',
  ]
}

/** Writes the report of `reasons` in a product's dress. */
export function microsoftReport(
  situation: Situation,
  reasons: readonly MicrosoftReason[],
  dress: MicrosoftDress,
): Written {
  const { at, blocks, mail, returnPath, vary } = situation
  const action = blocks[0]?.action ?? 'failed'
  const outer = vary.uuid()
  const inner = vary.uuid()
  const text = notification(situation, reasons, dress.host)
  const inQuotedPrintable = (type: string, body: readonly string[]) => ({
    header: [`Content-Type: ${type}; charset="us-ascii"`, 'Content-Transfer-Encoding: quoted-printable'],
    body: quotedPrintable(body),
  })
  const lines = [
    ...dress.extra,
    `From: ${dress.from}`,
    `To: <${returnPath}>`,
    `Date: ${dateTime(at, zones.utc, { day: 'bare' })}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${outer}"`,
    'X-MS-Exchange-Message-Is-Ndr:',
    'Content-Language: en-US',
    `Message-ID: <${vary.uuid()}@${dress.messageIdHost}>`,
    `In-Reply-To: ${mail.messageId}`,
    `References: ${mail.messageId}`,
    `Subject: ${subjects[action]}${mail.subject}`,
    'Auto-Submitted: auto-replied',
    '',
    ...multipart(outer, [
      {
        header: ['Content-Type: multipart/alternative; differences=Content-Type;', `\tboundary="${inner}"`],
        body: multipart(inner, [
          inQuotedPrintable('text/plain', text),
          inQuotedPrintable('text/html', html(text)),
        ]),
      },
      {
        header: ['Content-Type: message/delivery-status'],
        body: fieldBlocks([
          [
            `Reporting-MTA: dns;${dress.host}`,
            'Received-From-MTA: dns;mail.crm.example',
            `Arrival-Date: ${dateTime(mail.date, zones.utc, { day: 'bare' })}`,
          ],
          ...reasons.map(({ block, stated, diagnostic, remote }) => [
            ...(block.originalAddress ? [`Original-Recipient: rfc822;${block.originalAddress}`] : []),
            `Final-Recipient: rfc822;${block.address}`,
            `Action: ${action}`,
            `Status: ${stated.status}`,
            ...(diagnostic ? [`Diagnostic-Code: smtp;${diagnostic}`] : []),
            ...(remote ? [`Remote-MTA: dns;${remote}`] : []),
            `X-Display-Name: ${block.address.split('@')[0]}`,
          ]),
        ]),
      },
      action === 'failed'
        ? { header: ['Content-Type: message/rfc822'], body: returnedCopy(mail) }
        : { header: ['Content-Type: text/rfc822-headers'], body: returnedHeader(mail) },
    ]),
  ]
  return { lines, stated: reasons.map(reason => reason.stated) }
}

export const postmasterAt = (address: string): string => `<postmaster@${domainOf(address)}>`
