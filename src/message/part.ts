// One leaf to a part: its type, its header, its text.

import type { Header, Part } from '../model/message.ts'
import { first, parseHeader, parseStructured } from './header.ts'
import { htmlToText } from './html.ts'
import { type Leaf, unknownType } from './leaf.ts'
import { cleanText, decodeText, unflowed } from './text.ts'
import { decodeTransferText } from './transfer.ts'

/** Of HTML more is read than anybody writes in a notice. */
export const maxHtmlBytes = 128 * 1024

const enclosedTypes = new Set([
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'text/rfc822-header',
  'message/rfc822-headers',
  'message/global-headers',
])

function typeOf(leaf: Leaf): string {
  if (!leaf.type.includes('/')) return 'text/plain'
  return isStatus(leaf) ? 'message/delivery-status' : leaf.type
}

/** `plain`: every byte of the mail is ASCII and no control character. */
export function toPart(leaf: Leaf, plain = false): Part {
  const type = typeOf(leaf)
  const own = parseHeader(leaf.head, plain)
  const contentType = first(own, 'content-type') ?? ''
  const enclosed = enclosedTypes.has(type)
  const parameters = contentType.includes(';') ? parseStructured(contentType).parameters : {}
  const text = !enclosed && isReadable(type) ? textOf(leaf, type, own.length === 0, plain) : ''
  const isFlowed = type === 'text/plain' && parameters.format?.toLowerCase() === 'flowed'
  return {
    type,
    parameters,
    header: enclosed ? headerWithin(leaf, plain) : own,
    text: isFlowed ? unflowed(text, parameters.delsp?.toLowerCase() === 'yes') : text,
    depth: leaf.depth,
    enclosed,
  }
}

/** A status part that lost its type: its first field says what it is (RFC 3464 §2.1). */
function isStatus(leaf: Leaf): boolean {
  if (leaf.type !== unknownType) return false
  const opening = decodeTransferText(leaf.body.slice(0, 1024), leaf.encoding)
  return /^\s{0,20}(?:reporting-mta|original-envelope-id|arrival-date|final-recipient|original-recipient)\s{0,3}:/i.test(
    opening,
  )
}

function isReadable(type: string): boolean {
  return type.startsWith('text/') || type.startsWith('message/')
}

function headerWithin(leaf: Leaf, plain: boolean): Header {
  const bytes = decodeTransferText(leaf.body, leaf.encoding)
  return parseHeader(skipSeparator(bytes), plain && bytes === leaf.body)
}

function textOf(leaf: Leaf, type: string, headless: boolean, plain: boolean): string {
  // A mail that has no header at all is text from its first line.
  const bytes = leaf.root && headless ? leaf.head + leaf.body : decodeTransferText(leaf.body, leaf.encoding)
  // As it came, and a character a byte in every charset but one: there is nothing to decode or to clean away.
  const isText = plain && bytes === leaf.body && !isUtf16(leaf.charset)
  const text = isText ? bytes : decodeText(Buffer.from(bytes, 'latin1'), leaf.charset)
  if (type === 'text/html') return cleanText(htmlToText(text.slice(0, maxHtmlBytes)))
  return isText ? text : cleanText(text)
}

const isUtf16 = (charset: string | null): boolean => charset !== null && /^\s*utf-16/i.test(charset)

/** Empty lines and an mbox separator that some programs put before the message they return. */
export function skipSeparator(text: string): string {
  let at = 0
  while (text[at] === '\n' || text[at] === ' ') at++
  if (!text.startsWith('From ', at) && !text.startsWith('>From ', at)) return text.slice(at)
  const end = text.indexOf('\n', at)
  return end < 0 ? text : text.slice(end + 1)
}
