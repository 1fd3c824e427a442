// Where a notification ends and the returned message begins, when both stand in one text.

import { folded } from '../../knowledge/folding.ts'
import { phrasesIn } from './phrases.ts'

export interface Quoted {
  /** The text before the original, marker line left out. */
  readonly note: string
  /** The returned message, header first; null when none is quoted. */
  readonly original: string | null
}

/** Words that turn such a line into a sentence of the notification. */
const otherwise = [
  'recipient',
  'address',
  'reason',
  'rejected because',
  'was received',
  'deliver',
  'attached',
  'subject',
  ' is:',
  ' id',
]

/** Splits a text at the first line that announces the original, or where a header block with a trace begins. */
export function cutOriginal(text: string): Quoted {
  let start = 0
  let looks = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    if (end - start > 7) {
      const line = text.slice(start, Math.min(end, start + maxLineChars))
      if (isMarker(line)) return { note: text.slice(0, start), original: skipRule(text.slice(end + 1)) }
      const glued = gluedMarker(line)
      if (glued > 0) return { note: text.slice(0, start + glued), original: text.slice(start + glued) }
      if (isTrace(line) && looks++ < maxLooks && beginsHeader(text, start)) {
        return { note: text.slice(0, start), original: text.slice(start) }
      }
    }
    start = end + 1
  }
  return { note: text, original: null }
}

const maxLineChars = 400
/** Lines like those of a trace after which a header is looked for: the text has one header. */
const maxLooks = 50
const frame = '-=_*#|~'

/** A line set off by dashes or ended by a colon that names the returned message and says no more of it. */
function isMarker(line: string): boolean {
  const trimmed = line.trim()
  if (trimmed.length < 8 || trimmed.length > 120) return false
  const last = trimmed[trimmed.length - 1] as string
  const framed =
    (frame.includes(trimmed[0] as string) && frame.includes(trimmed[1] as string)) ||
    (frame.includes(last) && frame.includes(trimmed[trimmed.length - 2] as string))
  if (!framed && last !== ':') return false
  const words = folded(trimmed)
  return !otherwise.some(word => words.includes(word)) && phrasesIn(words).has('labels.original')
}

/** The dashes that some programs put below the announcement. */
function skipRule(text: string): string {
  return text.replace(/^\s{0,20}[-=_*]{3,120}[ \t]{0,10}\n/, '')
}

/** `… of your original message follow:> Received: …`: where the returned message starts within a line, or 0. */
function gluedMarker(line: string): number {
  const at = line.indexOf(':>')
  return at > 0 && /^:>\s?(?:Received|Return-Path|From|Date):/.test(line.slice(at, at + 20)) ? at + 1 : 0
}

const trace =
  /^[ \t>]{0,8}(?:return-path|received|x-received|x-originating-ip|dkim-signature|delivered-to|arc-seal):(?=\s?\S)/i
const anyField = /^[A-Za-z][A-Za-z0-9-]{1,60}:/

function isTrace(line: string): boolean {
  const colon = line.indexOf(':')
  return colon > 5 && colon < 30 && trace.test(line.slice(0, 60))
}

const messageField =
  /^(?:received|from|to|subject|date|message-id|mime-version|content-type|dkim-signature|x-[a-z0-9-]{1,60}):/i

/**
 * A header block that has been on the way: at least three fields, the first of them a trace (RFC 5322 §3.6.7). A notice
 * labels a return path, too: `Return-Path: …`, `Address: …`, `Reason: …`.
 */
function beginsHeader(text: string, start: number): boolean {
  let fields = 0
  let isMessage = false
  for (const line of text.slice(start, start + 8192).split('\n', 40)) {
    const field = line.replace(/^>\s?/, '').trimStart().slice(0, 80)
    if (field === '') break
    if (anyField.test(field)) fields++
    isMessage ||= messageField.test(field)
  }
  return fields >= 3 && isMessage
}
