// Haraka (config/outbound.bounce_message): plain text after qmail's, the recipients and the reason each on one line.

import { dateTime, zones } from '../lines.ts'
import { nothingStated, replyText, statedBy } from '../reply.ts'
import { domainOf, returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'mx1.haraka.example'

function reasonOf(block: FailedBlock): { readonly words: string; readonly stated: Stated } {
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused':
      return { words: replyText(trouble), stated: statedBy(trouble) }
    case 'no-domain':
      return {
        words: `No Such Domain: ${domainOf(block.address)}`,
        stated: nothingStated,
      }
    default:
      return { words: 'Too many failures (Tried all MXs)', stated: nothingStated }
  }
}

export const haraka: Writer = {
  program: 'Haraka 2',
  format: 'text',
  actions: ['failed'],
  oneRecipient: true,
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const lines = [
      `Received: (Haraka ${vary.integer(1000, 32000)} invoked for bounce); ${dateTime(at, zones.utc)}`,
      `Date: ${dateTime(at, zones.utc)}`,
      `From: MAILER-DAEMON@${host}`,
      `To: ${returnPath}`,
      'Subject: failure notice',
      `Message-Id: <${at.getTime()}.${vary.integer(1000, 9999)}@${host}>`,
      '',
      `Hi. This is the Haraka Mailer program at ${host}.`,
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      '',
      `Intended Recipients: ${blocks.map(block => `<${block.address}>`).join(', ')}`,
      `Failure Reason: ${reasons.map(({ words }) => words).join(', ')}`,
      '',
      '--- Below this line is a copy of the message.',
      '',
      ...returnedCopy(mail),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
