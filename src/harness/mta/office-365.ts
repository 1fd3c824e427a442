// Office 365 (Exchange Online): the Exchange report with codes of its own, such as 5.1.10 for an unknown user.

import { dateTime, zones } from '../lines.ts'
import { isTemporary, replyText, statusOrClass } from '../reply.ts'
import { domainOf, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, TroubleCause, Writer } from '../situation.ts'
import { delivered, type MicrosoftReason, microsoftReport, postmasterAt } from './microsoft-report.ts'

/** Reply and sentence where Exchange Online holds the mailbox or guards the door. */
const own: Partial<Record<TroubleCause, readonly [diagnostic: string, sentence: string]>> = {
  'unknown-user': [
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup',
    "{address} wasn't found at {domain}.",
  ],
  'mailbox-full': [
    '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException; Failed to process message due to a permanent exception',
    "The recipient's mailbox is full and can't accept messages now.",
  ],
  'mailbox-disabled': [
    '554 5.2.1 STOREDRV.Deliver.Exception:AccountDisabledException; mailbox disabled',
    "The recipient's mailbox is disabled.",
  ],
  'auth-failure': [
    '550 5.7.509 Access denied, sending domain crm.example does not pass DMARC verification and has a DMARC policy of reject',
    "Your message did not pass the checks of the recipient's organization.",
  ],
  'too-big': [
    '550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient',
    'The message is larger than the recipient may receive.',
  ],
}

function reasonOf(block: FailedBlock): MicrosoftReason {
  const { action, address, trouble } = block
  const fill = (text: string): string =>
    text.replaceAll('{address}', address).replaceAll('{domain}', domainOf(address))
  const local = (diagnostic: string, sentence: string): MicrosoftReason => {
    const [code = '', status = ''] = diagnostic.split(' ')
    return {
      block,
      stated: { status, replyCode: Number(code) },
      diagnostic: fill(diagnostic),
      sentence: fill(sentence),
      remote: null,
    }
  }
  const late = (last: string): MicrosoftReason =>
    action === 'delayed'
      ? local('400 4.4.7 Message delayed', 'The message has not been delivered yet. Delivery attempts go on.')
      : local(`550 5.4.300 Message expired -> ${last}`, 'Delivery was tried for a day without success.')
  switch (trouble.kind) {
    case 'refused': {
      const words = own[trouble.cause]
      if (words) return local(...words)
      if (isTemporary(trouble)) return late(replyText(trouble))
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        diagnostic: replyText(trouble),
        sentence: "The recipient's server refused your message.",
        remote: serverOf(address).name,
      }
    }
    case 'no-domain':
      return local(
        '550 5.4.310 DNS domain {domain} does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName={domain}]',
        'The domain {domain} does not exist.',
      )
    case 'unreachable':
      return late('421 4.4.1 Connection timed out')
    case 'none':
      return delivered(block)
  }
}

export const office365: Writer = {
  program: 'Office 365 (Exchange Online)',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation) => {
    const { at, recipient, vary } = situation
    const server = `${vary.text(3, 'ABDHPV')}PR${vary.integer(10, 20)}MB${vary.integer(1000, 9999)}`
    const host = `${server}.eurprd0${vary.integer(1, 8)}.prod.outlook.com`
    return microsoftReport(situation, situation.blocks.map(reasonOf), {
      host,
      from: postmasterAt(recipient),
      messageIdHost: host,
      extra: [
        `Received: from ${host} (2603:10a6:10:${vary.hex(3)}::${vary.integer(10, 20)}) by`,
        ` ${host} with HTTPS; ${dateTime(at, zones.utc, { day: 'bare' })}`,
      ],
    })
  },
}
