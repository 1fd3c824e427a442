// Yahoo: plain text in the manner of qmail, codes separated by a colon, failures only.

import { dateTime, zones } from '../lines.ts'
import { nothingStated, replyLines, statedBy } from '../reply.ts'
import { domainOf, returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, StatedBlock, Writer, Written } from '../situation.ts'

interface Reason extends StatedBlock {
  readonly words: readonly string[]
}

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  const domain = domainOf(block.address)
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        words: replyLines(trouble).map(line => line.replace(/^(\d{3})[ -]/, '$1: ')),
        stated: statedBy(trouble),
      }
    case 'no-domain':
      return { block, words: [`No mx record found for domain=${domain}`], stated: nothingStated }
    default:
      return { block, words: [`Mail server for "${domain}" unreachable for too long`], stated: nothingStated }
  }
}

export const yahoo: Writer = {
  program: 'Yahoo Mail and AOL',
  format: 'text',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const host = `sonic${vary.integer(300, 320)}-${vary.integer(10, 60)}.consmr.mail.bf2.example.net`
    const lines = [
      `Received: from ${host} by sonic.gate.mail.bf2.example.net with HTTP; ${dateTime(at, zones.utc)}`,
      `Date: ${dateTime(at, zones.utc, { day: 'bare', named: true })}`,
      'From: MAILER-DAEMON@yahoo.com',
      `To: ${returnPath}`,
      `Message-ID: <${vary.integer(10_000_000, 99_999_999)}.${vary.integer(1000, 9999)}.${at.getTime()}@${host}>`,
      'Subject: Failure Notice',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=UTF-8',
      'Content-Transfer-Encoding: 7bit',
      '',
      `Sorry, we were unable to deliver your message to the following address${blocks.length > 1 ? 'es' : ''}.`,
      '',
      ...reasons.flatMap(({ block, words }) => [`<${block.address}>:`, ...words, '']),
      '--- Below this line is a copy of the message.',
      '',
      ...returnedCopy(mail),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
