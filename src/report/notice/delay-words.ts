// The sentences of a notice that may tell a delay: not the subject of our own mail, not what a server replied, no
// condition, and nothing about other people's mail.

import { folded } from '../../knowledge/folding.ts'
import type { Slot } from '../../knowledge/languages.ts'
import type { Phrases } from '../../knowledge/phrase-index.ts'
import { first } from '../../message/header.ts'
import { replyCodeIn } from '../machine/codes.ts'
import type { Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'
import { headOf } from './heads.ts'
import { isSubjectLabel, labelOf } from './labels.ts'
import { conjunctions, isReplyPrefix, phrasesIn, titlePhrases } from './phrases.ts'
import { sentencesOf } from './sentences.ts'
import { isOfThisMail, ownWords } from './statements.ts'

/** Sentences with words of a kind that are looked at. */
const maxLooks = 100
/** What takes a promise back stands behind it, a negation or conjunction right before; each is shorter than this. */
const maxBehindChars = 240
const maxNegationChars = 40
const maxJointChars = 40

/** Shorter subjects are words like any other. */
const minSubjectChars = 6

/** The title without that of our own mail, folded: `Undeliverable: Your order is delayed` is `undeliverable`. */
export const ownTitle: (reading: Reading) => Phrases = remembered(reading => {
  const title = titlePhrases(reading).text.replace(/\s+/g, ' ')
  const [own = '', ...rest] = title.split(/[:：]/)
  const words = phrasesIn(own)
  const isPrefix = isReplyPrefix(own) || words.has('subjects.failure') || words.has('subjects.delay')
  return rest.length > 0 && isPrefix ? words : phrasesIn(without(title, [returnedSubject(reading)]))
})

/** Does the title say that something failed, and not first that it waits? */
export function isTitledFailure(title: Phrases): boolean {
  const waits = title.of('subjects.delay')
  // `warning: could not send` is among the titles of failures too.
  const failures = title
    .of('subjects.failure')
    .filter(({ start, end }) => !waits.some(wait => wait.start >= start && wait.end <= end))
  const failed = Math.min(...failures.map(({ start }) => start))
  return failures.length > 0 && failed < Math.min(...waits.map(({ start }) => start))
}

/**
 * The notice's own sentences, folded, blanks single. What a server replied is left out where it is set apart, and in
 * prose to the end of its sentence: `…: 452 4.2.2 full. We will retry.`
 */
export const delaySentences: (reading: Reading) => readonly Phrases[] = remembered(reading => {
  const subjects = [returnedSubject(reading), titledSubject(reading)]
  const words = withoutReplies(withoutSubjectLines(ownWords(reading).split('\n'))).join('\n')
  return words.split(/\n\s*\n/).flatMap(paragraph => {
    const plain = without(paragraph.replace(/\s+/g, ' '), subjects)
    return sentencesOf(plain.replace(quotation, ' ').replace(replyInProse, ' ')).map(phrasesIn)
  })
})

const quotation = /["„「『][^"„「」『』]{1,200}["」』]/g
const replyInProse = /(?<=[:：;.]\s?["'(]?)[45]\d\d[ -].*?(?=[.!?](?:\s|$)|$)/g

/** Does a sentence about this mail hold a phrase of the slot, and deny it neither before nor behind? */
export function says(sentences: readonly Phrases[], slot: Slot): boolean {
  let looks = 0
  return sentences.some(sentence =>
    sentence.of(slot).some(match => looks++ < maxLooks && isMeant(sentence, match)),
  )
}

/** The same of a pattern, tried once in each sentence. */
export function saysLike(sentences: readonly Phrases[], sought: RegExp): boolean {
  return sentences.some(sentence => {
    const match = sought.exec(sentence.text)
    return match !== null && isMeant(sentence, { start: match.index, end: match.index + match[0].length })
  })
}

function isMeant(sentence: Phrases, match: { readonly start: number; readonly end: number }): boolean {
  return (
    isOfThisMail(sentence, match) &&
    !isDenied(sentence, match.start) &&
    !otherwise.test(sentence.text.slice(match.end, match.end + maxBehindChars)) &&
    !isOfOthers(sentence)
  )
}

/** A negation right before: `no se volverá a intentar`, `will not be retried`. */
function isDenied(sentence: Phrases, start: number): boolean {
  return sentence
    .between('particles.negation', start - maxNegationChars, start)
    .some(({ end }) => end >= start - 1)
}

/** `will be retried no longer`; what waits for the reader: `will try again when you resend it`. */
const otherwise =
  /^\S{0,6} (?:no (?:longer|more)|not|nicht)\b|\b(?:if|when|once|after|unless|as soon as) you (?:re-?send|send|try|correct|confirm|reply|write|ask)/

/** Other recipients of the same mail: what they have to wait for is not told of this one, unless it is told of both. */
function isOfOthers(sentence: Phrases): boolean {
  return sentence
    .of('nouns.others')
    .some(({ start }) => !joined.test(sentence.text.slice(Math.max(0, start - maxJointChars), start)))
}

/** `ana@example.org and 3 other recipients` */
const joined = new RegExp(`(?<!\\p{L})(?:${conjunctions}) (?:\\d+ )?$`, 'u')

/** Without `Subject: …` and the deeper lines that it folds onto. */
function withoutSubjectLines(lines: readonly string[]): readonly string[] {
  let depth = -1
  return lines.filter(line => {
    const indent = line.length - line.trimStart().length
    if (isSubjectLabel(labelOf(line))) {
      depth = indent
      return false
    }
    if (depth >= 0 && line.trim() !== '' && indent > depth) return false
    depth = -1
    return true
  })
}

/** A reply first on its line, or behind a word of speaking: `Remote host said: 451 later`. */
const setApart =
  /(?:^\s{0,20}|(?:said|says|replied|reply|responded|response|answered|diagnostic[- ]code|smtp|<<<|<--)(?: with)?\s?[:;]?\s{0,4})["'(<[]{0,3}[45]\d\d[ -]\S/

/** What a server replied ends with its paragraph; it may promise as well, and keeps nothing. */
function withoutReplies(lines: readonly string[]): readonly string[] {
  let isReply = false
  return lines.filter(line => {
    isReply = line.trim() !== '' && (isReply || givesReply(line))
    return !isReply
  })
}

function givesReply(line: string): boolean {
  const head = headOf(line)
  const reply = setApart.test(line.slice(0, 200)) ? line : ''
  const words = head?.marked ? head.rest : reply
  return words !== '' && replyCodeIn(words, 'text') !== null
}

function returnedSubject(reading: Reading): string {
  return folded(first(reading.original, 'subject') ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** What the title says behind its own words. */
function titledSubject(reading: Reading): string {
  const title = titlePhrases(reading).text.replace(/\s+/g, ' ')
  const own = ownTitle(reading).text
  return title.startsWith(own) ? title.slice(own.length + 1).trim() : ''
}

function without(text: string, subjects: readonly string[]): string {
  return subjects
    .filter(subject => subject.length >= minSubjectChars)
    .reduce((rest, subject) => rest.replaceAll(subject, ' '), text)
}
