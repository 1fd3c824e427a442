// Microsoft Exchange on the customer's own premises, 2010 to 2019.

import { isTemporary, replyText, statusOrClass } from '../reply.ts'
import { domainOf, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, TroubleCause, Writer } from '../situation.ts'
import { type MicrosoftReason, microsoftReport } from './microsoft-report.ts'

type Own = readonly [status: string, diagnostic: string, sentence: string]

/** Exchange's words where it holds the mailbox; other refusals come from servers it relays to. */
const own: Partial<Record<TroubleCause, Own>> = {
  'unknown-user': [
    '5.1.1',
    '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found',
    'The e-mail address you entered could not be found.',
  ],
  'mailbox-full': [
    '5.2.2',
    '554 5.2.2 mailbox full; STOREDRV.Deliver; QuotaExceededException',
    "The recipient's mailbox is full and takes no messages now.",
  ],
  'mailbox-disabled': [
    '5.2.1',
    '550 5.2.1 STOREDRV.Deliver; mailbox disabled, AccountDisabledException',
    "The recipient's mailbox is disabled.",
  ],
  'too-big': [
    '5.2.3',
    '550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient',
    'The message is larger than the recipient may receive.',
  ],
}

function reasonOf(block: FailedBlock): MicrosoftReason {
  const { action, address, trouble } = block
  const local = (stated: Stated, diagnostic: string | null, sentence: string): MicrosoftReason => ({
    block,
    stated,
    diagnostic,
    sentence,
    remote: null,
  })
  const late = (): MicrosoftReason =>
    action === 'delayed'
      ? local(
          { status: '4.4.7', replyCode: 400 },
          '400 4.4.7 Message delayed',
          'The message has not been delivered yet. Delivery attempts go on.',
        )
      : local(
          { status: '4.4.7', replyCode: 550 },
          '550 4.4.7 QUEUE.Expired; message expired',
          'The message could not be delivered in time.',
        )
  switch (trouble.kind) {
    case 'refused': {
      if (isTemporary(trouble))
        return trouble.cause === 'mailbox-full' ? mailbox(own['mailbox-full']) : late()
      const words = own[trouble.cause]
      if (words) return mailbox(words)
      return {
        block,
        stated: { status: statusOrClass(trouble), replyCode: trouble.replyCode },
        diagnostic: replyText(trouble),
        sentence: 'The following organization rejected your message.',
        remote: serverOf(address).name,
      }
    }
    case 'no-domain':
      return local(
        { status: '5.4.4', replyCode: 554 },
        '554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain',
        `There is no domain ${domainOf(address)}.`,
      )
    case 'unreachable':
      return late()
    case 'none':
      return local({ status: '2.0.0', replyCode: null }, null, 'Delivered.')
  }

  function mailbox(words: Own | undefined): MicrosoftReason {
    const [status, diagnostic, sentence] = words ?? ['5.0.0', '554 5.0.0', '']
    return local({ status, replyCode: Number(diagnostic.slice(0, 3)) }, diagnostic, sentence)
  }
}

export const exchange: Writer = {
  program: 'Microsoft Exchange 2010 to 2019',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation) => {
    const { recipient, vary } = situation
    const domain = domainOf(recipient)
    const host = `EXCH0${vary.integer(1, 4)}.${domain}`
    return microsoftReport(situation, situation.blocks.map(reasonOf), {
      host,
      from: `Microsoft Outlook <MicrosoftExchange${vary.hex(32)}@${domain}>`,
      messageIdHost: host,
      extra: [],
    })
  },
}
