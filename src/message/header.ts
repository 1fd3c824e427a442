// A header block (RFC 5322 §2.2): bytes to fields, and what one asks of a field.

import type { Header, HeaderField } from '../model/message.ts'
import { decodeWords } from './encoded-word.ts'
import { cleanText, decodeText, isPlain } from './text.ts'

const maxFields = 1000
const maxValueChars = 16 * 1024

/**
 * Fields of a block whose lines end in LF, up to its first empty line, in order. Names lower-cased, values unfolded,
 * encoded words decoded, control characters removed. A line that is not a field is skipped. `text` is a character a byte,
 * so that a value's charset can be judged by its bytes. `knownPlain`: it is known to be plain.
 */
export function parseHeader(text: string, knownPlain = false): Header {
  const plain = (knownPlain || isPlain(text)) && !text.includes('=?')
  const fields: HeaderField[] = []
  let at = 0
  while (at < text.length && fields.length < maxFields) {
    let end = lineEnd(text, at)
    if (end === at) break
    // RFC 5322 §2.2.3: a line that begins with white space continues the one before.
    while (isFold(text.charCodeAt(end + 1)) && !isBlank(text, end + 1)) end = lineEnd(text, end + 1)
    const field = parseField(text, at, end, plain)
    if (field) fields.push(field)
    at = end + 1
  }
  return fields
}

function isFold(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function isBlank(text: string, from: number): boolean {
  let at = from
  while (isFold(text.charCodeAt(at))) at++
  return at >= text.length || text[at] === '\n'
}

/** A name with the white space behind it. */
const maxNameChars = 120

/** Not `indexOf`, which would look for the colon of a line without one in all lines behind it. */
function colonWithin(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === 0x3a) return at
  return -1
}

const fieldName = /^[\x21-\x39\x3b-\x7e]{1,100}$/

function parseField(text: string, start: number, end: number, plain: boolean): HeaderField | null {
  const colon = colonWithin(text, start, Math.min(end, start + maxNameChars))
  if (colon <= start) return null
  // RFC 5322 §4.5: white space before the colon is obsolete, not unheard of.
  const name = text.slice(start, colon).trimEnd()
  if (!fieldName.test(name)) return null
  const raw = text.slice(colon + 1, Math.min(end, colon + 1 + maxValueChars))
  return { name: name.toLowerCase(), value: plain ? unfold(raw) : decodeValue(raw) }
}

function unfold(raw: string): string {
  return (raw.includes('\n') ? raw.replaceAll('\n', '') : raw).trim()
}

/** A value with eight-bit characters, encoded words or control characters; a decoded word may hold any of them again. */
function decodeValue(raw: string): string {
  const text = decodeWords(unfold(decodeText(Buffer.from(raw, 'latin1'), null)))
  return cleanText(text).replaceAll('\n', ' ').trim()
}

/** The first field of that (lower-case) name, or null. */
export function first(header: Header, name: string): string | null {
  for (const field of header) if (field.name === name) return field.value
  return null
}

/** Every field of that (lower-case) name. */
export function all(header: Header, name: string): readonly string[] {
  const values: string[] = []
  for (const field of header) if (field.name === name) values.push(field.value)
  return values
}

/** Bare addresses in every field of that name: `"A, B" <a@example.org>, b@example.org (x)` gives both. */
export function addresses(header: Header, name: string): readonly string[] {
  return all(header, name).flatMap(addressesIn)
}

/** Bare addresses in an address list (RFC 5322 §3.4), display names, comments and groups dropped. */
export function addressesIn(value: string): readonly string[] {
  if (!value.includes('@')) return []
  // Most lists have neither quotes nor comments, and commas in them separate; most have one address.
  if (!/["(\\:;]/.test(value))
    return value.includes(',') ? value.split(',').flatMap(item => bareAddress(item)) : bareAddress(value)
  return splitList(value).flatMap(item => bareAddress(item))
}

/** The address in `<>`, else the item itself. */
function bareAddress(item: string): readonly string[] {
  const open = item.lastIndexOf('<')
  const close = open < 0 ? -1 : item.indexOf('>', open)
  const address = (open < 0 ? item : item.slice(open + 1, close < 0 ? undefined : close)).trim()
  return address.includes('@') && !/\s/.test(address) ? [address] : []
}

/** Items of an address list, split at commas outside quotes; group names and comments are left out. */
function splitList(value: string): readonly string[] {
  const items: string[] = []
  let item = ''
  let quoted = false
  let comment = 0
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string
    if (quoted) {
      item += char
      if (char === '\\') item += value[++at] ?? ''
      else if (char === '"') quoted = false
    } else if (char === '(') comment++
    else if (comment > 0) comment -= char === ')' ? 1 : 0
    else if (char === ',' || char === ';') {
      items.push(item)
      item = ''
    } else if (char === ':') item = ''
    else {
      quoted = char === '"'
      item += char
    }
  }
  items.push(item)
  return items
}

/** A field such as Content-Type: its value lower-cased, and its parameters by lower-cased name (RFC 2045 §5.1). */
export interface Structured {
  readonly value: string
  readonly parameters: Readonly<Record<string, string>>
}

const maxParameters = 50

export function parseStructured(field: string): Structured {
  const pieces = splitParameters(field)
  const parameters: Record<string, string> = Object.create(null)
  for (const piece of pieces.slice(1, maxParameters)) {
    const equals = piece.indexOf('=')
    if (equals <= 0) continue
    // RFC 2231: `name*0*`; the pieces of one value are joined in the order they stand.
    const name = (piece.slice(0, equals).split('*')[0] ?? '').trim().toLowerCase()
    const value = unquote(piece.slice(equals + 1).trim())
    if (name !== '') parameters[name] = (parameters[name] ?? '') + value
  }
  return { value: (pieces[0] ?? '').trim().toLowerCase(), parameters }
}

/** Splits at semicolons outside quotes, comments dropped. */
function splitParameters(field: string): string[] {
  const pieces: string[] = []
  let piece = ''
  /** Where the text begins that is not in `piece` yet. */
  let from = 0
  let at = 0
  while (at < field.length) {
    const char = field[at]
    const end = itemEnd(field, at)
    if (char === ';' || char === '(') {
      piece += field.slice(from, at)
      from = end
    }
    if (char === ';') {
      pieces.push(piece)
      piece = ''
    }
    at = end
  }
  pieces.push(piece + field.slice(from))
  return pieces
}

/** The offset behind the quoted string, comment or character that begins at `at`. */
function itemEnd(field: string, at: number): number {
  if (field[at] === '"') return quotedEnd(field, at)
  return field[at] === '(' ? commentEnd(field, at) : at + 1
}

function quotedEnd(field: string, from: number): number {
  for (let at = from + 1; at < field.length; at++) {
    if (field[at] === '\\') at++
    else if (field[at] === '"') return at + 1
  }
  return field.length
}

/** Comments nest (RFC 5322 §3.2.2). */
function commentEnd(field: string, from: number): number {
  let depth = 0
  for (let at = from; at < field.length; at++) {
    if (field[at] === '(') depth++
    else if (field[at] === ')' && --depth === 0) return at + 1
  }
  return field.length
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  const end = value.length > 1 && value.endsWith('"') ? value.length - 1 : value.length
  return value.slice(1, end).replace(/\\(.)/g, '$1')
}
