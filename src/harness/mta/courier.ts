// Courier: multipart/report with ruled-off sections, a transcript marked `>>>` and `<<<`, and the header of the original only.

import { dateTime, zones } from '../lines.ts'
import { fieldBlocks, multipart } from '../mime.ts'
import { replyLines, replyText } from '../reply.ts'
import { returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'
const rule = '-'.repeat(75)

interface Reason extends StatedBlock {
  readonly words: readonly string[]
  readonly fields: readonly string[]
}

/** Courier's Status is the class alone; the reply in Diagnostic-Code says more. */
const statuses = { failed: '5.0.0', delayed: '4.0.0', delivered: '2.0.0' } as const

function reasonOf(block: FailedBlock, sender: string): Reason {
  const { name, ip } = serverOf(block.address)
  const { action, trouble } = block
  const own = (words: string): Reason => ({
    block,
    stated: { status: statuses[action], replyCode: null },
    words: [` *** ${words}`],
    fields: [`Diagnostic-Code: unknown; ${words}`],
  })
  switch (trouble.kind) {
    case 'refused': {
      const command = {
        'MAIL FROM': `MAIL FROM:<${sender}>`,
        'RCPT TO': `RCPT TO:<${block.address}>`,
        'end of DATA': 'DATA',
      }[trouble.command]
      return {
        block,
        stated: { status: trouble.status ?? statuses[action], replyCode: trouble.replyCode },
        words: [`    ${name} [${ip}]:`, `>>> ${command}`, ...replyLines(trouble).map(line => `<<< ${line}`)],
        fields: [`Remote-MTA: dns; ${name} [${ip}]`, `Diagnostic-Code: smtp; ${replyText(trouble)}`],
      }
    }
    case 'no-domain':
      return own('No such domain.')
    case 'unreachable':
      return own('Connection timed out')
    case 'none':
      return {
        block,
        stated: { status: statuses[action], replyCode: null },
        words: [],
        fields: [`Remote-MTA: dns; ${name} [${ip}]`],
      }
  }
}

const notices = {
  failed: {
    heading: 'UNDELIVERABLE MAIL',
    text: 'These recipients could not be reached:',
  },
  delayed: {
    heading: 'DELAYED MAIL',
    text: 'These recipients have not been reached yet, and will be tried again:',
  },
  delivered: {
    heading: 'DELIVERED MAIL',
    text: 'Your mail was passed on to these recipients:',
  },
} as const

export const courier: Writer = {
  program: 'Courier 1.x',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const action = blocks[0]?.action ?? 'failed'
    const { heading, text } = notices[action]
    const reasons = blocks.map(block => reasonOf(block, mail.returnPath))
    const seconds = Math.floor(at.getTime() / 1000)
    const process = vary.integer(1000, 32000)
    const boundary = `=_courier_${vary.integer(0, 9)}_${process}_${seconds}`
    const notification = [
      `This is a delivery status notification from ${host},`,
      'running the Courier mail server, version 1.0.',
      '',
      `The original message was received on ${dateTime(mail.date, zones.cet)}`,
      'from crm.example (crm.example [192.0.2.10])',
      '',
      rule,
      '',
      `                           ${heading}`,
      '',
      text,
      '',
      ...reasons.flatMap(({ block, words }) => [`<${block.address}>:`, ...words, '']),
      rule,
      '',
      'Other recipients of the same mail, if there are any, are reported on by themselves.',
      'The header of your mail follows.',
    ]
    const lines = [
      `Date: ${dateTime(at, zones.cet)}`,
      `From: "Courier mail server at ${host}" <postmaster@${host}>`,
      `To: ${returnPath}`,
      'Subject: NOTICE: mail delivery status.',
      'Mime-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status;',
      `    boundary="${boundary}"`,
      'Content-Transfer-Encoding: 7bit',
      `Message-ID: <courier.${seconds.toString(16).toUpperCase().padStart(16, '0')}.${process.toString(16).toUpperCase().padStart(8, '0')}@${host}>`,
      '',
      'This is a MIME formatted message.',
      '',
      ...multipart(boundary, [
        {
          header: ['Content-Transfer-Encoding: 7bit', 'Content-Type: text/plain; charset=us-ascii'],
          body: notification,
        },
        {
          header: ['Content-Type: message/delivery-status', 'Content-Transfer-Encoding: 7bit'],
          body: fieldBlocks([
            [
              `Reporting-MTA: dns; ${host}`,
              `Arrival-Date: ${dateTime(mail.date, zones.cet)}`,
              'Received-From-MTA: dns; crm.example (crm.example [192.0.2.10])',
            ],
            ...reasons.map(({ block, fields }) => [
              ...(block.originalAddress ? [`Original-Recipient: rfc822; ${block.originalAddress}`] : []),
              `Final-Recipient: rfc822; ${block.address}`,
              `Action: ${action === 'delivered' ? 'relayed' : action}`,
              `Status: ${statuses[action]}`,
              ...fields,
            ]),
          ]),
        },
        {
          header: ['Content-Type: text/rfc822-headers; charset=us-ascii', 'Content-Transfer-Encoding: 7bit'],
          body: returnedHeader(mail),
        },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
