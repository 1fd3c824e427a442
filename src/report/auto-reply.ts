// Automatic answers (RFC 3834): vacation notices and acknowledgements. Asked after every reader of reports.

import { first } from '../message/header.ts'
import type { Finding } from './finding.ts'
import { isTitledFailure, ownTitle } from './notice/delay-words.ts'
import { enough, isReplyLike, type Likelihood, noticeLikelihood } from './notice/likelihood.ts'
import { isFromDaemon, sparsePhrasesIn, titlePhrases } from './notice/phrases.ts'
import { ownPhrases, ownWords, statesFailure } from './notice/statements.ts'
import { hasNullReturnPath, type Reading } from './reading.ts'

/** Fields that only programs which answer by themselves write. */
const vendorFields = [
  'x-autoreply',
  'x-autorespond',
  'x-autoresponse',
  'x-auto-reply',
  'x-auto-reply-from',
  'x-mail-autoreply',
  'x-autoreply-from',
  'x-vacation',
]

/** An automatic answer that is no bounce, or null. */
export function readAutoReply(reading: Reading): Finding | null {
  if (answerSign(reading) === null) return null
  const likelihood = noticeLikelihood(reading)
  // It says in its title what it is, marks itself and brings nothing back: what it tells of delivering is by the way.
  const isPlain = isTitledSo(reading) && likelihood.automatic && !likelihood.bad && !reading.returned
  const isNotice = likelihood.sender || isUnsignedNotice(reading, likelihood)
  const isTold = likelihood.text || likelihood.good || (likelihood.bad && isFromDaemon(reading))
  if (!isPlain && isNotice && isTold && likelihood.score >= enough) return null
  return { reader: 'auto-reply', kind: 'auto-reply', recipients: [] }
}

/**
 * A mail system may report under any name and mark its notice as automatic (RFC 3834 §5.2): then title and text both say
 * that a mail failed, and nothing in the title says that it answers.
 */
function isUnsignedNotice(reading: Reading, likelihood: Likelihood): boolean {
  return (
    likelihood.bad &&
    hasNullReturnPath(reading) &&
    !isReplyLike(reading) &&
    !isTitledSo(reading) &&
    isTitledFailure(ownTitle(reading)) &&
    statesFailure(ownPhrases(reading))
  )
}

/** What says that a mail is an automatic answer, in words for a person; null where nothing does. */
export function answerSign(reading: Reading): string | null {
  const { header } = reading.message
  const value = (name: string): string => (first(header, name) ?? '').toLowerCase()
  const submitted = value('auto-submitted')
  // RFC 3834 §5: `auto-generated` is any machine's mail, `auto-replied` an answer.
  if (submitted.startsWith('auto-replied') || submitted.startsWith('auto-notified'))
    return `Auto-Submitted says ${submitted.slice(0, 40)}`
  const field = vendorFields.find(name => first(header, name) !== null)
  if (field !== undefined) return `a field ${field}`
  const stated = statedFields.find(([name, words]) => words.some(word => value(name).includes(word)))
  if (stated !== undefined) return `${stated[0]} says ${value(stated[0]).slice(0, 40)}`
  // An answer (RFC 3834 §3.1.5) that no person sent: out-of-office of Exchange, tickets of a help desk.
  const automatic = submitted.startsWith('auto-') || first(header, 'x-auto-response-suppress') !== null
  if (automatic && first(header, 'in-reply-to') !== null) return 'a machine’s mail with In-Reply-To'
  return isTitledSo(reading) ? 'its subject is that of an automatic answer' : null
}

/** Fields that say so by their value, lower-cased. */
const statedFields: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['precedence', ['auto_reply', 'auto-reply', 'autoreply']],
  ['x-apple-action', ['vacation']],
  ['x-precedence', ['auto_reply']],
  ['x-pm-message-type', ['auto-reply']],
  ['x-ms-exchange-generated-message-source', ['mailbox rules']],
]

/** Its subject says that it is an automatic answer. */
export function isTitledSo(reading: Reading): boolean {
  const title = titlePhrases(reading)
  return title.has('subjects.auto-reply') || title.has('subjects.challenge')
}

/** Fields of programs that hold mail until its sender answers, lower-cased, with what they say of themselves. */
const challengers = [
  ['x-delivery-agent', 'tmda'],
  ['x-spamarrest-id', ''],
  ['x-boxbe', ''],
] as const

/** It asks at its top; further down stands what it quotes. */
const maxChallengeChars = 4096

/** A mailbox that asks who we are before it lets us in, in whatever words: nothing has bounced. Else null. */
export function readChallenge(reading: Reading): Finding | null {
  const { header } = reading.message
  const isSigned = challengers.some(([name, value]) => first(header, name)?.toLowerCase().includes(value))
  const asks =
    isSigned || sparsePhrasesIn(ownWords(reading).slice(0, maxChallengeChars)).has('sentences.challenge')
  return asks ? { reader: 'auto-reply', kind: 'auto-reply', recipients: [] } : null
}
