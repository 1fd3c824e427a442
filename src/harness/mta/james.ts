// Apache James (Bouncer.java): a text after qmail's in multipart/mixed, the recipients bare, the reply quoted, the mail attached.

import { dateTime, zones } from '../lines.ts'
import { multipart } from '../mime.ts'
import { nothingStated, replyLines, statedBy } from '../reply.ts'
import { domainOf, returnedCopy } from '../sent-mail.ts'
import type { FailedBlock, Situation, Stated, Writer, Written } from '../situation.ts'

const host = 'james.example.net'

function reasonOf(block: FailedBlock): { readonly words: readonly string[]; readonly stated: Stated } {
  const { trouble } = block
  switch (trouble.kind) {
    case 'refused': {
      const [first = '', ...rest] = replyLines(trouble)
      return { words: [`Remote mail server told me: ${first}`, ...rest], stated: statedBy(trouble) }
    }
    case 'no-domain':
      return {
        words: [
          `Unknown host: ${domainOf(block.address)}`,
          "This could be a DNS server error, a typo, or a problem with the recipient's mail server.",
        ],
        stated: nothingStated,
      }
    default:
      return {
        words: ['Connection timed out: the mail server of this domain could not be reached'],
        stated: nothingStated,
      }
  }
}

export const james: Writer = {
  program: 'Apache James 3',
  format: 'attached',
  actions: ['failed'],
  oneRecipient: true,
  write: ({ at, blocks, mail, returnPath, vary }: Situation): Written => {
    const reasons = blocks.map(reasonOf)
    const boundary = `----=_Part_${vary.integer(1, 99)}_${vary.integer(100000000, 999999999)}.${at.getTime()}`
    const lines = [
      `Date: ${dateTime(at, zones.utc, { named: true })}`,
      `From: postmaster@${host}`,
      `To: ${returnPath}`,
      `Message-ID: <${vary.integer(100000000, 999999999)}.${vary.integer(1, 99)}.${at.getTime()}.JavaMail.james@${host}>`,
      `Subject: Re: ${mail.subject}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      ...multipart(boundary, [
        {
          header: ['Content-Type: text/plain; charset=us-ascii', 'Content-Transfer-Encoding: 7bit'],
          body: [
            `Hi. This is the James mail server at ${host}.`,
            "I'm afraid I wasn't able to deliver your message to the following addresses.",
            "This is a permanent error; I've given up. Sorry it didn't work out. Below",
            'I include the list of recipients and the reason why I was unable to deliver',
            'your message.',
            '',
            ...blocks.map(block => block.address),
            ...reasons.flatMap(({ words }) => words),
            '',
          ],
        },
        {
          header: ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: 7bit'],
          body: returnedCopy(mail),
        },
      ]),
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
