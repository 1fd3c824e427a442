// Zimbra: a Postfix that brings mail to the mailbox server by LMTP, whose replies (LmtpReply.java) are its own; From in
// the form of Postfix before 3.3.

import { domainOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, TroubleCause, Writer } from '../situation.ts'
import { postfixReport } from './postfix.ts'

type LmtpReply = Pick<Refusal, 'command' | 'replyCode' | 'status' | 'text'>

/** What the mailbox server answers to LMTP. */
const lmtpReplies: Partial<Record<TroubleCause, LmtpReply>> = {
  'unknown-user': { command: 'RCPT TO', replyCode: 550, status: '5.1.1', text: 'No such user here' },
  'mailbox-full': { command: 'end of DATA', replyCode: 552, status: '5.2.2', text: 'Over quota' },
  'mailbox-disabled': {
    command: 'RCPT TO',
    replyCode: 450,
    status: '4.2.1',
    text: 'Mailbox disabled, not accepting messages',
  },
}

function inLmtp(block: FailedBlock): FailedBlock {
  const { trouble } = block
  const reply = trouble.kind === 'refused' ? lmtpReplies[trouble.cause] : undefined
  return reply === undefined || trouble.kind !== 'refused'
    ? block
    : { ...block, trouble: { ...trouble, ...reply } }
}

export const zimbra: Writer = {
  program: 'Zimbra Collaboration 8 and 9',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation) => {
    const host = `zimbra.${domainOf(situation.recipient)}`
    return postfixReport(
      { ...situation, blocks: situation.blocks.map(inLmtp) },
      {
        host,
        from: `MAILER-DAEMON@${host} (Mail Delivery System)`,
        heldBy: { name: host, ip: '192.0.2.26' },
      },
    )
  },
}
