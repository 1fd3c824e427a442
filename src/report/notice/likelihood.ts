// How much speaks for a mail being a failure notice: who sent it, what its subject and text say, what it carries.

import { all, first, addresses as headerAddresses } from '../../message/header.ts'
import { hasNullReturnPath, type Reading } from '../reading.ts'
import { remembered } from '../remembered.ts'
import { promisesRetry } from './delay.ts'
import { deniedAddresses } from './denied-address.ts'
import { readEntries } from './entries.ts'
import { isTitledHousekeeping } from './housekeeping.ts'
import { isFromDaemon, isFromSystem, isReplyPrefix, markLength, titlePhrases } from './phrases.ts'
import {
  givesCause,
  isSuccess,
  listsRefusal,
  ownPhrases,
  saysNothingElse,
  statesFailure,
} from './statements.ts'

export interface Likelihood {
  readonly sender: boolean
  readonly subject: boolean
  /** Its subject says that something failed or waits. */
  readonly bad: boolean
  readonly text: boolean
  /** It says that the mail arrived, and nothing else. */
  readonly good: boolean
  /** Auto-Submitted says so (RFC 3834 §5). */
  readonly automatic: boolean
  /** It says that something failed or waits, not only that it is a notice. */
  readonly saysSo: boolean
  /** A program wrote it: its sender, its headers or what it returns says so. Words alone may be a newsletter's. */
  readonly machine: boolean
  /** Nobody but a program writes so: a daemon's name or null return path, a failed-recipients field, a returned mail. */
  readonly daemon: boolean
  /** The sum of everything; from `enough` on it is a notice. */
  readonly score: number
}

/** One thing alone never makes a bounce: a person may write any of them. */
export const enough = 4

const listFields = ['list-post', 'list-id', 'list-unsubscribe']

/** Weighs a mail. Quoted lines say nothing; an answer or a forward by a person needs much more. */
export const noticeLikelihood = remembered((reading: Reading): Likelihood => {
  const { header } = reading.message
  const words = ownPhrases(reading)
  const sender = isSystem(reading)
  const title = titlePhrases(reading)
  const bad = !isTitledHousekeeping(reading) && (title.has('subjects.failure') || title.has('subjects.delay'))
  const subject = bad || title.has('subjects.notice')
  const automatic = isAutomatic(reading)
  const nullReturnPath = hasNullReturnPath(reading)
  const failedHeader = first(header, 'x-failed-recipients') !== null
  // A cause or a code is the reason of a failure only where something else says that there was one.
  const framed = bad || failedHeader || reading.returned
  const text = statesTrouble(reading, words) || (framed && givesCause(words))
  const good = !text && isSuccess(reading)
  const machine = isByMachine(reading)
  const daemon = isByDaemon(reading)
  let score = (sender ? 2 : 0) + (subject ? 2 : 0) + (text || good ? 2 : 0)
  if (reading.returned) score += 1
  // It brings our mail back and says in so many words that it did not reach whom we wrote to.
  if (text && namesRecipient(reading)) score += 1
  if (automatic) score += 1
  if (nullReturnPath) score += 1
  if (failedHeader) score += 2
  score -= weightAgainst(reading, text)
  const saysSo = bad || text
  return {
    sender,
    subject,
    bad,
    text,
    good,
    automatic,
    saysSo,
    machine: machine || isBareNotice(reading),
    daemon,
    score,
  }
})

/** What speaks against a notice: people answer, and write to lists about anything, bounces included. */
function weightAgainst(reading: Reading, text: boolean): number {
  const { header } = reading.message
  const sender = isSystem(reading)
  const automatic = isAutomatic(reading)
  let weight = 0
  if (!automatic && !sender && isReplyLike(reading) && !isBareNotice(reading)) weight += 4
  // A postmaster is a person too, who answers; a notice that answers brings the mail back.
  if (!automatic && !isByDaemon(reading) && first(header, 'in-reply-to') !== null) weight += 2
  // Bulk mail of a list (RFC 2369, RFC 2919).
  const isOfList = !sender && listFields.some(name => all(header, name).length > 0)
  return isOfList && !(text && repeatsHeader(reading)) ? weight + 2 : weight
}

function isByDaemon(reading: Reading): boolean {
  const failed = first(reading.message.header, 'x-failed-recipients')
  return hasNullReturnPath(reading) || failed !== null || reading.returned || isFromDaemon(reading)
}

/** A program that answers with our own header, list fields included: it is titled a failure, lists who failed, and returns the mail. */
function repeatsHeader(reading: Reading): boolean {
  const titled = titlePhrases(reading)
    .of('subjects.failure')
    .some(({ start }) => start <= markLength(reading.subject))
  return titled && reading.returned && readEntries(reading.lines).length > 0
}

/** Titled a failure, and its text states one and says no more: what a program writes under any title, `RE:` included. */
const isBareNotice = remembered(
  (reading: Reading): boolean => titlePhrases(reading).has('subjects.failure') && saysNothingElse(reading),
)

/** Its own words say that a mail failed, waits or was refused. */
function statesTrouble(reading: Reading, words: ReturnType<typeof ownPhrases>): boolean {
  return (
    statesFailure(words) ||
    words.has('particles.warning') ||
    words.has('particles.delayed') ||
    (promisesRetry(words) && words.text.includes('@')) ||
    listsRefusal(reading, isFromDaemon(reading)) ||
    deniedAddresses(reading).length > 0
  )
}

/** A returned part; a person may paste a message into a text. */
function namesRecipient(reading: Reading): boolean {
  if (!reading.message.parts.some(part => part.enclosed && part.header.length > 0)) return false
  const sentTo = headerAddresses(reading.original, 'to')
  return sentTo.some(address => reading.lower.includes(address.toLowerCase()))
}

/** A program wrote it: its sender, its headers or what it returns says so. */
export function isByMachine(reading: Reading): boolean {
  return (
    isSystem(reading) ||
    isAutomatic(reading) ||
    hasNullReturnPath(reading) ||
    first(reading.message.header, 'x-failed-recipients') !== null ||
    reading.returned
  )
}

export function isSystem(reading: Reading): boolean {
  return isFromSystem(reading) || (reading.from === '' && reading.fromField.includes('<>'))
}

export function isAutomatic(reading: Reading): boolean {
  const submitted = (first(reading.message.header, 'auto-submitted') ?? 'no').toLowerCase()
  return !submitted.startsWith('no')
}

/** A subject that answers or forwards, or a reference to another mail with a person's reply in it. */
export function isReplyLike(reading: Reading): boolean {
  const subject = reading.subject.slice(markLength(reading.subject))
  const colon = subject.search(/[:：]/)
  if (colon < 0 || colon > 12) return false
  const prefix = subject
    .slice(0, colon)
    .trim()
    .toLowerCase()
    .replace(/\[\d+\]$|\(\d+\)$/, '')
  return isReplyPrefix(prefix)
}

/** A person's answer or forward: what it quotes or pastes is no report to us. */
export function isByPerson(reading: Reading): boolean {
  return (
    isReplyLike(reading) &&
    !isFromSystem(reading) &&
    !isAutomatic(reading) &&
    !hasNullReturnPath(reading) &&
    !isBareNotice(reading)
  )
}

/** Microsoft's transport names its notices so, in whatever language they are; the address is the same in every tenant. */
export function isMicrosoftNotice(reading: Reading): boolean {
  if (first(reading.message.header, 'x-ms-exchange-message-is-ndr') !== null) return true
  return (
    reading.from.startsWith('microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@') &&
    hasNullReturnPath(reading)
  )
}

const titles = ['subjects.failure', 'subjects.delay', 'subjects.notice'] as const

/** Anything about the mail, besides its words, that marks it as a notice of a mail system. */
export function isMarked(reading: Reading): boolean {
  const title = titlePhrases(reading)
  return (
    isFromSystem(reading) ||
    isAutomatic(reading) ||
    hasNullReturnPath(reading) ||
    first(reading.message.header, 'x-failed-recipients') !== null ||
    isMicrosoftNotice(reading) ||
    titles.some(slot => title.has(slot))
  )
}
