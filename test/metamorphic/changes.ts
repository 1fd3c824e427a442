// Changes of a report that leave what it says of its recipients as it was.

import type { Change } from './change.ts'
import { fieldChanges } from './fields.ts'
import { changeLeaf, changeText } from './leaf.ts'
import {
  decoded,
  type Entity,
  field,
  parseEntity,
  partsOf,
  typeOf,
  utf8,
  withBytes,
  withField,
  withParts,
  writeEntity,
} from './mail.ts'
import { textChanges } from './texts.ts'
import { footers, subjects } from './words.ts'

const footerChanges = Object.entries(footers).map(
  ([name, text]): Change => ({
    name: `footer ${name}`,
    apply: mail => changeText(mail, words => `${words.trimEnd()}\n\n${utf8(text)}`),
  }),
)

const encodings: readonly Change[] = [
  {
    name: 'text part in base64',
    apply: mail =>
      changeLeaf(mail, leaf => ({
        ...withField(leaf, 'Content-Transfer-Encoding', 'base64'),
        body: `${(
          Buffer.from(decoded(leaf), 'latin1')
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\n')}\n`,
      })),
  },
  {
    name: 'text part in quoted-printable',
    apply: mail =>
      changeLeaf(mail, leaf => ({
        ...withField(leaf, 'Content-Transfer-Encoding', 'quoted-printable'),
        body: quotedPrintable(decoded(leaf)),
      })),
  },
  {
    name: 'HTML instead of plain text',
    apply: mail =>
      typeOf(mail).startsWith('multipart/')
        ? changeLeaf(mail, leaf => {
            if (typeOf(leaf) !== 'text/plain') return null
            const type = field(leaf, 'content-type').replace(/text\/plain/i, 'text/html') || 'text/html'
            return withBytes(withField(leaf, 'Content-Type', type), toHtml(decoded(leaf)))
          })
        : null,
  },
  {
    name: 'plain text beside the same in HTML',
    apply: mail =>
      typeOf(mail).startsWith('multipart/')
        ? changeLeaf(mail, leaf => (typeOf(leaf) === 'text/plain' ? alternative(leaf) : null))
        : null,
  },
  ...['iso-8859-15', 'windows-1252', 'iso-2022-jp'].map(
    (charset): Change => ({
      name: `ASCII that says it is ${charset}`,
      apply: mail =>
        changeLeaf(mail, leaf => {
          if (typeOf(leaf) !== 'text/plain' || /[\x80-\xff]/.test(decoded(leaf))) return null
          return withBytes(withField(leaf, 'Content-Type', `text/plain; charset=${charset}`), decoded(leaf))
        }),
    }),
  ),
]

const shape: readonly Change[] = [
  {
    name: 'more Received and X- lines',
    apply: mail => ({
      ...mail,
      header: [
        'Received: from relay5.other.example (relay5.other.example [198.51.100.5])\n\tby mx.other.example with ESMTPS id 4H551; Tue, 3 Nov 2026 10:11:12 +0000',
        'X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00',
        'X-Virus-Scanned: clamav at mx.other.example',
        'X-Originating-IP: 192.0.2.55',
        ...mail.header,
      ],
    }),
  },
  {
    name: 'parts in the other order',
    apply: mail => {
      const multipart = partsOf(mail)
      if (multipart === null || multipart.parts.length < 2) return null
      return withParts(mail, { ...multipart, parts: [...multipart.parts].reverse() })
    },
  },
  { name: 'lines end with CRLF', apply: mail => mail, send: text => text.replaceAll('\n', '\r\n') },
  {
    name: 'a gateway marks the subject',
    apply: mail => {
      const subject = field(mail, 'subject')
      return subject === '' ? null : withField(mail, 'Subject', `[EXTERN] ${subject}`)
    },
  },
  ...[50, 64, 100].map(
    (width): Change => ({
      name: `lines wrapped at ${width}`,
      apply: mail => changeText(mail, words => wrapped(words, width)),
    }),
  ),
  { name: 'forwarded as an attachment', apply: forwarded },
  {
    name: 'a second recipient with another cause',
    apply: withSecondRecipient,
  },
]

const subjectChanges = subjects.map(
  (subject): Change => ({ name: `our subject: ${subject}`, apply: mail => withOurSubject(mail, subject) }),
)

/** Every change, in groups small enough to read. */
export const changes: readonly Change[] = [
  ...footerChanges,
  ...encodings,
  ...shape,
  ...subjectChanges,
  ...textChanges,
  ...fieldChanges,
]

export function changed(raw: Buffer, { apply, send }: Change): Buffer | null {
  const text = raw.toString('latin1').replaceAll('\r\n', '\n')
  // Empty lines before a mail are no header without fields.
  const mail = parseEntity(text.replace(/^(?:[ \t]*\n)+/, ''))
  const result = apply(mail)
  if (result === null) return null
  const written = writeEntity(result)
  return Buffer.from(send === undefined ? written : send(written), 'latin1')
}

function quotedPrintable(bytes: string): string {
  return bytes
    .split('\n')
    .map(line => {
      const coded = line.replace(
        /[=\x80-\xff]|[ \t]$/g,
        char => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      )
      const pieces: string[] = ['']
      for (const unit of coded.match(/=[0-9A-F]{2}|./g) ?? []) {
        if ((pieces.at(-1)?.length ?? 0) > 70) pieces.push('')
        pieces[pieces.length - 1] += unit
      }
      return pieces.join('=\n')
    })
    .join('\n')
}

function toHtml(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<html><body><pre>${safe}</pre></body></html>\n`
}

function alternative(leaf: Entity): Entity {
  const html = withBytes(withField(leaf, 'Content-Type', 'text/html; charset=utf-8'), toHtml(decoded(leaf)))
  const both = { preamble: '', parts: [leaf, html], boundary: 'alternative-1' }
  return withParts(
    { header: ['Content-Type: multipart/alternative; boundary="alternative-1"'], body: '' },
    both,
  )
}

/** Long lines broken at blanks; what follows is set in as far as the line was, or as Postfix does below an address. */
function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap(line => {
      const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
      const lines: string[] = []
      let rest = line
      while (rest.length > width && !/^[ \t>]*$/.test(rest)) {
        const at = rest.lastIndexOf(' ', width)
        if (at <= indent.length + 4) break
        lines.push(rest.slice(0, at))
        rest = `${line.startsWith('<') ? '    ' : indent}${rest.slice(at + 1)}`
      }
      return [...lines, rest]
    })
    .join('\n')
}

/** A report whole, as a gateway or an administrator passes it on. */
function forwarded(mail: Entity): Entity | null {
  if (typeOf(mail) !== 'multipart/report' || !/delivery-status/i.test(field(mail, 'content-type')))
    return null
  const outer = mail.header.filter(line => !/^(?:content-|mime-version)/i.test(line))
  const note = { header: ['Content-Type: text/plain; charset=utf-8'], body: 'See the attached report.\n' }
  const report = { header: ['Content-Type: message/rfc822'], body: writeEntity(mail) }
  return withParts(
    {
      header: [...outer, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="forward-1"'],
      body: '',
    },
    { preamble: '', parts: [note, report], boundary: 'forward-1' },
  )
}

/** Another block of the status part, and a paragraph about it; only where the report lists recipients by block. */
function withSecondRecipient(mail: Entity): Entity | null {
  const multipart = partsOf(mail)
  const at = multipart?.parts.findIndex(part => typeOf(part) === 'message/delivery-status') ?? -1
  const status = multipart?.parts[at]
  if (!multipart || status === undefined || field(status, 'content-transfer-encoding') === 'base64')
    return null
  const isHard = !/^status:\s*5\.1\.1/im.test(status.body)
  const [code, words] = isHard ? ['550 5.1.1', 'User unknown'] : ['552 5.2.2', 'Mailbox full']
  const block = [
    'Final-Recipient: rfc822; zoe.second@second.example',
    'Action: failed',
    `Status: ${code.slice(4)}`,
    'Remote-MTA: dns; mx.second.example',
    `Diagnostic-Code: smtp; ${code} <zoe.second@second.example>: ${words}`,
  ].join('\n')
  const parts = multipart.parts.with(at, { ...status, body: `${status.body.trimEnd()}\n\n${block}\n` })
  const whole = withParts(mail, { ...multipart, parts })
  const paragraph = `<zoe.second@second.example>: host mx.second.example[203.0.113.9] said: ${code}\n    <zoe.second@second.example>: ${words} (in reply to RCPT TO command)\n`
  return changeText(whole, text => `${text.trimEnd()}\n\n${paragraph}`) ?? whole
}

/** The subject of the returned mail, wherever the report has it. */
function withOurSubject(mail: Entity, subject: string): Entity | null {
  const raw = writeEntity(mail)
  const returned =
    /\n(?:content-type: *(?:message\/rfc822|text\/rfc822-headers|message\/global)[^\n]*\n(?:[^\n]+\n)*\n|[^\n]*(?:copy of (?:the|your) message|original message)[^\n]*\n)/i.exec(
      raw,
    )
  if (returned === null) return null
  const old = /^subject: ?([^\n]+)$/im.exec(raw.slice(returned.index))?.[1]?.trim() ?? ''
  if (old.length < 8 || old.includes('=?') || mail.header.join('\n').includes('\n ')) return null
  return parseEntity(raw.replaceAll(old, subject))
}
