// The words of each language: files in closed slots, each example read as it says, each text once in its slot.

import { describe, expect, test } from 'vitest'
import { predicates } from '../../src/knowledge/clauses.ts'
import { folded } from '../../src/knowledge/folding.ts'
import { isWhole, languageFiles, languages } from '../../src/knowledge/languages.ts'
import { languageFault } from './language-file.ts'
import { outcome } from './outcome.ts'

const bare = (text: string): string => folded(text).replaceAll('*', '').trim()

describe.each(languages.map(language => [language.code, language] as const))('%s', (_, { entries }) => {
  const examples = [...entries].flatMap(([slot, rows]) =>
    rows.flatMap(row => row.examples.map(({ say, expect: expected }) => [slot, say, expected] as const)),
  )

  test.each(examples)('%s: %j is read as %s', async (slot, say, expected) => {
    expect(await outcome(slot, say)).toBe(expected)
  })

  test('writes the words of each entry into its examples', () => {
    const strange = [...entries].flatMap(([slot, rows]) =>
      rows
        .filter(({ texts, examples }) =>
          examples.every(({ say }) => !texts.some(text => folded(say).includes(bare(text)))),
        )
        .map(({ examples: [first] }) => `${slot}: ${first?.say}`),
    )
    expect(strange).toEqual([])
  })
})

// A stem of one language that is an English word would tell of an English recipient.
test.each([
  'invalid data for the recipient domain',
  'no valid recipients',
  'refused by the mailbox server',
  'too many messages per day for this mailbox',
  'the recipient is over quota, please try again later',
  'message content of this user is not accepted by policy',
  'recipient verification is still in progress',
  'sender is not allowed to send to this account',
])('no other language says anything of %j', words => {
  const foreign = predicates.filter(
    ({ text, codes, ...edges }) =>
      !codes.includes('en') &&
      words.includes(text) &&
      isWhole(edges, words, words.indexOf(text), words.indexOf(text) + text.length),
  )
  expect(foreign.map(({ place, text }) => `${place} ${text}`)).toEqual([])
})

test.each(Object.entries(languageFiles))('%s.json is what it claims', (code, file) => {
  expect(languageFault(code, file)).toBeNull()
})

describe('what is wrong with a file is said, and where', () => {
  const entry = { texts: ['unbekannt'], source: 'composed', examples: [{ say: 'x', expect: 'y' }] }

  test.each<[unknown, string]>([
    [[], 'knowledge/languages/de.json: it needs a "name" for its language'],
    [{ name: 'German', verbs: {} }, 'de.json, verbs: groups are nouns, predicates, particles,'],
    [
      { name: 'German', nouns: { sendr: [entry] } },
      'de.json, nouns.sendr: slots of nouns are sender, server,',
    ],
    [{ name: 'German', nouns: { sender: [] } }, 'de.json, nouns.sender: a slot is a list of entries'],
    [{ name: 'German', nouns: { sender: [{}] } }, 'nouns.sender, entry 1: it has no "texts"'],
    [
      { name: 'German', nouns: { sender: [entry, { ...entry, texts: ['Absender'] }] } },
      'nouns.sender, entry 2: "Absender" must be in lower case',
    ],
    [
      { name: 'German', nouns: { sender: [entry, entry] } },
      'nouns.sender, entry 2: "unbekannt" stands twice in this slot',
    ],
    [
      { name: 'German', nouns: { sender: [{ ...entry, source: '' }] } },
      'entry 1: it needs a "source": the program that writes so, or "composed"',
    ],
    [{ name: 'German', nouns: { sender: [{ ...entry, examples: [] }] } }, 'entry 1: it needs an example'],
    [
      { name: 'German', nouns: { sender: [{ ...entry, examples: ['x'] }] } },
      'entry 1: an example is {"say": "…", "expect": "…"}',
    ],
  ])('%j', (file, message) => {
    expect(languageFault('de', file)).toContain(message)
  })
})
