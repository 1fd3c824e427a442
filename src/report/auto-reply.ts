// Automatic answers (RFC 3834): vacation notices and acknowledgements. Asked after every reader of reports.

import { first } from '../message/header.ts'
import { enough, weighEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import { autoReplySubjects, challengeSubjects, challengeTexts, mentions } from './phrases.ts'
import type { Reading } from './reading.ts'

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
  if (!isAutomaticAnswer(reading)) return null
  const evidence = weighEvidence(reading)
  // It says in its title what it is, marks itself and brings nothing back: what it tells of delivering is by the way.
  const isPlain = isTitledSo(reading) && evidence.automatic && !evidence.bad && !reading.returned
  if (!isPlain && evidence.sender && (evidence.text || evidence.good) && evidence.score >= enough) return null
  return { reader: 'auto-reply', kind: 'auto-reply', recipients: [] }
}

function isAutomaticAnswer(reading: Reading): boolean {
  const { header } = reading.message
  const value = (name: string): string => (first(header, name) ?? '').toLowerCase()
  const submitted = value('auto-submitted')
  // RFC 3834 §5: `auto-generated` is any machine's mail, `auto-replied` an answer.
  if (submitted.startsWith('auto-replied') || submitted.startsWith('auto-notified')) return true
  if (vendorFields.some(name => first(header, name) !== null)) return true
  if (['auto_reply', 'auto-reply', 'autoreply'].includes(value('precedence'))) return true
  if (value('x-apple-action').includes('vacation') || value('x-precedence') === 'auto_reply') return true
  if (
    value('x-pm-message-type') === 'auto-reply' ||
    value('x-ms-exchange-generated-message-source').includes('mailbox rules')
  )
    return true
  // An answer (RFC 3834 §3.1.5) that no person sent: out-of-office of Exchange, tickets of a help desk.
  const automatic = submitted.startsWith('auto-') || first(header, 'x-auto-response-suppress') !== null
  if (automatic && first(header, 'in-reply-to') !== null) return true
  return isTitledSo(reading)
}

/** Its subject says that it is an automatic answer. */
export function isTitledSo(reading: Reading): boolean {
  const subject = reading.subject.toLowerCase()
  return mentions(subject, autoReplySubjects) || mentions(subject, challengeSubjects)
}

/** Fields of programs that hold mail until its sender answers, lower-cased, with what they say of themselves. */
const challengers = [
  ['x-delivery-agent', 'tmda'],
  ['x-spamarrest-id', ''],
  ['x-boxbe', ''],
] as const

/** A mailbox that asks who we are before it lets us in, in whatever words: nothing has bounced. Else null. */
export function readChallenge(reading: Reading): Finding | null {
  const { header } = reading.message
  const isSigned = challengers.some(([name, value]) => first(header, name)?.toLowerCase().includes(value))
  const asks = isSigned || mentions(reading.lower.slice(0, MAX_CHALLENGE_CHARS), challengeTexts)
  return asks ? { reader: 'auto-reply', kind: 'auto-reply', recipients: [] } : null
}

const MAX_CHALLENGE_CHARS = 4096
