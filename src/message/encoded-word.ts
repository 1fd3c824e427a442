// Encoded words in header values (RFC 2047), decoded by one scan: `=?charset?B|Q?text?=`.

import { decodeText } from './text.ts'

interface Word {
  readonly charset: string
  readonly bytes: Buffer
  readonly end: number
}

/** A header value with its encoded words decoded; what is no well-formed word stays as it is. */
export function decodeWords(value: string): string {
  const decoded = decodedOnce(value)
  // A gateway encodes what was encoded already: what is left is one word from end to end.
  return decoded !== value && wholeWord.test(decoded) ? decodedOnce(decoded) : decoded
}

const wholeWord = /^=\?[^\s?]{1,60}\?[BQbq]\?[^?]{0,1000}\?=$/

function decodedOnce(value: string): string {
  if (!value.includes('=?')) return value
  const out: string[] = []
  let charset: string | null = null
  let pending: Buffer[] = []
  const flush = (): void => {
    if (charset !== null) out.push(decodeText(Buffer.concat(pending), charset))
    charset = null
    pending = []
  }
  let at = 0
  while (at < value.length) {
    const open = value.indexOf('=?', at)
    if (open < 0) break
    const word = readWord(value, open)
    const before = value.slice(at, open)
    // RFC 2047 §6.2: white space between two encoded words is no part of the text.
    const adjacent = charset !== null && before.trim() === ''
    if (word === null) {
      flush()
      out.push(before, '=?')
      at = open + 2
      continue
    }
    if (!adjacent) {
      flush()
      out.push(before)
    } else if (charset !== word.charset) {
      flush()
    }
    charset = word.charset
    // Words are joined before decoding, since careless senders cut a character in two.
    pending.push(word.bytes)
    at = word.end
  }
  flush()
  out.push(value.slice(at))
  return out.join('')
}

function readWord(value: string, open: number): Word | null {
  const charsetEnd = value.indexOf('?', open + 2)
  if (charsetEnd < 0 || charsetEnd - open > 60) return null
  const encoding = value[charsetEnd + 1]?.toUpperCase()
  if ((encoding !== 'B' && encoding !== 'Q') || value[charsetEnd + 2] !== '?') return null
  const textStart = charsetEnd + 3
  let end = indexWithin(value, '?=', textStart)
  if (end < 0) return null
  // `=?utf-8?Q?=41?=`: the first `?=` may be the start of an escape.
  if (end === textStart && encoding === 'Q' && value[end + 2] !== undefined) {
    const later = indexWithin(value, '?=', end + 2)
    if (later > 0 && /^[0-9A-Fa-f]{2}/.test(value.slice(end + 2, end + 4))) end = later
  }
  const text = value.slice(textStart, end)
  // RFC 2231 §5: a language may follow the charset.
  const charset =
    value
      .slice(open + 2, charsetEnd)
      .split('*')[0]
      ?.toLowerCase() ?? ''
  const bytes = encoding === 'B' ? Buffer.from(text, 'base64') : decodeQ(text)
  return { charset, bytes, end: end + 2 }
}

/** RFC 2047 §2 allows 75 characters; senders write more, but a search to the end of a long value each time would be quadratic. */
function indexWithin(value: string, what: string, from: number): number {
  const at = value.slice(from, from + maxWordChars).indexOf(what)
  return at < 0 ? -1 : from + at
}
const maxWordChars = 1000

function decodeQ(text: string): Buffer {
  const out = Buffer.from(text.replaceAll('_', ' '), 'latin1')
  if (!text.includes('=')) return out
  const source = out.toString('latin1')
  return Buffer.from(
    source.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
