// Outlook.com: the report of Exchange Online from postmaster@outlook.com, for mail that a member's mailbox passed on. Its
// own code and sentence stand before the reply of the other server (5.1.351, 5.0.350, 5.7.350: Microsoft's list of codes).

import { dateTime, zones } from '../lines.ts'
import { isTemporary, replyText } from '../reply.ts'
import { domainOf, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, Stated, Writer } from '../situation.ts'
import { delivered, type MicrosoftReason, microsoftReport } from './microsoft-report.ts'

function wrapped({ cause }: Refusal): string {
  switch (cause) {
    case 'unknown-user':
      return '550 5.1.351 Remote server returned unknown recipient or mailbox unavailable'
    case 'spam':
      return '550 5.7.350 Remote server returned message detected as spam'
    default:
      return '550 5.0.350 Remote server returned an error'
  }
}

/** Its own code stands first; the sentence behind it is for the member. */
function reason(
  block: FailedBlock,
  diagnostic: string,
  sentence: string,
  more?: Partial<Stated>,
): MicrosoftReason {
  const [code = '', status = ''] = diagnostic.split(' ')
  return {
    block,
    stated: { status, replyCode: Number(code), ...more },
    diagnostic,
    sentence,
    remote: diagnostic.includes('->') ? serverOf(block.address).name : null,
  }
}

function reasonOf(block: FailedBlock): MicrosoftReason {
  const { address, trouble } = block
  const late = (last: string): MicrosoftReason =>
    block.action === 'delayed'
      ? reason(block, '400 4.4.7 Message delayed', 'Outlook.com goes on trying to deliver this message.')
      : reason(
          block,
          `550 5.4.300 Message expired -> ${last}`,
          'Outlook.com gave up after many attempts to deliver this message.',
          { alsoRight: 'expired' },
        )
  switch (trouble.kind) {
    case 'refused':
      return isTemporary(trouble)
        ? late(replyText(trouble))
        : reason(
            block,
            `${wrapped(trouble)} -> ${replyText(trouble)}`,
            `The mail server of ${domainOf(address)} refused this message.`,
          )
    case 'no-domain': {
      const domain = domainOf(address)
      return reason(
        block,
        `550 5.4.310 DNS domain ${domain} does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName=${domain}]`,
        `There is no domain ${domain}.`,
      )
    }
    case 'unreachable':
      return late('421 4.4.1 Connection timed out')
    case 'none':
      return delivered(block)
  }
}

export const outlookCom: Writer = {
  program: 'Outlook.com, Hotmail',
  format: 'report',
  actions: ['failed', 'delayed'],
  write: (situation: Situation) => {
    const { at, vary } = situation
    const server = `${vary.pick(['HK2APC', 'DB5EUR', 'BY2NAM'])}0${vary.integer(1, 3)}HT${vary.integer(100, 240)}`
    const host = `${server}.mail.protection.outlook.com`
    return microsoftReport(situation, situation.blocks.map(reasonOf), {
      host,
      from: 'Microsoft Outlook <postmaster@outlook.com>',
      messageIdHost: host,
      extra: [
        `Received: from ${host} (10.152.68.${vary.integer(2, 250)}) by`,
        ` ${host} with Microsoft SMTP Server (version=TLS1_2,`,
        ` cipher=TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256) id 15.20.776.10; ${dateTime(at, zones.utc, { day: 'bare' })}`,
      ],
    })
  },
}
