// The tersest notices: one sentence that names an address and says what is wrong with it, "Ana@example.org is unknown."

import { folded } from '../../knowledge/folding.ts'
import type { Slot } from '../../knowledge/languages.ts'
import type { Phrases } from '../../knowledge/phrase-index.ts'
import { addressesInText } from '../machine/typed-address.ts'
import { hasNullReturnPath, type Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'
import { headOf } from './heads.ts'
import { ownAddresses } from './mentions.ts'
import { isFromDaemon, isFromSystem, phrasesIn } from './phrases.ts'
import { sentencesOf } from './sentences.ts'
import { isOfThisMail, ownPhrases } from './statements.ts'

/** That there is no such mailbox. */
const unknown: readonly Slot[] = ['sentences.absent', 'predicates.absent']

/** What else keeps a mail from its mailbox: a postmaster says that of his own users, too. */
const refused: readonly Slot[] = [
  'sentences.unavailable',
  'predicates.full',
  'predicates.refused',
  'predicates.disabled',
]

/** What may come, and what happens as a rule. */
const tentative = /\b(?:will(?! not)|would|might|may|soon)\b/

/** `550 5.1.1 nobody@example.org unknown   17`: statistics. */
const isCount = /\s\d{1,7}\s*$/

/** A postmaster's longer letters are about other things. */
const maxTerseChars = 300

/**
 * The addresses that a mail system with the null sender denies in an unconditional sentence; empty for anybody else's
 * mail. A daemon may give any cause, or name the address in the sentence before; a postmaster must write of one address
 * and say that it is unknown.
 */
export const deniedAddresses = remembered((reading: Reading): readonly string[] => {
  if (!hasNullReturnPath(reading)) return []
  const isDaemon = isFromDaemon(reading) || (reading.from === '' && reading.fromField.includes('<>'))
  if (!isDaemon && !isFromSystem(reading)) return []
  const words = ownPhrases(reading)
  const isTerse = words.text.trim().length <= maxTerseChars && addressesInText(words.text, 2).length === 1
  // Whoever has moved gets his mail.
  if ((!isDaemon && !isTerse) || words.has('predicates.forwarded')) return []
  const own = ownAddresses(reading)
  const causes = isDaemon ? [...unknown, ...refused] : unknown
  const sentences = sentencesOf(words.text).map(phrasesIn)
  const deniedIn = sentences.flatMap((sentence, at) => {
    if (!denies(sentence, causes)) return []
    const named = addressesInText(sentence.text, 10)
    if (named.length > 0) return named
    // `No such user: ana@example.org`
    const head = sentence.text.endsWith(':') ? headOf(sentences[at + 1]?.text ?? '') : null
    if (head?.rest === '') return head.addresses
    if (!isDaemon || !isTerse) return []
    const before = sentences[at - 1]?.text ?? ''
    return before.endsWith(':') || isPointing(sentence) ? addressesInText(before, 10) : []
  })
  const denied = new Set(deniedIn)
  return addressesInText(reading.words).filter(address => {
    const key = address.toLowerCase()
    return denied.has(folded(key)) && !own.has(key)
  })
})

/** Begins with what points to the sentence before: `This recipient is unknown.` */
function isPointing(sentence: Phrases): boolean {
  return sentence.of('particles.this').some(({ start }) => start === 0)
}

function denies(sentence: Phrases, causes: readonly Slot[]): boolean {
  if (tentative.test(sentence.text) || sentence.has('particles.tentative') || isCount.test(sentence.text))
    return false
  return causes.some(slot => sentence.of(slot).some(match => isOfThisMail(sentence, match)))
}
