// What a person's inbox holds: letters, newsletters, notes of absence, other systems' bounces, bounces to paths that do not
// verify. A few of its mails are ours.

import { compose } from '../../src/harness/compose.ts'
import { everyPair } from '../../src/harness/mix.ts'
import { momentOf } from '../../src/harness/variation.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { secret } from '../end-to-end/server.ts'
import { domain, minted, otherSecret, paths } from '../return-path/paths.ts'

export interface InboxMail {
  readonly text: string
  /** `bounce`: recorded, and goes. `answer`: recorded, and stays. `letter`: leaves no trace. */
  readonly what: 'bounce' | 'answer' | 'letter'
  /** Whose bounce or answer it is. */
  readonly record: string
}

const person = 'maria@crm.example'
// One of 20 MB each would be most of the inbox.
const pairs = everyPair().filter(({ scenario }) => scenario !== 'huge')
const servers = pairs.filter(({ scenario }) => scenario === 'unknown-user')
const dayMs = 86_400_000

/** How a mail comes into the inbox, for whomever it was. */
const delivered = (to: string, mail: string): string =>
  [
    `Delivered-To: ${person}`,
    `X-Original-To: ${to}`,
    `Received: from mx.example.net by imap.crm.example for <${to}>; ${new Date().toUTCString()}`,
    mail,
  ].join('\r\n')

const written = (fields: readonly string[], body: string): string =>
  [...fields, 'MIME-Version: 1.0', '', body, ''].join('\r\n')

const topics = [
  'Lunch on Thursday? The mailbox on the corner was full, so the card comes by hand.',
  'Your parcel could not be delivered: user unknown at this address. Collect it at the counter.',
  'Minutes of the meeting. 5.1.1 The budget. 5.2.2 The room.',
  'Bitte um Rückruf. Das Postfach Ihres Kollegen ist voll.',
  'From here on it rains.\r\n.\r\n..\r\nFrom Monday it snows.',
]

/** Every kind of mail that is none of ours, in turn. */
const strangers: readonly ((at: number) => string)[] = [
  at =>
    delivered(
      person,
      written(
        [`From: Ana <ana${at}@example.org>`, `To: ${person}`, `Subject: Letter ${at}`],
        `${topics[at % topics.length]}\r\n`.repeat(1 + (at % 40)),
      ),
    ),
  at =>
    delivered(
      person,
      written(
        [
          'From: News <news@shop.example>',
          `Subject: =?utf-8?Q?Angebote_f=C3=BCr_Woche_${at}?=`,
          'List-Unsubscribe: <mailto:leave@shop.example>',
          'Precedence: bulk',
          'Content-Type: text/html; charset=utf-8',
        ],
        `<html><body>${'<p>Undeliverable prices! Delivery failed? Never.</p>'.repeat(20 + (at % 200))}</body></html>`,
      ),
    ),
  at =>
    delivered(
      person,
      written(
        [
          'Return-Path: <>',
          `From: Bob <bob${at}@example.org>`,
          `Subject: Out of office: Letter ${at}`,
          'Auto-Submitted: auto-replied',
        ],
        'I am away until Monday.',
      ),
    ),
  // Bounces and answers of every kind, of somebody else's system.
  at => foreign(at, person),
  at => foreign(at, `b-${at}@bounces.shop.example`),
  // To paths that look like ours: made up, signed with another key, expired, altered.
  at => foreign(at, `b-${at.toString(32).padStart(40, '0')}@${domain}`),
  at => foreign(at, minted(String(at), {}, { by: paths({ keys: otherKeys }), at: new Date() })),
  at => foreign(at, minted(String(at), {}, { by: ours, at: new Date(Date.now() - 400 * dayMs) })),
  at => foreign(at, altered(minted(String(at), {}, { by: ours, at: new Date() }))),
]

const ours = paths({ keys: signingKeys([secret]) })
const otherKeys = signingKeys([otherSecret])

/** Its last letter before the `@` is another one. */
const altered = (path: string): string => path.replace(/.@/, found => (found === 'a@' ? 'b@' : 'a@'))

/** What came back of a mail with this return path, in turn from every writer. */
function foreign(at: number, path: string): string {
  const { writer, scenario } = pairs[(at * 11) % pairs.length] as (typeof pairs)[number]
  return delivered(path, cameBack({ writer, scenario, path, at }))
}

function cameBack({
  writer,
  scenario,
  path,
  at,
}: (typeof pairs)[number] & { readonly path: string; readonly at: number }): string {
  const seed = `inbox ${at}`
  const context = { returnPath: path, recipient: `u${at}@example.org`, at: momentOf(seed), seed }
  return compose(writer, scenario, context).raw.toString('latin1')
}

/** One in forty is a bounce of ours, and one an answer to us. */
export function inbox(count: number): readonly InboxMail[] {
  return Array.from({ length: count }, (_, at): InboxMail => {
    const record = String(at)
    const path = (): string =>
      minted(record, { to: `u${at}@example.org`, campaign: 7 }, { by: ours, at: new Date() })
    if (at % 40 === 10) {
      const letter = written([`From: Ana <u${at}@example.org>`, 'Subject: Re: Offer'], 'Yes, please.')
      return { what: 'answer', record, text: delivered(path(), letter) }
    }
    if (at % 40 === 0) {
      const { writer, scenario } = servers[(at / 40) % servers.length] as (typeof servers)[number]
      const to = path()
      return { what: 'bounce', record, text: delivered(to, cameBack({ writer, scenario, path: to, at })) }
    }
    return { what: 'letter', record, text: strangers[at % strangers.length]?.(at) ?? '' }
  })
}
