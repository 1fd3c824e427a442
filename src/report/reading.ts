// A message laid out for the readers: who sent it, what its people read, its machine parts, and the original apart.

import { addresses, first, parseHeader, parseStructured } from '../message/header.ts'
import type { Header, Message, Part } from '../model/message.ts'
import { cutOriginal } from './notice/quoted.ts'
import { withoutSubject, withoutSurroundings } from './notice/surroundings.ts'

/** What is read of the notification; what stands further down explains nothing. */
const maxNoteChars = 16 * 1024
const maxLines = 1000
const maxQuotedChars = 64 * 1024

export interface Reading {
  readonly message: Message
  /** SMTP delivered it with `MAIL FROM:<>`. */
  readonly nullSender: boolean
  readonly subject: string
  /** The addresses of From and of To, as they stand. */
  readonly senders: readonly string[]
  readonly notified: readonly string[]
  /** The first address of From, lower-cased; empty when there is none. */
  readonly from: string
  /** The display name and address of From as they stand, lower-cased. */
  readonly fromField: string
  /** The notification people read as it stands, without the original that it quotes. */
  readonly note: string
  /** What of it is about the failure: no signature, no standing paragraph, no subject of our mail. */
  readonly words: string
  /** The words in lower case. */
  readonly lower: string
  /** Their first lines, as many as a notice has. */
  readonly lines: readonly string[]
  /** True when the notification goes on behind what is read of it. */
  readonly noteCut: boolean
  /** Header of the returned message: an enclosed part's, else the one quoted in the text; empty when none came back. */
  readonly original: Header
  /** The message quoted in the text, header and body, its margin taken off; empty when none is. */
  readonly quoted: string
  /** True when the text quotes or a part encloses a message. */
  readonly returned: boolean
}

/** Lays a message out. Pure. */
export function layOut(message: Message, nullSender: boolean): Reading {
  const enclosed = message.parts.find(part => part.enclosed && part.header.length > 0)
  const whole = noteOf(message.parts)
  const cut = cutOriginal(whole.slice(0, maxNoteChars))
  const note = cut.note.replaceAll(partBreak, '\n\n')
  const returned = cut.original?.slice(0, maxQuotedChars).replaceAll(partBreak, '\n\n') ?? ''
  const quoted = withoutMargin(returned)
  const senders = addresses(message.header, 'from')
  const original =
    enclosed?.header ?? (quoted === '' ? [] : parseHeader(Buffer.from(quoted).toString('latin1')))
  // The signature of one part does not end the next.
  const own = cut.note.split(partBreak).map(withoutSurroundings).join('\n\n')
  const words = withoutSubject(own, first(original, 'subject') ?? '')
  const lines = words.split('\n', maxLines + 1)
  return {
    message,
    nullSender,
    senders,
    notified: addresses(message.header, 'to'),
    subject: first(message.header, 'subject') ?? '',
    from: (senders[0] ?? '').toLowerCase(),
    fromField: (first(message.header, 'from') ?? '').toLowerCase(),
    note,
    words,
    lower: words.toLowerCase(),
    lines: lines.slice(0, maxLines),
    noteCut: lines.length > maxLines || (cut.original === null && whole.length > maxNoteChars),
    original,
    quoted,
    returned: enclosed !== undefined || cut.original !== null,
  }
}

/** Between the texts of two parts: a form feed, which no cleaned text has, on a line of its own. */
const partBreak = '\n\n\f\n'

/** Text that says something else than a notice: appointments, business cards, tables. */
const otherTexts = new Set([
  'text/calendar',
  'text/vcard',
  'text/x-vcard',
  'text/directory',
  'text/csv',
  'text/css',
  'text/x-amp-html',
])

/** The plain text, and what HTML says that the plain text does not: a gateway may have put its own beside the notice. */
function noteOf(parts: readonly Part[]): string {
  const readable = withoutReturnedReport(parts).filter(
    part =>
      !part.enclosed &&
      part.type.startsWith('text/') &&
      !otherTexts.has(part.type) &&
      part.text.trim() !== '',
  )
  const plain = readable.filter(part => part.type !== 'text/html')
  const said = plain.length < readable.length ? wordsOf(plain.map(part => part.text).join('\n')) : null
  return readable
    .filter(
      part => part.type !== 'text/html' || said === null || plain.length === 0 || saysMore(part.text, said),
    )
    .map(part => part.text)
    .join(partBreak)
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .slice(0, maxNoteChars)
      .toLowerCase()
      .match(/[\p{L}\d@.]{3,64}/gu) ?? [],
  )
}

/** Is more than half of a text's words new? */
function saysMore(text: string, said: ReadonlySet<string>): boolean {
  const words = wordsOf(text)
  let fresh = 0
  for (const word of words) if (!said.has(word)) fresh++
  return fresh * 2 > words.size
}

/**
 * Without what follows a returned report: where both use one boundary, the parts of the returned report look like
 * parts of the report that returns it.
 */
export function withoutReturnedReport(parts: readonly Part[]): readonly Part[] {
  const returned = parts.findIndex(part => part.enclosed && isReportHeader(part.header))
  const before = parts.slice(0, returned + 1)
  return returned >= 0 && before.some(({ type }) => type.endsWith('/delivery-status')) ? before : parts
}

function isReportHeader(header: Header): boolean {
  return parseStructured(first(header, 'content-type') ?? '').value === 'multipart/report'
}

/** Some programs indent the original or put `> ` before its lines. */
function withoutMargin(text: string): string {
  const body = text.replace(/^\s*\n/, '')
  const margin = /^(?:[ \t]{1,8}|> ?)/.exec(body)?.[0] ?? ''
  if (margin === '') return body
  return body
    .split('\n')
    .map(line => {
      if (line.startsWith(margin)) return line.slice(margin.length)
      return line === '>' ? '' : line
    })
    .join('\n')
}

/** Sent with the null sender (RFC 5321 §4.5.5): so the envelope says, or `Return-Path: <>` or MAILER-DAEMON. */
export function hasNullReturnPath(reading: Reading): boolean {
  if (reading.nullSender) return true
  const path = first(reading.message.header, 'return-path')
  return path !== null && (path.replace(/\s/g, '') === '<>' || path.toLowerCase().includes('mailer-daemon'))
}

/** Sent with an address for its own bounces: no notice of a mail system, unless it says so by its name. */
export function hasOwnReturnPath(reading: Reading): boolean {
  return first(reading.message.header, 'return-path') !== null && !hasNullReturnPath(reading)
}

/** Parts of any of these types that carry text. */
export function machineParts(message: Message, types: readonly string[]): readonly Part[] {
  return message.parts.filter(part => types.includes(part.type) && part.text.trim() !== '')
}
