// What about a mail made us read it as we did, in words for a person: `--explain` shows them, nothing else asks.

import { first } from '../message/header.ts'
import type { Kind, Report } from '../model/report.ts'
import { answerSign } from './auto-reply.ts'
import { delaySubjects, delayTexts, retryTexts } from './notice/delay-phrases.ts'
import { isAutomatic, isByPerson, isMicrosoftNotice, isSystem } from './notice/likelihood.ts'
import {
  failureSubjects,
  failureTexts,
  noticeSubjects,
  refusalTexts,
  successTexts,
} from './notice/phrases.ts'
import { ownWords } from './notice/statements.ts'
import { hasNullReturnPath, type Reading } from './reading.ts'

/** What speaks for a notice of a mail system: `From names a mail system`; empty for mail like any other. */
export function signsOf(reading: Reading): readonly string[] {
  const title = reading.subject.toLowerCase()
  const words = ownWords(reading)
  return [
    ...(isSystem(reading) ? ['From names a mail system'] : []),
    ...(hasNullReturnPath(reading) ? ['null return path'] : []),
    ...(isMicrosoftNotice(reading) ? ['a notice of Microsoft’s by its header'] : []),
    ...(isAutomatic(reading) ? ['Auto-Submitted'] : []),
    ...(first(reading.message.header, 'x-failed-recipients') === null ? [] : ['X-Failed-Recipients']),
    ...(reading.returned ? ['a returned message'] : []),
    ...named('subject', title, [...failureSubjects, ...delaySubjects, ...noticeSubjects]),
    ...named('text', words, [...failureTexts, ...delayTexts, ...refusalTexts]),
    ...(isByPerson(reading) ? ['but it reads as a person’s answer or forward'] : []),
  ]
}

function named(where: string, text: string, phrases: readonly string[]): readonly string[] {
  const phrase = phrases.find(words => text.includes(words))
  return phrase === undefined ? [] : [`${where} says “${phrase}”`]
}

/** What made it no bounce; null for a bounce and for mail that nothing marks. */
export function decidingSign(reading: Reading, { kind, reader, recipients }: Report): string | null {
  const words = ownWords(reading)
  const action = recipients[0]?.action
  const stated = action && machines.includes(reader) ? `Action says ${action}` : null
  const signs: Record<Kind, () => string | null> = {
    bounce: () => null,
    complaint: () => null,
    receipt: () => null,
    delivered: () =>
      stated ?? named('text', words, successTexts)[0] ?? 'its replies and subject tell of success alone',
    delayed: () =>
      stated ?? named('text', words, [...delayTexts, ...retryTexts])[0] ?? 'it promises to try again',
    'auto-reply': () =>
      reader === 'housekeeping' ? 'its subject is the mail system’s own affair' : answerSign(reading),
    ordinary: () =>
      isSystem(reading) || hasNullReturnPath(reading) ? 'nothing states that a mail failed' : null,
  }
  return signs[kind]()
}

/** Readers of machine parts, which name the action. */
const machines = ['dsn', 'amazon-ses']
