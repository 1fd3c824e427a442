// Words by which notices are known, in the languages mail systems write: what a text says, slot by slot, in one pass.

import { folded } from '../../knowledge/folding.ts'
import { allSlots, textsOf, wordingsOf, writtenTextsOf } from '../../knowledge/languages.ts'
import { createPhraseIndex, type Phrases } from '../../knowledge/phrase-index.ts'
import type { Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'

/** Words of refusals, which `classify` looks for. */
const isOfRefusals = (slot: string): boolean =>
  slot.startsWith('refusals.') || slot === 'particles.for-now' || slot === 'predicates.not-found'

/** What stands in a text, which must be folded. */
export const phrasesIn: (text: string) => Phrases = createPhraseIndex(
  allSlots.filter(slot => !isOfRefusals(slot)).flatMap(wordingsOf),
)

/** The few of these slots that are asked of every report, machine-readable or not: most have none of their words. */
export const sparsePhrasesIn: (text: string) => Phrases = createPhraseIndex(
  (['sentences.standing', 'sentences.challenge'] as const).flatMap(wordingsOf),
)

/** What stands in the title. */
export const titlePhrases: (reading: Reading) => Phrases = remembered(({ subject }) =>
  phrasesIn(folded(subject)),
)

/** A table of phrases: `|` separates them, lines group them. */
export function list(table: string): readonly string[] {
  return table
    .split('|')
    .map(phrase => phrase.trim())
    .filter(phrase => phrase !== '')
}

/** Names under which mail programs report, in the address or the display name of From. */
const programs = list(`
  mailer-daemon | mailerdaemon | mail-daemon | maildaemon | mailer_daemon | mailer daemon | mdaemon@ |
  postmaster | post_master | post-master | mail delivery | mail-delivery | mail.delivery | maildelivery |
  delivery subsystem | delivery failure | posta-certificata@ | microsoft exchange | microsoft outlook |
  smtp_mail_service | bounce-notification | for_smtp | for-smtp | smtp_gateway | smtp-gateway | mail_gateway |
  mail-gateway | mailgateway
`)

/** Senders that are never a person, unlike postmasters and administrators. */
const daemons = list(`
  mailer-daemon | mailerdaemon | mailer_daemon | mailer daemon | mail-daemon | maildaemon
`)

export const isFromDaemon = ({ fromField }: Reading): boolean => mentions(fromField, daemons)

/** From names a mail system: a program, or an administrator in any language. */
export const isFromSystem = ({ fromField }: Reading): boolean =>
  mentions(fromField, programs) || phrasesIn(folded(fromField)).has('senders.system')

/** Prefixes by which people answer and forward, without the colon. */
const replyPrefixes = new Set(textsOf('subjects.reply'))

/** What gateways put before a subject: `[EXTERN]`, `***SPAM***`, `【社外】`. */
const mark =
  /^\s{0,4}(?:\[[\p{L} !?:-]{2,24}\]|\*{2,5} ?\p{L}{2,20} ?\*{2,5}|\{\p{L}{2,20}\?\}|【[^】]{1,12}】)\s{0,4}/u

/** How much of a subject is such a mark. */
export const markLength = (subject: string): number => mark.exec(subject)?.[0].length ?? 0

export const isReplyPrefix = (words: string): boolean => replyPrefixes.has(folded(words).trim())

/** The words that join two recipients, as alternatives of a pattern; each is a plain word. */
export const conjunctions = [
  ...new Set([...writtenTextsOf('particles.and'), ...textsOf('particles.and')]),
].join('|')

/** True when any of the phrases occurs in the text, which must be lower-cased. */
export function mentions(lowerText: string, phrases: readonly string[]): boolean {
  return phrases.some(phrase => lowerText.includes(phrase))
}
