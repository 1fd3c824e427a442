// A header block (RFC 5322 §2.2): bytes to fields, and what one asks of a field.

import type { Header, HeaderField } from '../model.ts'
import { decodeWords } from './encoded-word.ts'
import { cleanText, decodeText } from './text.ts'

const MAX_FIELDS = 1000
const MAX_VALUE_CHARS = 16 * 1024

/**
 * Fields of a block whose lines end in LF, up to its first empty line, in order. Names lower-cased, values unfolded,
 * encoded words decoded, control characters removed. A line that is no field is skipped.
 */
export function parseHeader(block: Buffer): Header {
  const fields: HeaderField[] = []
  let at = 0
  while (at < block.length && fields.length < MAX_FIELDS) {
    let end = lineEnd(block, at)
    if (end === at) break
    // RFC 5322 §2.2.3: a line that begins with white space continues the one before.
    while (isFold(block[end + 1]) && !isBlank(block, end + 1)) end = lineEnd(block, end + 1)
    const field = parseField(block.subarray(at, end))
    if (field) fields.push(field)
    at = end + 1
  }
  return fields
}

function isFold(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

function lineEnd(block: Buffer, from: number): number {
  const end = block.indexOf(0x0a, from)
  return end < 0 ? block.length : end
}

function isBlank(block: Buffer, from: number): boolean {
  let at = from
  while (isFold(block[at])) at++
  return at >= block.length || block[at] === 0x0a
}

const NAME = /^[\x21-\x39\x3b-\x7e]{1,100}$/

function parseField(raw: Buffer): HeaderField | null {
  const colon = raw.indexOf(0x3a)
  if (colon <= 0) return null
  // RFC 5322 §4.5: white space before the colon is obsolete, not unheard of.
  const name = raw.toString('latin1', 0, Math.min(colon, 120)).trimEnd()
  if (!NAME.test(name)) return null
  return {
    name: name.toLowerCase(),
    value: decodeValue(raw.subarray(colon + 1, colon + 1 + MAX_VALUE_CHARS)),
  }
}

function decodeValue(raw: Buffer): string {
  const text = decodeText(raw, null)
  const unfolded = text.includes('\n') ? text.replaceAll('\n', '') : text
  return cleanText(decodeWords(unfolded)).replaceAll('\n', ' ').trim()
}

/** The first field of that (lower-case) name, or null. */
export function first(header: Header, name: string): string | null {
  for (const field of header) if (field.name === name) return field.value
  return null
}

/** Every field of that (lower-case) name. */
export function all(header: Header, name: string): readonly string[] {
  return header.filter(field => field.name === name).map(field => field.value)
}

/** Bare addresses in every field of that name: `"A, B" <a@example.org>, b@example.org (x)` gives both. */
export function addresses(header: Header, name: string): readonly string[] {
  return all(header, name).flatMap(addressesIn)
}

/** Bare addresses in an address list (RFC 5322 §3.4), display names, comments and groups dropped. */
export function addressesIn(value: string): readonly string[] {
  const found: string[] = []
  let angle: string | null = null
  let plain = ''
  const finish = (): void => {
    const address = (angle ?? plain).trim()
    if (address.includes('@') && !/\s/.test(address)) found.push(address)
    angle = null
    plain = ''
  }
  let comment = 0
  let quoted = false
  let inAngle = false
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
      if (inAngle) angle += char
      else plain += char
    } else if (comment > 0) {
      if (char === '(') comment++
      else if (char === ')') comment--
    } else if (char === '"') {
      quoted = true
      if (inAngle) angle += char
      else plain += char
    } else if (char === '(') comment++
    else if (char === '<') {
      inAngle = true
      angle = ''
    } else if (char === '>') inAngle = false
    else if (inAngle) angle += char
    else if (char === ',' || char === ';') finish()
    else if (char === ':') plain = ''
    else plain += char
  }
  finish()
  return found
}

/** A field such as Content-Type: its value lower-cased, and its parameters by lower-cased name (RFC 2045 §5.1). */
export interface Structured {
  readonly value: string
  readonly parameters: Readonly<Record<string, string>>
}

const MAX_PARAMETERS = 50

export function parseStructured(field: string): Structured {
  const pieces = splitParameters(field)
  const parameters: Record<string, string> = Object.create(null)
  for (const piece of pieces.slice(1, MAX_PARAMETERS)) {
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
  let quoted = false
  let comment = 0
  for (let at = 0; at < field.length; at++) {
    const char = field[at] as string
    if (quoted) {
      piece += char
      if (char === '\\' && at + 1 < field.length) piece += field[++at]
      else if (char === '"') quoted = false
    } else if (comment > 0) {
      if (char === '(') comment++
      else if (char === ')') comment--
    } else if (char === '(') comment++
    else if (char === ';') {
      pieces.push(piece)
      piece = ''
    } else {
      if (char === '"') quoted = true
      piece += char
    }
  }
  pieces.push(piece)
  return pieces
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  const end = value.length > 1 && value.endsWith('"') ? value.length - 1 : value.length
  return value.slice(1, end).replace(/\\(.)/g, '$1')
}
