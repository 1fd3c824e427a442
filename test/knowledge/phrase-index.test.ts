// What stands in a text, slot by slot.

import { expect, test } from 'vitest'
import type { Slot, Wording } from '../../src/knowledge/languages.ts'
import { createPhraseIndex } from '../../src/knowledge/phrase-index.ts'

const wording = (slot: Slot, text: string, isOpenBehind = false): Wording => ({
  text,
  slot,
  isOpenBefore: false,
  isOpenBehind,
  codes: ['en'],
  place: `languages/en/${slot}`,
})

const phrasesIn = createPhraseIndex([
  wording('particles.negation', 'not'),
  wording('predicates.delivered', 'be delivered'),
  wording('predicates.delivered', 'deliver', true),
])

const placesOf = (text: string, slot: Slot): readonly string[] =>
  phrasesIn(text)
    .of(slot)
    .map(({ start, end }) => `${start}-${end}`)

test.each<[text: string, slot: Slot, places: readonly string[]]>([
  ['could not be delivered', 'particles.negation', ['6-9']],
  ['a note, a knot', 'particles.negation', []],
  ['could not be delivered', 'predicates.delivered', ['13-20', '10-22']],
  ['could not be\ndelivered', 'predicates.delivered', ['13-20', '10-22']],
  ['could not be\n\ndelivered', 'predicates.delivered', ['14-21']],
  ['undelivered', 'predicates.delivered', []],
])('%j, %s: %j', (text, slot, places) => {
  expect(placesOf(text, slot)).toEqual(places)
  expect(phrasesIn(text).has(slot)).toBe(places.length > 0)
  expect(phrasesIn(text).text).toBe(text)
})
