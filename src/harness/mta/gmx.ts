// GMX, WEB.DE, mail.com and 1&1: plain text like Exim's, the address in quotes, the reply below the name of its host.

import { dateTime, zones } from '../lines.ts'
import { isTemporary, nothingStated, replyLines, statedBy } from '../reply.ts'
import { returnedHeader, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, StatedBlock, Writer, Written } from '../situation.ts'

interface Reason extends StatedBlock {
  readonly words: readonly string[]
}

const commands: Readonly<Record<Refusal['command'], string>> = {
  'MAIL FROM': 'MAIL',
  'RCPT TO': 'RCPT',
  'end of DATA': 'transfer of mail text',
}

const gaveUp = ['Reason:', 'delivery retry timeout exceeded']

function reasonOf(block: FailedBlock): Reason {
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused':
      return {
        block,
        words: [
          `SMTP error from remote server after ${commands[trouble.command]} command:`,
          `host: ${serverOf(block.address).name}`,
          ...replyLines(trouble),
          ...(isTemporary(trouble) ? gaveUp : []),
        ],
        stated: statedBy(trouble),
      }
    case 'no-domain':
      return { block, words: ['Reason:', 'Host or domain name not found'], stated: nothingStated }
    default:
      return { block, words: gaveUp, stated: nothingStated }
  }
}

export const gmx: Writer = {
  program: 'GMX, WEB.DE, mail.com',
  format: 'text',
  actions: ['failed'],
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const host = `mout.gmx.example.net`
    const lines = [
      `Received: from localhost by ${host} (${vary.pick(['mrgmx002', 'mrgmx104', 'mreue011'])}) via local`,
      `\tid ${vary.hex(6)}-1${vary.hex(5)}; ${dateTime(at, zones.cet)}`,
      `Date: ${dateTime(at, zones.cet)}`,
      `From: GMX Mailer Daemon <mailer-daemon@gmx.example.net>`,
      `To: ${returnPath}`,
      'Subject: Mail delivery failed: returning message to sender',
      `Message-ID: <${vary.hex(6)}-1${vary.hex(5)}-00@${host}>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'This message was created automatically by mail delivery software.',
      '',
      'A message that you sent could not be delivered to one or more of',
      `its recipients. This is a permanent error. The following address${blocks.length > 1 ? 'es' : ''}`,
      'failed:',
      '',
      ...reasons.flatMap(({ block, words }) => [`"${block.address}":`, ...words, '']),
      '',
      '--- The header of the original message is following. ---',
      '',
      ...returnedHeader(mail),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
