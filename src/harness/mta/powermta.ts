// PowerMTA: a greeting of the mail server, a list of addresses without reasons, and a status part with fields of its own.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { isTemporary, replyText, statusOrClass } from '../reply.ts'
import { returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, TroubleCause, Writer, Written } from '../situation.ts'

const host = 'mta7.sender.example'

/** As its user's guide names them. */
const bounceCategories: Readonly<Record<TroubleCause, string>> = {
  'unknown-user': 'bad-mailbox',
  'mailbox-full': 'quota-issues',
  'mailbox-disabled': 'inactive-mailbox',
  spam: 'spam-related',
  blocked: 'policy-related',
  'auth-failure': 'policy-related',
  'too-big': 'message-expired',
  greylisted: 'message-expired',
}

interface Reason extends StatedBlock {
  readonly diagnostic: string
  readonly category: string
  readonly remote: string | null
}

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  const server = serverOf(block.address)
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        stated: {
          status: statusOrClass(trouble),
          replyCode: trouble.replyCode,
          ...(isTemporary(trouble) ? { alsoRight: 'expired' as const } : {}),
        },
        diagnostic: `smtp;${replyText(trouble)}`,
        category: bounceCategories[trouble.cause],
        remote: `dns;${server.name} (${server.ip})`,
      }
    case 'no-domain':
      return {
        block,
        stated: { status: '5.1.2', replyCode: null },
        diagnostic: 'x-pmta;bad-domain (no such domain)',
        category: 'bad-domain',
        remote: null,
      }
    default:
      return {
        block,
        stated: { status: '4.4.7', replyCode: null },
        diagnostic: 'x-pmta;message expired (connection timed out)',
        category: 'message-expired',
        remote: null,
      }
  }
}

export const powermta: Writer = {
  program: 'PowerMTA 5',
  format: 'report',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const boundary = `${host}:${vary.hex(8)}:${vary.hex(8)}`
    const lines = [
      `Date: ${dateTime(at, zones.utc)}`,
      `From: postmaster@${host}`,
      'Subject: Delivery report',
      `To: ${returnPath}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
      '',
      ...multipart(boundary, [
        {
          header: ['Content-Type: text/plain'],
          body: [
            `Hello, this is the mail server on ${host}.`,
            '',
            'I am sending you this message to inform you on the delivery status of a',
            'message you previously sent.  Immediately below you will find a list of',
            'the affected recipients;  also attached is a Delivery Status Notification',
            '(DSN) report in standard format, as well as the headers of the original',
            'message.',
            '',
            ...blocks.map(block => `  <${block.address}>  delivery failed; will not continue trying`),
            '',
          ],
        },
        {
          header: ['Content-Type: message/delivery-status'],
          body: fieldBlocks([
            [
              `Reporting-MTA: dns;${host}`,
              `X-PowerMTA-VirtualMTA: ${vary.pick(['pool-a', 'pool-b', 'transactional'])}`,
              'Received-From-MTA: dns;crm.example (192.0.2.10)',
              `Arrival-Date: ${dateTime(mail.date, zones.utc)}`,
            ],
            ...reasons.map(({ block, stated, diagnostic, category, remote }) => [
              ...(block.originalAddress ? [`Original-Recipient: rfc822;${block.originalAddress}`] : []),
              `Final-Recipient: rfc822;${block.address}`,
              'Action: failed',
              `Status: ${stated.status}`,
              ...(remote ? [`Remote-MTA: ${remote}`] : []),
              `Diagnostic-Code: ${diagnostic}`,
              `X-PowerMTA-BounceCategory: ${category}`,
            ]),
          ]),
        },
        { header: ['Content-Type: text/rfc822-headers'], body: returnedHeader(mail) },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
