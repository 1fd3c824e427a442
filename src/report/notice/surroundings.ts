// What stands in a notice and is not about the failure: signatures, disclaimers, banners, the subject of our own mail.

import { folded } from '../../knowledge/folding.ts'
import { replyCodeIn, statusIn } from '../machine/codes.ts'
import { headOf } from './heads.ts'
import { phrasesIn, sparsePhrasesIn } from './phrases.ts'
import { statesFailure } from './statements.ts'

/** Shorter subjects are words like any other. */
const minSubjectChars = 6
/** A longer paragraph says more than that a mail was scanned or is confidential. */
const maxStandingChars = 3000
/** Standing lines on top are few. */
const maxBannerChars = 400

/** Rules, or places where the subject may stand, that are looked at: each is held against what follows. */
const maxLooks = 50
/** A longer subject is no words of ours that a notice would repeat. */
const maxSubjectChars = 1000

/** The text without its signature and without standing paragraphs. */
export function withoutSurroundings(text: string): string {
  return withoutStanding(withoutQuotedLetter(withoutSignature(text)))
}

/**
 * Our own mail, quoted with `>` below a notice that has said what it has to say. What is quoted belongs to the notice
 * where it begins with an address or a reply, or where nothing is said above.
 */
function withoutQuotedLetter(text: string): string {
  if (!text.includes('\n>')) return text
  const lines = text.trimEnd().split('\n')
  let start = lines.length
  // `>>> RCPT TO` is a transcript's.
  while (start > 0 && /^>(?!>>)|^\s*$/.test(lines[start - 1] ?? '')) start--
  const letter = lines.slice(start).filter(line => line.startsWith('>'))
  const [opening = ''] = letter
  const above = lines.slice(0, start).join('\n')
  const isReply = opening.includes('@') || hasCode(opening.replace(/^[>\s]{1,10}/, ''))
  if (letter.length < 2 || isReply || /[:：]$/.test(above)) return text
  if (!/\p{L}{2}/u.test(above)) return text
  // A gateway may quote the whole notice below a line of its own.
  const isNotice =
    !hasCode(above) && !saysFailed(above) && saysFailed(letter.map(line => line.slice(1)).join('\n'))
  return isNotice ? text : above
}

const saysFailed = (text: string): boolean => statesFailure(phrasesIn(folded(text)))

/**
 * RFC 3676 §4.3: below `-- ` stands the signature, and below other rules what a gateway adds. Where a reply code stands
 * below, or an address below any other rule, the line is a rule of the notice.
 */
function withoutSignature(text: string): string {
  let looks = 0
  for (const { index, 0: line } of text.matchAll(
    /^(?:-{2,80}|_{3,80}|={3,80}|\*{3,80}|~{3,80})[ \t]{0,4}$/gm,
  )) {
    if (looks++ >= maxLooks) break
    const below = text.slice(index + line.length)
    const isSignature =
      line.trimEnd() === '--' || (text.slice(0, index).includes('@') && !below.includes('@'))
    if (isSignature && !hasCode(below)) return text.slice(0, index)
  }
  return text
}

function hasCode(text: string): boolean {
  return replyCodeIn(text, 'text') !== null || statusIn(text) !== null
}

const emptyLines = /(\n[ \t]*\n\s*)/

function withoutStanding(text: string): string {
  if (!bracketed.test(text) && !sparsePhrasesIn(folded(text)).has('sentences.standing')) return text
  return text
    .split(emptyLines)
    .map(paragraph => (isStanding(paragraph) ? '' : paragraph))
    .join('')
}

/** A line that may open a banner: `[EXTERNAL]`. */
const bracketed = /^[ \t]{0,20}\[/m

/** A paragraph that is no part of the notice: it states no failure, no code and no recipient. */
function isStanding(paragraph: string): boolean {
  const words = folded(paragraph.trim()).replace(/\s+/g, ' ')
  if (words === '' || words.length > maxStandingChars) return false
  const isBanner = words.length < maxBannerChars && words.startsWith('[') && words.endsWith(']')
  const isExternal = words.startsWith('[external') || words.startsWith('[extern]')
  if (!isBanner && !isExternal && !sparsePhrasesIn(words).has('sentences.standing')) return false
  return !phrasesIn(words).has('sentences.failure') && !hasCode(words) && !listsRecipient(paragraph)
}

function listsRecipient(paragraph: string): boolean {
  return paragraph.split('\n', 50).some(line => headOf(line)?.marked === true)
}

/** The text without the subject of the mail that came back, wherever and however folded it is quoted. */
export function withoutSubject(text: string, subject: string): string {
  const words = subject.split(/\s+/).filter(word => word !== '')
  const [head = ''] = words
  if (subject.trim().length < minSubjectChars || subject.length > maxSubjectChars) return text
  let kept = ''
  let from = 0
  let looks = 0
  for (let at = text.indexOf(head); at >= 0 && looks < maxLooks; at = text.indexOf(head, at + 1)) {
    if (at < from) continue
    looks++
    const end = endOfWords(text, at, words)
    if (end < 0) continue
    kept += text.slice(from, at)
    from = end
  }
  return from === 0 ? text : kept + text.slice(from)
}

/** Where words end that begin at a place, blanks and line breaks between them, or -1. */
function endOfWords(text: string, start: number, words: readonly string[]): number {
  let at = start
  for (const word of words) {
    while (at > start && /\s/.test(text.charAt(at))) at++
    if (!text.startsWith(word, at)) return -1
    at += word.length
  }
  return at
}
