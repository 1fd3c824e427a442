// What about a mail made us read it as we did, in words for a person: `--explain` shows them, nothing else asks.

import type { Slot } from '../knowledge/languages.ts'
import type { PhraseMatch, Phrases } from '../knowledge/phrase-index.ts'
import { first } from '../message/header.ts'
import type { Kind, Report } from '../model/report.ts'
import { answerSign } from './auto-reply.ts'
import { denialsIn } from './notice/denials.ts'
import { isAutomatic, isByPerson, isMicrosoftNotice, isSystem } from './notice/likelihood.ts'
import { titlePhrases } from './notice/phrases.ts'
import { ownPhrases } from './notice/statements.ts'
import { hasNullReturnPath, type Reading } from './reading.ts'

/** What speaks for a notice of a mail system: `From names a mail system`; empty for mail like any other. */
export function signsOf(reading: Reading): readonly string[] {
  const words = ownPhrases(reading)
  return [
    ...(isSystem(reading) ? ['From names a mail system'] : []),
    ...(hasNullReturnPath(reading) ? ['null return path'] : []),
    ...(isMicrosoftNotice(reading) ? ['a notice of Microsoft’s by its header'] : []),
    ...(isAutomatic(reading) ? ['Auto-Submitted'] : []),
    ...(first(reading.message.header, 'x-failed-recipients') === null ? [] : ['X-Failed-Recipients']),
    ...(reading.returned ? ['a returned message'] : []),
    ...named('subject', titlePhrases(reading), ['subjects.failure', 'subjects.delay', 'subjects.notice']),
    ...named('text', words, ['sentences.failure', ...delays, 'sentences.refusal']),
    ...denials(words),
    ...(isByPerson(reading) ? ['but it reads as a person’s answer or forward'] : []),
  ]
}

const delays = ['particles.warning', 'particles.delayed'] as const

/** `text says “…” (languages/de/sentences.failure)` */
function named(where: string, phrases: Phrases, slots: readonly Slot[]): readonly string[] {
  const [match] = slots.flatMap(slot => phrases.of(slot).slice(0, 1))
  return match === undefined ? [] : [`${where} says ${told(phrases, match)}`]
}

function denials(phrases: Phrases): readonly string[] {
  const [denial] = denialsIn(phrases)
  return denial === undefined
    ? []
    : [`text says ${denial.matches.map(match => told(phrases, match)).join(' … ')}`]
}

function told({ text }: Phrases, { start, end, wording: { place } }: PhraseMatch): string {
  return `“${text.slice(start, end)}” (${place})`
}

/** What made it no bounce; null for a bounce and for mail that nothing marks. */
export function decidingSign(reading: Reading, { kind, reader, recipients }: Report): string | null {
  const words = ownPhrases(reading)
  const action = recipients[0]?.action
  const stated = action && machines.includes(reader) ? `Action says ${action}` : null
  const signs: Record<Kind, () => string | null> = {
    bounce: () => null,
    complaint: () => null,
    'auth-report': () => null,
    receipt: () => null,
    delivered: () =>
      stated ??
      named('text', words, ['sentences.success'])[0] ??
      'its replies and subject tell of success alone',
    delayed: () =>
      stated ?? named('text', words, [...delays, 'particles.retry'])[0] ?? 'it promises to try again',
    'auto-reply': () =>
      reader === 'housekeeping' ? 'its subject is the mail system’s own affair' : answerSign(reading),
    ordinary: () =>
      isSystem(reading) || hasNullReturnPath(reading) ? 'nothing states that a mail failed' : null,
  }
  return signs[kind]()
}

/** Readers of machine parts, which name the action. */
const machines = ['dsn', 'amazon-ses']
