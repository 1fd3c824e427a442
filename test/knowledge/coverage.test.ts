// What each language can say: a matrix of languages and slots, with the holes that we accept, by name.

import { expect, test } from 'vitest'
import { allSlots, languages, type Slot } from '../../src/knowledge/languages.ts'

/** The languages of the European Union, its neighbours', and those of the large providers elsewhere. */
const wanted = [
  ...['bg', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fi', 'fr', 'ga', 'hr', 'hu', 'it', 'lt', 'lv', 'mt'],
  ...['nl', 'pl', 'pt', 'ro', 'sk', 'sl', 'sv', 'no', 'uk', 'ru', 'tr', 'ar', 'he', 'th', 'vi', 'id', 'ja'],
  ...['ko', 'zh-hans', 'zh-hant', 'ca', 'sr', 'is'],
]

/** Slots that only some languages need or have words for: no hole where they are empty. */
const optional: Partial<Record<Slot, string>> = {
  'predicates.not-found': 'a loose hint: `predicates.absent` says it with its noun',
  'predicates.unconfirmed': 'English alone puts every subject before its predicate',
  'predicates.forwarded': 'terse notes about who has moved',
  'particles.condition-behind': 'languages whose conditions follow',
  'particles.tentative': 'languages whose future is not in the verb',
  'subjects.notice': 'titles of any outcome are English',
  'subjects.challenge': 'products with a name, few of them translated',
  'subjects.housekeeping': 'quotas and quarantines of one’s own users',
  'subjects.affair': 'Microsoft’s system address alone',
  'subjects.read': 'Outlook without a machine part',
  'sentences.refusal': 'causes without a failure, which English policies tell',
  'sentences.absent': '`predicates.absent` says it but for English',
  'sentences.unavailable': '`predicates.full`, `refused` and `disabled` say it but for English',
  'sentences.challenge': 'products with a name, few of them translated',
  'sentences.read': 'Outlook without a machine part',
  'sentences.wrote': 'replies of people',
  'sentences.addressed': 'letters to the sender',
  'sentences.standing': 'footers of gateways and companies',
  'announcements.diagnostics': 'Exchange alone',
  'senders.system': 'administrators who send under a title',
}

/** Holes in the slots that every language should fill, and why they may stay. */
const accepted: Record<string, string> = {
  'en predicates.absent': 'English refusals are phrases of knowledge/causes',
  'en predicates.full': 'English refusals are phrases of knowledge/causes',
  'en predicates.refused': 'English refusals are phrases of knowledge/causes',
  'en predicates.disabled': 'English refusals are phrases of knowledge/causes',
  'en predicates.moved': 'English refusals are phrases of knowledge/causes',
  'en predicates.delivered': 'English policies say "not delivered" of other people’s mail',
  'en predicates.failed': 'said in whole sentences',
  'en nouns.delivery': 'said in whole sentences',
  'en particles.for-now': 'English refusals are phrases of knowledge/causes',
  'cs particles.and': '"a" is an English word',
  'sk particles.and': '"a" is an English word',
}

/** Causes that every language tells in its own words. */
const refusals: readonly Slot[] = [
  'refusals.unknown-user',
  'refusals.unknown-domain',
  'refusals.mailbox-full',
  'refusals.filtered',
  'refusals.too-big',
  'refusals.expired',
  'refusals.greylisted',
  'refusals.rate-limited',
  'refusals.auth-failure',
  'refusals.blocked',
  'refusals.spam',
  'refusals.virus',
]

test.each(languages.filter(({ code }) => code !== 'en').map(language => [language.code, language] as const))(
  '%s tells of every common cause',
  (_, { entries }) => expect(refusals.filter(slot => !entries.has(slot))).toEqual([]),
)

test('every language is there', () => {
  expect(wanted.filter(code => !languages.some(language => language.code === code))).toEqual([])
})

test.each(languages.map(language => [language.code, language] as const))(
  '%s fills every slot but for the holes named',
  (code, { entries }) => {
    const holes = allSlots.filter(
      slot => !slot.startsWith('refusals.') && !(slot in optional) && !entries.has(slot),
    )
    expect(holes.filter(slot => !(`${code} ${slot}` in accepted))).toEqual([])
  },
)

test('no hole is named that has been filled', () => {
  const filled = Object.keys(accepted).filter(name => {
    const [code, slot] = name.split(' ')
    return languages.some(language => language.code === code && language.entries.has(slot as Slot))
  })
  expect(filled).toEqual([])
})
