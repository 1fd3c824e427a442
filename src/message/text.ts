// Bytes in a charset to text, and text made safe to search, show and store. Linear, capped by the caller.

import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

/** Decoders are costly to make; labels come from mail, so the cache has a limit. */
const MAX_DECODERS = 64
const decoders = new Map<string, TextDecoder | null>()

function decoderFor(label: string): TextDecoder | null {
  const known = decoders.get(label)
  if (known !== undefined) return known
  let decoder: TextDecoder | null = null
  try {
    decoder = new TextDecoder(label)
  } catch {
    // An unknown label: the bytes themselves must tell.
  }
  if (decoders.size < MAX_DECODERS) decoders.set(label, decoder)
  return decoder
}

/** Names that mail uses and the WHATWG registry does not know. */
const aliases: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  cp932: 'shift_jis',
  'cp-850': 'windows-1252',
  cp850: 'windows-1252',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'x-gbk': 'gbk',
}

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

/** Bytes to text. A null, unknown or impossible charset is judged by the bytes: UTF-8, ISO-2022-JP, else Windows-1252. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  const label = (charset ?? '').trim().toLowerCase()
  const hasEscape = bytes.includes(0x1b)
  if (!hasEscape && isAscii(bytes) && !label.startsWith('utf-16')) return bytes.toString('latin1')
  if (label === 'utf-8' || label === 'utf8') {
    return isUtf8(bytes) ? bytes.toString('utf8') : decodeUnknown(bytes, hasEscape, true)
  }
  if (!vague.has(label)) {
    const decoder = decoderFor(aliases[label] ?? label)
    if (decoder) return decoder.decode(bytes)
  }
  return decodeUnknown(bytes, hasEscape, false)
}

function decodeUnknown(bytes: Buffer, hasEscape: boolean, saysUtf8: boolean): string {
  if (hasEscape && (bytes.includes('\x1b$B') || bytes.includes('\x1b$@'))) {
    return decoderFor('iso-2022-jp')?.decode(bytes) ?? bytes.toString('latin1')
  }
  if (isUtf8(bytes) || (saysUtf8 && isMostlyUtf8(bytes))) return bytes.toString('utf8')
  return decoderFor('windows-1252')?.decode(bytes) ?? bytes.toString('latin1')
}

/** A cap may cut the last character in two: judge all but the tail. */
function isMostlyUtf8(bytes: Buffer): boolean {
  for (let cut = 1; cut <= 3; cut++) if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true
  return false
}

/** Text without control characters other than tab and line feed, and without characters that have no width. */
export function cleanText(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, '') : text
}
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]/
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]/g
