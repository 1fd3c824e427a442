// qmail: plain text in the form of QSBMF, which begins "Hi. This is the qmail-send program"; failures only.

import { dateTime, zones } from '../lines.ts'
import { isTemporary, replyLines, statedBy } from '../reply.ts'
import { domainOf, returnedCopy, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

const host = 'mail.crm.example'
const tooLong = "I'm not going to try again; this message has been in the queue too long."

interface Reason extends StatedBlock {
  /** The lines under `<address>:`. */
  readonly words: readonly string[]
}

function reasonOf(block: FailedBlock): Reason {
  const { ip } = serverOf(block.address)
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused': {
      const complaint = {
        'MAIL FROM': `Connected to ${ip} but sender was rejected.`,
        'RCPT TO': `${ip} does not like recipient.`,
        'end of DATA': `${ip} failed after I sent the message.`,
      }[trouble.command]
      const [first = '', ...more] = replyLines(trouble)
      const last = isTemporary(trouble) ? tooLong : `Giving up on ${ip}.`
      return {
        block,
        words: [complaint, `Remote host said: ${first}`, ...more, last],
        stated: statedBy(trouble),
      }
    }
    case 'no-domain':
      return {
        block,
        words: [`Sorry, I couldn't find any host named ${domainOf(block.address)}. (#5.1.2)`],
        stated: { status: '5.1.2', replyCode: null },
      }
    default:
      return {
        block,
        words: ["Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)", tooLong],
        stated: { status: '4.4.1', replyCode: null },
      }
  }
}

export const qmail: Writer = {
  program: 'qmail 1.03 and netqmail',
  format: 'text',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const written = dateTime(at, zones.utc, { day: 'bare', weekday: false }).replace('+0000', '-0000')
    const lines = [
      `Received: (qmail ${vary.integer(900, 32000)} invoked for bounce); ${written}`,
      `Date: ${written}`,
      `From: MAILER-DAEMON@${host}`,
      `To: ${returnPath}`,
      'Subject: failure notice',
      '',
      `Hi. This is the qmail-send program at ${host}.`,
      'Your message could not be delivered to the addresses below, and I have',
      'given up on them. This is a permanent error.',
      '',
      ...reasons.flatMap(({ block, words }) => [`<${block.address}>:`, ...words, '']),
      '--- Below this line is a copy of the message.',
      '',
      ...returnedCopy(mail),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
