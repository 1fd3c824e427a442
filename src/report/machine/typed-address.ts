// Addresses as reports write them: typed (`rfc822; a@example.org`), in brackets, with comments, xtext or utf-8 escapes.

import { cleanText } from '../../message/text.ts'
import { isAddress } from '../../model/validity.ts'

/**
 * The bare address in a recipient field (RFC 3464 §2.3.1, §2.3.2; RFC 6533 §3), or null where it names none.
 * Without an `@` a local name such as `root` is given only when `allowLocal`.
 */
export function recipientAddress(field: string, allowLocal = true): string | null {
  let value = field.slice(0, 1000).trim()
  const semicolon = value.indexOf(';')
  let type = ''
  // A type is a short atom: `rfc822`, `utf-8`, `x400`, `unknown`; a semicolon further on belongs to the address.
  if (semicolon >= 0 && /^[A-Za-z0-9._ -]{0,30}$/.test(value.slice(0, semicolon))) {
    type = value.slice(0, semicolon).trim().toLowerCase()
    value = value.slice(semicolon + 1).trim()
  }
  if (type === 'x400' || type === 'x-x400') return null
  const open = value.lastIndexOf('<')
  const close = value.indexOf('>', open + 1)
  if (open >= 0 && close > open) value = value.slice(open + 1, close)
  else value = withoutComment(value)
  value = value.trim()
  // `rfc822;a@example.org` once more, inside the brackets.
  if (/^rfc822;/i.test(value)) value = value.slice(7).trim()
  // A link in place of an address, and blanks that RFC 5322 §4.4 once allowed around the @.
  value = value.replace(/^mailto:/i, '').replace(/\s{0,20}@\s{0,20}/, '@')
  value = stripEnds(value)
  if (type === 'utf-8') value = decodeUnicodeEscapes(value)
  if (isNamedAddress(value) || (type === 'rfc822' && isMistyped(value))) return value
  return allowLocal && isLocalName(value) ? value : null
}

/** Original-Recipient is xtext besides (RFC 3461 §4.2): `+2B` is a plus sign. */
export function originalAddress(field: string): string | null {
  const address = recipientAddress(field)
  // Without its `@` the whole of it is encoded.
  if (address !== null && !address.includes('@')) {
    const decoded = decodeXtext(address)
    return isNamedAddress(decoded) ? decoded : address
  }
  // Only what must be encoded is decoded: `ana+42@example.org` is somebody's real address.
  if (address === null) return null
  const decoded = address.replace(/\+(2B|3D|[01][0-9A-F]|20|7F)/g, decodeXtext)
  return isNamedAddress(decoded) ? decoded : address
}

/** RFC 3461 §4: `+XY` is the character with that code. What is no such pair stays. */
export function decodeXtext(value: string): string {
  return value.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** RFC 6533 §3: `\x{E9}` is the character with that code point. */
function decodeUnicodeEscapes(value: string): string {
  return value.replace(/\\x\{([0-9A-Fa-f]{1,6})\}/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16)
    const valid = code > 0x1f && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return valid ? String.fromCodePoint(code) : whole
  })
}

function withoutComment(value: string): string {
  if (value.startsWith('"')) return value
  const open = value.indexOf('(')
  return open > 0 ? value.slice(0, open) : value
}

const leading = '<"\'([{,;: `«“„：；，、。（【「《'
const trailing = '>"\')]},;:.!? `»”…：；，、。（）！？】」》'

/** From one quote of a local part to the other: RFC 5321 §4.5.3.1.1 allows 64 octets, escapes come on top. */
const maxQuotedChars = 68

/** Brackets, quotes and punctuation around an address in running text. */
export function stripEnds(word: string): string {
  let start = 0
  let end = word.length
  let quoteEnd = word.indexOf('"@')
  while (start < end && leading.includes(word[start] as string)) {
    if (word[start] === '"') {
      // Looked for again only behind the one that was passed: a word may be nothing but quotes.
      if (quoteEnd >= 0 && quoteEnd <= start) quoteEnd = word.indexOf('"@', start + 1)
      // `"quoted local"@example.org` keeps its quotes.
      if (quoteEnd > start && quoteEnd <= start + maxQuotedChars) break
    }
    start++
  }
  // `ana@[192.0.2.5]` keeps its bracket.
  const literal = word.includes('@[')
  while (end > start && trailing.includes(word[end - 1] as string)) {
    if (literal && word[end - 1] === ']') break
    end--
  }
  return word.slice(start, end)
}

/** An address as a report names one: punctuation of East Asian texts stands around an address, never in it. */
export function isNamedAddress(value: string): boolean {
  return isAddress(value) && cleanText(value) === value && !/[：；，、。（）【】「」《》]/.test(value)
}

/** `lars@%pier.example`: a domain that cannot be, which is why it failed. */
export function isMistyped(value: string): boolean {
  return (
    /^[A-Za-z0-9._+=-]{1,64}@[!#-'*+./\w=?^`{|}~-]{1,180}$/.test(value) &&
    value.includes('.', value.indexOf('@') + 2)
  )
}

function isLocalName(value: string): boolean {
  return /^[A-Za-z0-9._+=-]{1,64}$/.test(value)
}

/** Places in one text that are looked at for an address. */
const maxLooks = 1000

/** Every address in running text, in order, each once (compared without case), at most `limit`. */
export function addressesInText(text: string, limit = 50): readonly string[] {
  const seen = new Set<string>()
  const found: string[] = []
  let looks = 0
  for (let at = text.indexOf('@'); at >= 0 && found.length < limit; at = text.indexOf('@', at + 1)) {
    if (looks++ >= maxLooks) break
    let start = at
    while (start > 0 && at - start < 128 && isLocalChar(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < text.length && end - at < 255 && isDomainChar(text.charCodeAt(end))) end++
    const address = stripEnds(text.slice(start, end))
    const key = address.toLowerCase()
    if (isNamedAddress(address) && !seen.has(key)) {
      seen.add(key)
      found.push(address)
    }
  }
  return found
}

function isLocalChar(code: number): boolean {
  if (code <= 32 || code === 127) return false
  if (code > 127) return code > 0xbf && code < 0x2000
  return !'<>()[]",;:\\@`|'.includes(String.fromCharCode(code))
}

function isDomainChar(code: number): boolean {
  if (code > 127) return code > 0xbf && code < 0x2000
  return (
    (code >= 48 && code <= 57) ||
    ((code | 32) >= 97 && (code | 32) <= 122) ||
    code === 45 ||
    code === 46 ||
    code === 95
  )
}
