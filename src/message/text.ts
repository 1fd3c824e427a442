// Bytes in a charset to text, and text made safe to search, show and store. Linear, capped by the caller.

import { isAscii, isUtf8 } from 'node:buffer'
import { decoderOf, encodingOf } from './charsets.ts'
import { decodeWindows1252 } from './windows-1252.ts'

/** Labels that say nothing: what lacks a charset, or claims ASCII and has eight bits. */
const vague = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown-8bit',
  'x-unknown',
  '7bit',
  '8bit',
  'binary',
])

/** Is all ASCII without control characters? Such text needs neither charset nor cleaning. */
export const isPlain = (text: string): boolean => !/[^\t\n\x20-\x7e]/.test(text)

/** Bytes to text. A null, unknown or impossible charset is judged by the bytes: UTF-8, ISO-2022-JP, else Windows-1252. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  const label = (charset ?? '').trim().toLowerCase()
  const hasEscape = bytes.includes(0x1b)
  if (!hasEscape && isAscii(bytes) && !label.startsWith('utf-16')) return bytes.toString('latin1')
  const encoding = vague.has(label) ? null : encodingOf(label)
  if (encoding === 'utf-8') {
    return isUtf8(bytes) ? bytes.toString('utf8') : decodeUnknown(bytes, hasEscape, true)
  }
  return (encoding === null ? null : decodeAs(encoding, bytes)) ?? decodeUnknown(bytes, hasEscape, false)
}

function decodeUnknown(bytes: Buffer, hasEscape: boolean, saysUtf8: boolean): string {
  if (hasEscape && (bytes.includes('\x1b$B') || bytes.includes('\x1b$@'))) {
    return decodeAs('iso-2022-jp', bytes) ?? bytes.toString('latin1')
  }
  if (isUtf8(bytes) || (saysUtf8 && isMostlyUtf8(bytes))) return bytes.toString('utf8')
  return decodeWindows1252(bytes)
}

/** A byte that a charset does not have costs a decoder as much as a hundred others: it is fed with pieces. */
const pieceBytes = 1024
/** More such bytes than this, and it is another charset. */
const maxUnknown = 100
const unknownMark = '\ufffd'

/** Null where the platform lacks the charset, or the bytes are in another. */
function decodeAs(encoding: string, bytes: Buffer): string | null {
  if (encoding === 'windows-1252') return decodeWindows1252(bytes)
  const decoder = decoderOf(encoding)
  if (decoder === null) return null
  if (bytes.length <= pieceBytes) return decoder.decode(bytes)
  const pieces: string[] = []
  let unknown = 0
  for (let at = 0; at < bytes.length && unknown <= maxUnknown; at += pieceBytes) {
    const piece = decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true })
    unknown += countOf(unknownMark, piece)
    pieces.push(piece)
  }
  // Ends the stream, so that the next text begins anew.
  pieces.push(decoder.decode())
  return unknown > maxUnknown ? null : pieces.join('')
}

function countOf(what: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) count++
  return count
}

/** A cap may cut the last character in two: judge all but the tail. */
function isMostlyUtf8(bytes: Buffer): boolean {
  for (let cut = 1; cut <= 3; cut++) if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true
  return false
}

/**
 * Text without control characters other than tab and line feed (C0, C1, and those that change the direction of what is
 * shown) and without characters that have no width. Joiners stay: words need them.
 */
export function cleanText(text: string): string {
  return anyControl.test(text) ? text.replace(lineEnds, '\n').replace(controls, '') : text
}

/** The same on one line, without blanks around it: a value to show. */
export const cleanLine = (text: string): string =>
  cleanText(text)
    .replace(/[\n\t]/g, ' ')
    .trim()

const lineEnds = /[\x85\u2028\u2029]/g
const anyControl = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/
const controls = new RegExp(anyControl, 'g')

/**
 * Lines that end with a blank go on in the next (RFC 3676 §4.1), but for the line above a signature and for lines quoted
 * to another depth. `dropsBlank`: the blank is no part of the text (`DelSp=yes`).
 */
export function unflowed(text: string, dropsBlank: boolean): string {
  const out: string[] = []
  /** How deep the line is quoted that goes on, -1 where none does. */
  let open = -1
  for (const raw of text.split('\n')) {
    // RFC 3676 §4.4: a blank was put before what could be taken for something else.
    const line = raw.startsWith(' ') ? raw.slice(1) : raw
    const depth = /^>{0,20}/.exec(line)?.[0].length ?? 0
    const isRule = line.slice(depth).trimStart() === '-- '
    const goesOn = open === depth && !isRule
    const isOpen = line.endsWith(' ') && !isRule && line.trim() !== ''
    const words = isOpen && dropsBlank ? line.slice(0, -1) : line
    if (out.length > 0) out.push(goesOn ? '' : '\n')
    out.push(goesOn ? words.slice(depth).replace(/^ /, '') : words)
    open = isOpen ? depth : -1
  }
  return out.join('')
}
