// What a notice states of a mail: that it failed, waits or arrived. A condition or a threat is no statement.

import { folded } from '../../knowledge/folding.ts'
import type { Slot } from '../../knowledge/languages.ts'
import type { Phrases } from '../../knowledge/phrase-index.ts'
import { replyCodeIn } from '../machine/codes.ts'
import type { Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'
import { denialsIn } from './denials.ts'
import { headOf } from './heads.ts'
import { phrasesIn, titlePhrases } from './phrases.ts'
import { sentenceEnd, sentenceStart, sentencesOf } from './sentences.ts'

const maxSearchedChars = 16 * 1024
const maxEntryLines = 400
/** Sentences of a kind that are looked at for a condition: a notice that states a failure does so in its first few. */
const maxLooks = 100
/** A condition that follows what it conditions stands right behind it: `配信できない場合は`. */
const maxBehindChars = 40

/** The notification's words, folded, but for the lines that quote. */
export const ownWords: (reading: Reading) => string = remembered(({ lines }) =>
  folded(
    lines
      .filter(line => !line.startsWith('>') && !line.startsWith('|>'))
      .join('\n')
      .slice(0, maxSearchedChars),
  ),
)

/** What they say. */
export const ownPhrases: (reading: Reading) => Phrases = remembered(reading => phrasesIn(ownWords(reading)))

/** `mail that cannot be delivered is kept` */
const anyMail = /(?:^|\s)(?:mail|mails|messages|e-?mails) (?:that|which)\s*$/

/** `17 messages could not be delivered` */
const number = /(?<!\w)(?:[2-9]|\d{2,7}) $/

/** True when a phrase of the slot stands in a sentence about one mail and no condition: not in "tell us if it could not be delivered". */
export function states(phrases: Phrases, slot: Slot): boolean {
  return phrases
    .of(slot)
    .slice(0, maxLooks)
    .some(match => isOfThisMail(phrases, match))
}

/** Neither a condition nor a general remark is told of what stands there. */
export function isOfThisMail(
  phrases: Phrases,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const { text } = phrases
  const from = sentenceStart(text, start)
  // `si no` is a condition, `no` the beginning of a denial in it.
  if (phrases.between('particles.condition', from, end).some(condition => condition.start <= start))
    return false
  const to = sentenceEnd(text, end, maxBehindChars)
  if (phrases.between('particles.condition-behind', start, to).length > 0 || isAsked(text, to)) return false
  if (phrases.between('nouns.mail', from, start).some(mail => number.test(text.slice(from, mail.start))))
    return false
  return !anyMail.test(text.slice(from, start))
}

/** `Could it not be delivered?` */
const isAsked = (text: string, end: number): boolean => text[end] === '?' || text[end] === '？'

/** Says that a mail did not arrive, in so many words. */
export function statesFailure(phrases: Phrases): boolean {
  if (states(phrases, 'sentences.failure')) return true
  return denialsIn(phrases)
    .slice(0, maxLooks)
    .some(denial => isOfThisMail(phrases, denial))
}

const maxBareChars = 400

/** Every sentence states a failure, in one language or several, and an address is named. */
export function saysNothingElse(reading: Reading): boolean {
  const words = ownWords(reading)
  if (words.length > maxBareChars || !words.includes('@')) return false
  // A line that ends with an address ends a sentence.
  return sentencesOf(words.replace(/(@[^\s@]{1,255})[ \t]{0,9}\n/g, '$1\n\n'))
    .filter(sentence => /\p{L}/u.test(sentence))
    .every(sentence => statesFailure(phrasesIn(sentence)))
}

/** Tells why mail is refused: a reply code or a cause. Statistics and policies do so too, so it states no failure alone. */
export function givesCause(phrases: Phrases): boolean {
  return phrases.has('sentences.refusal') || replyCodeIn(phrases.text, 'text') !== null
}

/** A server's reply as a notice sets it apart: first on its line, or behind a label. Lower-cased. */
const setApart = /^\s{0,20}(?:\p{L}[\p{L}\p{M} ]{0,30}[:：]\s{0,4})?["'(<[]{0,3}[45]\d\d[ -]\S/u

/** `550 5.1.1 unknown   17`: statistics. */
const isCount = /\s\d{1,7}\s{0,20}$/

/** An entry of a list of failures: `<ana@example.org>: 550 unknown`. What a daemon sets apart as a reply is one too. */
export function listsRefusal(reading: Reading, daemon: boolean): boolean {
  return reading.lines.slice(0, maxEntryLines).some(line => {
    const head = headOf(line)
    const isReply = daemon && setApart.test(line.slice(0, 120)) && !isCount.test(line)
    const reply = isReply ? line : ''
    const words = head?.marked ? head.rest : reply
    return words !== '' && replyCodeIn(words, 'text') !== null
  })
}

/** `<ana@example.org>: 250 2.1.5 Ok` */
function listsAcceptance(reading: Reading): boolean {
  return reading.lines.slice(0, maxEntryLines).some(line => {
    const head = headOf(line)
    return head?.marked === true && /^2\d\d[ -]/.test(head.rest)
  })
}

/** Does the notice bring good news only? A word of failure or a refusal's code makes it something else. */
export function isSuccess(reading: Reading): boolean {
  const title = titlePhrases(reading)
  const words = ownPhrases(reading)
  const told =
    words.has('sentences.success') ||
    title.of('subjects.success').some(({ start }) => title.text.slice(0, start).trim() === '')
  const isTitled = title.text.includes('(success)') || title.text.includes('(relay)')
  if (!told && !isTitled && !listsAcceptance(reading)) return false
  return (
    !words.has('sentences.failure') &&
    denialsIn(words).length === 0 &&
    !givesCause(words) &&
    !title.has('subjects.failure')
  )
}
