// The sentences of a notice that may tell a delay: not the subject of our own mail, not what a server replied, no
// condition, and nothing about other people's mail.

import { first } from '../../message/header.ts'
import { replyCodeIn } from '../machine/codes.ts'
import type { Reading } from '../reading.ts'
import { delaySubjects } from './delay-phrases.ts'
import { headOf } from './heads.ts'
import { failureSubjects, mentions, replyPrefixes } from './phrases.ts'
import { isOfThisMail, ownWords, sentencesOf } from './statements.ts'

/** Shorter subjects are words like any other. */
const MIN_SUBJECT_CHARS = 6

/** The title in lower case without that of our own mail: `Undeliverable: Your order is delayed` is `undeliverable`. */
export function ownTitle(reading: Reading): string {
  const title = reading.subject.toLowerCase().replace(/\s+/g, ' ')
  const [own = '', ...rest] = title.split(/[:：]/)
  const isPrefix =
    replyPrefixes.includes(own.trim()) || mentions(own, failureSubjects) || mentions(own, delaySubjects)
  return rest.length > 0 && isPrefix ? own : without(title, [returnedSubject(reading)])
}

/** Does the title say that something failed, and not first that it waits? */
export function isTitledFailure(title: string): boolean {
  const failed = firstOf(title, plainFailures)
  const waits = firstOf(title, delaySubjects)
  return failed >= 0 && (waits < 0 || failed < waits)
}

/** `warning: could not send` is among the titles of failures too. */
const plainFailures = failureSubjects.filter(subject => !mentions(subject, delaySubjects))

function firstOf(text: string, phrases: readonly string[]): number {
  const places = phrases.map(phrase => text.indexOf(phrase)).filter(at => at >= 0)
  return places.length === 0 ? -1 : Math.min(...places)
}

/**
 * The notice's own sentences, lower-cased, blanks single. What a server replied is left out where it is set apart, and
 * in prose to the end of its sentence: `…: 452 4.2.2 full. We will retry.`
 */
export function delaySentences(reading: Reading): readonly string[] {
  const subjects = [returnedSubject(reading), titledSubject(reading)]
  const words = withoutReplies(withoutSubjectLines(ownWords(reading).split('\n'))).join('\n')
  return words.split(/\n\s*\n/).flatMap(paragraph => {
    const plain = without(paragraph.replace(/\s+/g, ' '), subjects)
    return sentencesOf(plain.replace(quotation, ' ').replace(replyInProse, ' '))
  })
}

const quotation = /["“„«「『][^"“”„«»「」『』]{1,200}["”“»」』]/g
const replyInProse = /(?<=[:：;.]\s?["'(]?)[45]\d\d[ -].*?(?=[.!?](?:\s|$)|$)/g

/** Does a sentence about this mail hold one of the phrases, or match, and deny it neither before nor behind? */
export function says(sentences: readonly string[], sought: readonly string[] | RegExp): boolean {
  return sentences.some(sentence =>
    placesIn(sentence, sought).some(([start, end]) => {
      const before = sentence.slice(0, start)
      const behind = sentence.slice(end)
      return (
        isOfThisMail(before) && !negation.test(before) && !otherwise.test(behind) && !others.test(sentence)
      )
    }),
  )
}

function placesIn(
  text: string,
  sought: readonly string[] | RegExp,
): readonly (readonly [start: number, end: number])[] {
  if (sought instanceof RegExp) {
    const match = sought.exec(text)
    return match === null ? [] : [[match.index, match.index + match[0].length]]
  }
  return sought
    .map(phrase => [text.indexOf(phrase), phrase.length] as const)
    .filter(([at]) => at >= 0)
    .map(([at, length]) => [at, at + length] as const)
}

/** `no se volverá a intentar`, `will not be retried` */
const negation = /(?:^|[\s'])(?:not|never|no|nicht|ne|non|não|nao|niet|nie|nebude|не|inte|ikke|ei|nem|nu)\s$/u

/** `will be retried no longer`; what waits for the reader: `will try again when you resend it`. */
const otherwise =
  /^\S{0,6} (?:no (?:longer|more)|not|nicht)\b|\b(?:if|when|once|after|unless|as soon as) you (?:re-?send|send|try|correct|confirm|reply|write|ask)/

/** Other recipients of the same mail: what they have to wait for is not told of this one. */
const others =
  /(?<!\b(?:and|und|et|y|e) (?:\d+ )?)(?:\bother|\bremaining|\bandere[rn]?|\bübrigen|\bautres|\botros|\bdemás|\baltri|\boutros) (?:recipients?|addresse?e?s|messages?|mails?|empfängern?|adressen|nachrichten|ontvangers|destinataires|adresses|destinatarios|destinatari|destinatários)/u

const subjectLabel =
  /^\s*(?:(?:original|message|mail) )?(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|subiect|тема|θέμα|件名|主题|主題|主旨|标题|題名|제목)\s?[:：]/u

/** Without `Subject: …` and the deeper lines that it folds onto. */
function withoutSubjectLines(lines: readonly string[]): readonly string[] {
  let depth = -1
  return lines.filter(line => {
    const indent = line.length - line.trimStart().length
    if (subjectLabel.test(line.slice(0, 60))) {
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
  return (first(reading.original, 'subject') ?? '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** What the title says behind its own words. */
function titledSubject(reading: Reading): string {
  const title = reading.subject.toLowerCase().replace(/\s+/g, ' ')
  const own = ownTitle(reading)
  return title.startsWith(own) ? title.slice(own.length + 1).trim() : ''
}

function without(text: string, subjects: readonly string[]): string {
  return subjects
    .filter(subject => subject.length >= MIN_SUBJECT_CHARS)
    .reduce((rest, subject) => rest.replaceAll(subject, ' '), text)
}
