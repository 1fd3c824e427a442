// Warnings: the mail is still on its way. What a notice says of the mail's future decides, not what it says of its past.

import type { Phrases } from '../../knowledge/phrase-index.ts'
import { replyCodeIn, statusIn } from '../machine/codes.ts'
import type { Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'
import { delaySentences, isTitledFailure, ownTitle, says, saysLike } from './delay-words.ts'
import { ownPhrases, states } from './statements.ts'

/**
 * A future, or what goes on, with a verb of trying; never "will not", and never what the reader of the notice may try.
 * `gmail will retry for 46 hours`, `we'll keep trying`, `it continues to be attempted`.
 */
const promise =
  /(?<!\b(?:you|please|if we) )(?:\bwill|\bshall|['’]ll|\bgoing to|\bwe are|\bi am|['’]m|\bcontinues? to|\bcontinuing to|\bkeeps?|\bstill)(?: (?:automatically|now|then|still|continue|continue to|keep|keep on|be|periodically|also)){0,3} (?:re-?try(?:ing)?\b|re-?tried\b|re-?attempt(?:ed|ing|s)?\b|re-?sen[dt]\b|trying\b|attempting\b|try(?: to (?:re-?send|re-?deliver|deliver)| again|ing| for| until| every| once more| later| \d)|(?:make|making) (?:further|more|new) attempts|attempt(?:ed)? (?:to (?:re-?send|re-?deliver|deliver)|again|delivery|for))/

/**
 * Does the notice only warn? What it says of the mail's future decides, the subject where it says nothing. A notice
 * that states a failure must warn or promise in so many words: that a mail was delayed is how its story began.
 */
export const isDelay = remembered((reading: Reading): boolean => {
  const sentences = delaySentences(reading)
  const title = ownTitle(reading)
  if (says(sentences, 'particles.warning') || promises(sentences)) return true
  const words = ownPhrases(reading)
  if (isTitledFailure(title) || states(words, 'particles.final') || refuses(words.text)) return false
  return says(sentences, 'particles.delayed') || title.has('subjects.delay')
})

/** A 5yz reply (RFC 5321 §4.2.1) with no 4.y.z status beside it: a title like that of our own mail does not outweigh it. */
function refuses(words: string): boolean {
  return (replyCodeIn(words, 'text') ?? 0) >= 500 && !statusIn(words)?.startsWith('4')
}

/** The same of a notice that lists failures: it must promise, since a refusal it repeats may speak of a delay too. */
export function isWarning(reading: Reading): boolean {
  const sentences = delaySentences(reading)
  // Postfix warns of what "could not be delivered for" four hours.
  if (says(sentences, 'particles.warning')) return true
  if (states(ownPhrases(reading), 'particles.final')) return false
  return promises(sentences) || ownTitle(reading).text.includes('(delay)')
}

const promises = (sentences: readonly Phrases[]): boolean =>
  saysLike(sentences, promise) || says(sentences, 'particles.retry')

/** Says that a program goes on trying. */
export function promisesRetry(phrases: Phrases): boolean {
  return phrases.has('particles.retry') || promise.test(phrases.text.replace(/\s+/g, ' '))
}
