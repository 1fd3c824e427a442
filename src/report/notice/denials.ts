// "Your message to ana@example.org was not delivered", by the words of each language: a negation and, in the same
// sentence, a verb of delivering. What stands between (an address, a name, an adverb) is anybody's. English is left to
// the phrases for the most part: its policies say "not delivered" of other people's mail.

import type { Slot } from '../../knowledge/languages.ts'
import type { PhraseMatch, Phrases } from '../../knowledge/phrase-index.ts'
import { sentenceEnd } from './sentences.ts'

const maxBetweenChars = 120
/** More than the longest verb has. */
const maxVerbChars = 60

/** What denies together, in this order and in one language. */
const pairs: readonly (readonly [opening: Slot, verb: Slot])[] = [
  ['particles.negation', 'predicates.delivered'],
  ['nouns.your-mail', 'predicates.returned'],
  ['nouns.delivery', 'predicates.failed'],
]

/** From where to where a text denies that a mail was delivered. */
export interface Denial {
  readonly start: number
  readonly end: number
  /** The two matches, for who wants to name them. */
  readonly matches: readonly [opening: PhraseMatch, verb: PhraseMatch]
}

/** Every denial in a text. */
export function denialsIn(phrases: Phrases): readonly Denial[] {
  return pairs.flatMap(([slot, verbs]) =>
    phrases.has(verbs) ? phrases.of(slot).flatMap(opening => denialFrom(phrases, opening, verbs)) : [],
  )
}

function denialFrom(phrases: Phrases, opening: PhraseMatch, verbs: Slot): readonly Denial[] {
  const limit = sentenceEnd(phrases.text, opening.end, maxBetweenChars)
  const verb = phrases
    .between(verbs, opening.end, limit + maxVerbChars)
    .find(({ start, wording }) => start <= limit && isOneLanguage(opening, wording.codes))
  return verb === undefined ? [] : [{ start: opening.start, end: verb.end, matches: [opening, verb] }]
}

function isOneLanguage({ wording }: PhraseMatch, codes: readonly string[]): boolean {
  return wording.codes.some(code => codes.includes(code))
}
