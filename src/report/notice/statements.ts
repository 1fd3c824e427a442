// What a notice states of a mail: that it failed, waits or arrived. A condition or a threat is no statement.

import { replyCodeIn } from '../machine/codes.ts'
import type { Reading } from '../reading.ts'
import { denialIn } from './denials.ts'
import { headOf } from './heads.ts'
import {
  failureSubjects,
  failureTexts,
  mentions,
  refusalTexts,
  successSubjects,
  successTexts,
} from './phrases.ts'

const MAX_SEARCHED_CHARS = 16 * 1024
const MAX_SENTENCE_CHARS = 240
const MAX_ENTRY_LINES = 400

/** The notification's words in lower case, apostrophes straight, without the lines that quote. */
export function ownWords(reading: Reading): string {
  return reading.lines
    .filter(line => !line.startsWith('>') && !line.startsWith('|>'))
    .join('\n')
    .slice(0, MAX_SEARCHED_CHARS)
    .toLowerCase()
    .replaceAll('’', "'")
}

/** Words that begin a condition. Short ones that mean something else in another language need their next word. */
const condition =
  /(?<![\p{L}])(?:if|in case|unless|wenn|falls|sofern|s['’]il|jeśli|jeżeli|если|якщо|indien|hvis|eğer|si (?:el|la|le|les|los|no|votre|vous|su|usted|il|elle|ce|cette|este|esta|l['’])|se (?:o|a|il|la|não|non|você)|als (?:u|uw|het|de)|om (?:du|ditt|meddelandet)|caso (?:o|a|não|você))(?![\p{L}])/u

/** Other people's mail: `17 messages could not be delivered`, `mail that cannot be delivered is kept`. */
const general =
  /(?:\b(?:[2-9]|\d{2,7}) (?:e-?mails?|mails?|messages?|nachrichten|mensajes|messaggi)\b|(?:^|\s)(?:mail|mails|messages|e-?mails) (?:that|which)\s*$)/

/** True when one of the phrases stands in a sentence about one mail and no condition: not in "tell us if it could not be delivered". */
export function states(words: string, phrases: readonly string[]): boolean {
  return phrases.some(phrase => {
    for (let at = words.indexOf(phrase); at >= 0; at = words.indexOf(phrase, at + phrase.length)) {
      if (isOfThisMail(sentenceBefore(words, at))) return true
    }
    return false
  })
}

/** Neither a condition nor a general remark leads to what follows. */
export function isOfThisMail(before: string): boolean {
  return !condition.test(before) && !general.test(before)
}

/** What stands before a place in its sentence: from the last full stop, colon or empty line on. */
export function sentenceBefore(words: string, at: number): string {
  const first = Math.max(0, at - MAX_SENTENCE_CHARS)
  let start = at
  while (start > first && !endsSentence(words, start - 1)) start--
  return words.slice(start, at).replace(/\s+/g, ' ').trimStart()
}

/** The sentences of a text: they end at a full stop, a colon or an empty line. Blanks are single. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .flatMap(paragraph => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?:])\s+|(?<=[。！？])/))
    .filter(sentence => sentence.trim() !== '')
}

function endsSentence(words: string, at: number): boolean {
  const mark = words[at] as string
  if (mark === '\n') return words[at - 1] === '\n'
  return '。！？'.includes(mark) || ('.!?:'.includes(mark) && /\s/.test(words[at + 1] ?? ' '))
}

/** Says that a mail did not arrive, in so many words. */
export function statesFailure(words: string): boolean {
  if (states(words, failureTexts)) return true
  const denied = denialIn(words)
  return denied >= 0 && isOfThisMail(sentenceBefore(words, denied))
}

/** Tells why mail is refused: a reply code or a cause. Statistics and policies do so too, so it states no failure alone. */
export function givesCause(words: string): boolean {
  return mentions(words, refusalTexts) || replyCodeIn(words, 'text') !== null
}

/** A server's reply as a notice sets it apart: first on its line, or behind a label. Lower-cased. */
const setApart = /^\s{0,20}(?:\p{L}[\p{L} ]{0,30}[:：]\s{0,4})?["'(<[]{0,3}[45]\d\d[ -]\S/u

/** `550 5.1.1 unknown   17`: statistics. */
const isCount = /\s\d{1,7}\s{0,20}$/

/** An entry of a list of failures: `<ana@example.org>: 550 unknown`. What a daemon sets apart as a reply is one too. */
export function listsRefusal(reading: Reading, daemon: boolean): boolean {
  return reading.lines.slice(0, MAX_ENTRY_LINES).some(line => {
    const head = headOf(line)
    const isReply = daemon && setApart.test(line.slice(0, 120)) && !isCount.test(line)
    const reply = isReply ? line : ''
    const words = head?.marked ? head.rest : reply
    return words !== '' && replyCodeIn(words, 'text') !== null
  })
}

/** `<ana@example.org>: 250 2.1.5 Ok` */
function listsAcceptance(reading: Reading): boolean {
  return reading.lines.slice(0, MAX_ENTRY_LINES).some(line => {
    const head = headOf(line)
    return head?.marked === true && /^2\d\d[ -]/.test(head.rest)
  })
}

/** Does the notice bring good news only? A word of failure or a refusal's code makes it something else. */
export function isSuccess(reading: Reading): boolean {
  const title = reading.subject.toLowerCase().trimStart()
  const words = ownWords(reading)
  const told = mentions(words, successTexts) || successSubjects.some(subject => title.startsWith(subject))
  const isTitled = title.includes('(success)') || title.includes('(relay)')
  if (!told && !isTitled && !listsAcceptance(reading)) return false
  return (
    !mentions(words, failureTexts) &&
    denialIn(words) < 0 &&
    !givesCause(words) &&
    !mentions(title, failureSubjects)
  )
}
