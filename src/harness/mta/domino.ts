// HCL (IBM Lotus) Domino: multipart/report whose Diagnostic-Code is of type X-Notes and folded in the middle of a word.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { replyText, statusOrClass } from '../reply.ts'
import { domainOf, returnedCopy, serverOf } from '../sent-mail.ts'
import type {
  FailedBlock,
  Refusal,
  Situation,
  StatedBlock,
  TroubleCause,
  Writer,
  Written,
} from '../situation.ts'

interface Reason extends StatedBlock {
  readonly words: string
}

/** Domino's own words where it holds the mailbox itself. */
const ownWords: Partial<Record<TroubleCause, (address: string) => Pick<Reason, 'stated' | 'words'>>> = {
  'unknown-user': address => ({
    stated: { status: '5.1.1', replyCode: null },
    words: `User ${address.split('@')[0]} (${address}) not listed in Domino Directory`,
  }),
  'mailbox-full': address => ({
    stated: { status: '5.2.2', replyCode: null },
    words: `Delivery to ${address} failed: the mail file is over its quota, mailbox full`,
  }),
}

function reasonOf(block: FailedBlock): Reason {
  const { address, trouble } = block
  const own = trouble.kind === 'refused' ? ownWords[trouble.cause]?.(address) : undefined
  if (own) return { block, ...own }
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        words: transferError(address, trouble),
      }
    case 'no-domain':
      return {
        block,
        stated: { status: '5.1.2', replyCode: null },
        words: `No route found to domain ${domainOf(address)} from server DOMINO1/Example. The domain does not exist`,
      }
    default:
      return {
        block,
        stated: { status: '4.4.1', replyCode: null },
        words: `Error transferring to ${serverOf(address).name}; Connection timed out, the remote system is no longer responding`,
      }
  }
}

function transferError(address: string, refusal: Refusal): string {
  const permanence = refusal.replyCode < 500 ? 'Transient' : 'Permanent'
  return `Error transferring to ${serverOf(address).name}; SMTP Protocol Returned a ${permanence} Error ${replyText(refusal)}`
}

/** Domino counts characters, not words. */
function foldAnywhere(field: string): string[] {
  const [first = '', ...more] = field.match(/.{1,75}/g) ?? []
  return [first, ...more.map(piece => ` ${piece}`)]
}

export const domino: Writer = {
  program: 'Domino 9 to 14',
  format: 'report',
  actions: ['failed'],
  write: ({ at, blocks, mail, recipient, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const domain = domainOf(recipient)
    const host = `domino1.${domain}`
    const hex = (length: number): string => vary.hex(length).toUpperCase()
    const boundary = `==IFJRGLKFGIR${vary.integer(1000, 99999)}UHRUHIHD`
    const lines = [
      `Received: from ${host} ([192.0.2.25])`,
      `          by mail.crm.example with ESMTP id ${stamp(vary.integer(10000, 99999), at)};`,
      `          ${dateTime(at, zones.cet, { day: 'bare' })} `,
      `From: Postmaster@${domain}`,
      `To: ${returnPath}`,
      `Subject: DELIVERY FAILURE: ${reasons[0]?.words.slice(0, 120)}`,
      `Date: ${dateTime(at, zones.cet, { day: 'bare' })}`,
      `Message-ID: <OF${hex(8)}.${hex(8)}-ON${hex(8)}.${hex(8)}-${hex(8)}.${hex(8)}@${domain}>`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
      '',
      ...multipart(boundary, [
        {
          header: ['Content-Type: text/plain; charset=ISO-8859-1'],
          body: [
            'Your message',
            '',
            `  Subject: ${mail.subject}`,
            '',
            'was not delivered to:',
            '',
            ...reasons.flatMap(({ block, words }) => [
              `  ${block.address}`,
              '',
              'because:',
              '',
              `  ${words}`,
              '',
            ]),
          ],
        },
        {
          header: ['Content-Type: message/delivery-status'],
          body: fieldBlocks([
            [`Reporting-MTA: dns;${host}`],
            ...reasons.map(({ block, stated, words }) => [
              `Final-Recipient: rfc822;${block.address}`,
              'Action: failed',
              `Status: ${stated.status}`,
              ...foldAnywhere(`Diagnostic-Code: X-Notes; ${words}`),
            ]),
          ]),
        },
        { header: ['Content-Type: message/rfc822'], body: returnedCopy(mail) },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}

/** `2025110310121345-12345`. */
function stamp(number: number, at: Date): string {
  return `${at.toISOString().replace(/\D/g, '').slice(0, 16)}-${number}`
}
