// Changes of the fields of a report: how they are spelled, folded, ordered and repeated is the writer's choice.

import type { Change } from './change.ts'
import { type Entity, field, partsOf, typeOf, withField, withParts } from './mail.ts'

/** The same change of every block of the status part; null where a mail has none that can be read as text. */
function changeStatus(
  mail: Entity,
  change: (block: readonly string[]) => readonly string[] | null,
): Entity | null {
  const multipart = partsOf(mail)
  const at =
    multipart?.parts.findIndex(part => /^message\/(?:global-)?delivery-status$/.test(typeOf(part))) ?? -1
  const status = multipart?.parts[at]
  if (!multipart || status === undefined || field(status, 'content-transfer-encoding') !== '') return null
  let isChanged = false
  const body = status.body
    .split(/\n[ \t]*\n/)
    .map(text => {
      const lines = text.split(/\n(?![ \t])/).filter(line => line !== '')
      const changed = change(lines)
      isChanged ||= changed !== null
      return (changed ?? lines).join('\n')
    })
    .join('\n\n')
  if (!isChanged) return null
  return withParts(mail, {
    ...multipart,
    parts: multipart.parts.with(at, { ...status, body: `${body.trimEnd()}\n` }),
  })
}

const named = (line: string, name: string): boolean => line.toLowerCase().startsWith(`${name}:`)
const isOfRecipient = (block: readonly string[]): boolean =>
  block.some(line => named(line, 'final-recipient'))

const changeNames =
  (change: (name: string) => string) =>
  (lines: readonly string[]): readonly string[] =>
    lines.map(line => line.replace(/^[A-Za-z][\w-]*(?=[ \t]*:)/, change))

/** A long field folded at the blank nearest to a share of its length. */
const foldAt =
  (name: string, share: number) =>
  (block: readonly string[]): readonly string[] | null => {
    const at = block.findIndex(line => named(line, name))
    const line = block[at]
    if (line === undefined || line.includes('\n')) return null
    const blank = line.indexOf(' ', Math.max(name.length + 2, Math.floor(line.length * share)))
    return blank < 0 ? null : block.with(at, `${line.slice(0, blank)}\n\t${line.slice(blank + 1)}`)
  }

const withoutField =
  (name: string, isLeft: (block: readonly string[]) => boolean) =>
  (block: readonly string[]): readonly string[] | null =>
    isOfRecipient(block) && isLeft(block) && block.some(line => named(line, name))
      ? block.filter(line => !named(line, name))
      : null

const encodedWord = (text: string): string => `=?utf-8?B?${Buffer.from(text, 'latin1').toString('base64')}?=`

export const fieldChanges: readonly Change[] = [
  {
    name: 'field names in capitals',
    apply: mail => ({ ...mail, header: changeNames(name => name.toUpperCase())(mail.header) }),
  },
  {
    name: 'field names in small letters',
    apply: mail => ({ ...mail, header: changeNames(name => name.toLowerCase())(mail.header) }),
  },
  {
    name: 'status fields in capitals',
    apply: mail =>
      changeStatus(
        mail,
        changeNames(name => name.toUpperCase()),
      ),
  },
  {
    name: 'status fields in small letters',
    apply: mail =>
      changeStatus(
        mail,
        changeNames(name => name.toLowerCase()),
      ),
  },
  ...[0.1, 0.3, 0.5, 0.7, 0.9].map(
    (share): Change => ({
      name: `Diagnostic-Code folded at ${share}`,
      apply: mail => changeStatus(mail, foldAt('diagnostic-code', share)),
    }),
  ),
  { name: 'Final-Recipient folded', apply: mail => changeStatus(mail, foldAt('final-recipient', 0)) },
  {
    name: 'Status with a comment',
    apply: mail =>
      changeStatus(mail, block =>
        isOfRecipient(block)
          ? block.map(line =>
              /^status: *\d\.\d{1,3}\.\d{1,3}$/i.test(line) ? `${line} (as told by the server)` : line,
            )
          : null,
      ),
  },
  {
    name: 'recipient fields in the other order',
    apply: mail =>
      changeStatus(mail, block =>
        isOfRecipient(block) && block.some(line => named(line, 'action')) ? [...block].reverse() : null,
      ),
  },
  {
    name: 'without Action',
    apply: mail =>
      changeStatus(
        mail,
        withoutField(
          'action',
          block =>
            block.some(line => /^status: *5|^action: *failed/i.test(line)) &&
            block.some(line => /^status: *5/i.test(line)),
        ),
      ),
  },
  {
    name: 'without Status',
    apply: mail =>
      changeStatus(
        mail,
        withoutField('status', block => {
          const status = /\d\.\d{1,3}\.\d{1,3}/.exec(block.find(line => named(line, 'status')) ?? '')?.[0]
          return (
            status !== undefined &&
            new RegExp(`[45]\\d\\d[ -]${status.replaceAll('.', '\\.')}\\b`).test(
              block.find(line => named(line, 'diagnostic-code')) ?? '',
            )
          )
        }),
      ),
  },
  {
    name: 'Reporting-MTA twice',
    apply: mail =>
      changeStatus(mail, block => {
        const at = block.findIndex(line => named(line, 'reporting-mta'))
        return at < 0
          ? null
          : [...block.slice(0, at + 1), 'Reporting-MTA: dns; relay7.other.example', ...block.slice(at + 1)]
      }),
  },
  {
    name: 'fields nobody knows in the status part',
    apply: mail =>
      changeStatus(mail, block =>
        isOfRecipient(block)
          ? [
              'X-Gateway-Policy: spam; blocked senders are rejected',
              ...block,
              'X-Scan-Result: clean; no virus found',
              'X-Actual-Status: unknown user database checked',
            ]
          : null,
      ),
  },
  {
    name: 'subject as encoded words',
    apply: mail => {
      const subject = field(mail, 'subject')
      return subject === '' || subject.includes('=?')
        ? null
        : withField(mail, 'Subject', encodedWord(subject))
    },
  },
  {
    name: 'subject encoded twice',
    apply: mail => {
      const subject = field(mail, 'subject')
      return subject === '' || subject.includes('=?') || subject.length > 60
        ? null
        : withField(mail, 'Subject', encodedWord(encodedWord(subject)))
    },
  },
  {
    name: 'subject folded at every blank',
    apply: mail => {
      const subject = field(mail, 'subject')
      return subject.includes(' ') ? withField(mail, 'Subject', subject.replaceAll(' ', '\n ')) : null
    },
  },
  ...['***SPAM*** ', '[SUSPECTED SPAM] ', '[EXTERNAL] ', '{Spam?} ', '[gwarn] '].map(
    (mark): Change => ({
      name: `subject marked ${mark.trim()}`,
      apply: mail => {
        const subject = field(mail, 'subject')
        return subject === '' ? null : withField(mail, 'Subject', `${mark}${subject}`)
      },
    }),
  ),
  {
    name: 'X- fields of filters',
    apply: mail => ({
      ...mail,
      header: [
        ...mail.header,
        'X-Spam-Flag: YES',
        'X-Spam-Report: Content analysis details: blocked by list, mailbox full of offers, user unknown',
        'X-MS-Exchange-Organization-SCL: -1',
        'X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;LANG:en;SCL:1;SFV:NSPM;',
        'Authentication-Results: mx.crm.example; spf=fail smtp.helo=mx.example.net; dkim=none; dmarc=fail',
        'X-Mailer: Delivery failed 5.1.1',
        'Importance: high',
      ],
    }),
  },
]
