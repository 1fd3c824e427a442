// Mimecast: plain text that names the recipient after two dashes, a guess at the problem, and the reply after two more.
// Neither the mail nor its header is returned.

import { dateTime, zones } from '../lines.ts'
import { isTemporary, nothingStated, replyText } from '../reply.ts'
import { domainOf, serverOf } from '../sent-mail.ts'
import type { FailedBlock, Refusal, Situation, Stated, Writer, Written } from '../situation.ts'
import type { Variation } from '../variation.ts'

interface Reason {
  readonly problem: string
  readonly information: string
  readonly stated: Stated
}

const unavailable = 'Recipient server unavailable or busy'

function problemOf({ cause, replyCode }: Refusal): string {
  if (replyCode < 500) return unavailable
  return cause === 'unknown-user'
    ? 'Recipient email address is possibly incorrect'
    : 'Recipient server rejected the message'
}

/** The reply comes whole, or without its first code where it has an enhanced one. */
function quoted(refusal: Refusal, vary: Variation): Pick<Reason, 'information' | 'stated'> {
  const { status, replyCode } = refusal
  const isWhole = vary.pick([true, false]) || status === null
  const whole = replyText(refusal)
  return {
    information: isWhole ? whole : whole.replaceAll(`${replyCode} `, '').replaceAll(`${replyCode}-`, ''),
    stated: {
      status,
      replyCode: isWhole ? replyCode : null,
      ...(isTemporary(refusal) ? { alsoRight: 'expired' as const } : {}),
    },
  }
}

function reasonOf({ address, trouble }: FailedBlock, vary: Variation): Reason {
  switch (trouble.kind) {
    case 'refused':
      return { problem: problemOf(trouble), ...quoted(trouble, vary) }
    case 'no-domain':
      return {
        problem: 'Recipient email address is possibly incorrect',
        information: `Domain not found: ${domainOf(address)}`,
        stated: nothingStated,
      }
    default:
      return {
        problem: unavailable,
        information: `Connection timed out: ${serverOf(address).name}`,
        stated: nothingStated,
      }
  }
}

export const mimecast: Writer = {
  program: 'Mimecast',
  format: 'text',
  actions: ['failed'],
  oneRecipient: true,
  returnsNothing: true,
  write: ({ at, blocks, mail, recipient, returnPath, vary }: Situation): Written => {
    const domain = domainOf(recipient)
    const hours = vary.integer(1, 96)
    const reasons = blocks.map(block => ({ block, ...reasonOf(block, vary) }))
    const lines = [
      'Subject: [Postmaster] Email Delivery Failure',
      `Message-Id: <${vary.integer(100_000_000, 999_999_999)}-${at.getTime()}@${domain}>`,
      `Date: ${dateTime(at, zones.utc)}`,
      `From: "Mail Delivery System" <mailer-daemon@${domain}>`,
      `To: <${returnPath}>`,
      'MIME-Version: 1.0',
      'X-Mimecast-Originator: <>',
      'Content-Type: text/plain; charset=UTF-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'This is a delivery failure notification message indicating that',
      `an email ${mail.returnPath} addressed to email address :`,
      ...blocks.map(block => `-- ${block.address}`),
      '',
      `With subject ${mail.subject} sent on the ${dateTime(mail.date, zones.cet, { named: true })}`,
      'could not be delivered. The problem appears to be :',
      ...reasons.map(({ problem }) => `-- ${problem}`),
      '',
      'Additional information follows :',
      ...reasons.map(({ information }) => `-- ${information.replaceAll('=', '=3D')}`),
      '',
      `This condition occurred after ${vary.integer(1, 30)} attempt(s) to deliver over`,
      `a period of ${hours} hour(s) and ${vary.integer(0, 59)} minute(s).`,
      '',
      'If you sent the email to multiple recipients, you will receive one',
      'of these messages for each one which failed delivery,  otherwise',
      'they have been sent.',
      '',
    ]
    return { lines, stated: reasons.map(reason => reason.stated) }
  },
}
