// The automaton finds exactly what a search for each string alone finds.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSubstringIndex } from '../../src/knowledge/substring-index.ts'

/** `before` is searched first: what one text built must not change what another finds. */
function every(patterns: readonly string[], text: string, before = ''): readonly string[] {
  const found: string[] = []
  const index = createSubstringIndex(patterns)
  index.eachMatch(before, () => {})
  index.eachMatch(text, (pattern, end) => found.push(`${pattern}@${end}`))
  return found.sort()
}

function first(patterns: readonly string[], text: string, before = ''): readonly string[] {
  const found: string[] = []
  const index = createSubstringIndex(patterns)
  index.firstMatches(before, () => {})
  index.firstMatches(text, (pattern, end) => found.push(`${pattern}@${end}`))
  return found.sort()
}

function oneByOne(patterns: readonly string[], text: string, isFirstOnly: boolean): readonly string[] {
  const found: string[] = []
  patterns.forEach((pattern, number) => {
    if (pattern === '') return
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
      found.push(`${number}@${at + pattern.length}`)
      if (isFirstOnly) return
    }
  })
  return found.sort()
}

test.each([
  [[], 'anything', []],
  [[''], 'anything', []],
  [['he', 'she', 'his', 'hers'], 'ushers', ['0@4', '1@4', '3@6']],
  [['a', 'aa', 'aaa'], 'aaa', ['0@1', '0@2', '0@3', '1@2', '1@3', '2@3']],
  [['x', 'x'], 'x', ['0@1', '1@1']],
  [['voll', 'größe'], 'die größe: voll', ['0@15', '1@9']],
  [['😀'], 'a😀b', ['0@3']],
])('%j in %j', (patterns, text, expected) => {
  expect(every(patterns, text)).toEqual(expected)
})

describe('against indexOf', () => {
  // Few letters, so that strings overlap, contain and repeat each other.
  const letters = ['a', 'b', 'c', 'é', '日', '\ud83d', '\0']
  const word = fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 })
  // Some that no string holds, too.
  const text = fc.string({ unit: fc.constantFrom(...letters, 'z', '\x7f', 'ü'), maxLength: 80 })

  test('every occurrence', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), text, text, (patterns, searched, before) => {
        expect(every(patterns, searched, before)).toEqual(oneByOne(patterns, searched, false))
      }),
    )
  })

  test('the first occurrence of each', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), text, text, (patterns, searched, before) => {
        expect(first(patterns, searched, before)).toEqual(oneByOne(patterns, searched, true))
      }),
    )
  })
})

test('of more strings than its table has rows, and more nodes than sixteen bits count', () => {
  const patterns = Array.from({ length: 15_000 }, (_, n) => `${(n * 7919) % 100_003}:${n.toString(36)}`)
  const text = patterns.filter((_, n) => n % 1000 === 7).join('x')
  const expected = oneByOne(patterns, text, false)
  expect(every(patterns, text)).toEqual(expected)
  // A text that walks through everything leaves no room that another needs.
  expect(every(patterns, text, patterns.join('x'))).toEqual(expected)
})

test('reports each string once, however often it occurs', () => {
  const nested = Array.from({ length: 100 }, (_, length) => 'a'.repeat(length + 1))
  expect(first(nested, 'a'.repeat(100_000))).toHaveLength(100)
})

test('strings that must end a word are passed over inside one, the others are not', () => {
  const patterns = ['ma', 'mail', 'ail', 'il']
  const isLetter = (unit: string | undefined): boolean => unit !== undefined && /[a-z]/.test(unit)
  const index = createSubstringIndex(patterns, {
    mustEndWord: pattern => patterns[pattern] !== 'ail',
    isInsideWord: (text, at) => isLetter(text[at - 1]) && isLetter(text[at]),
  })
  const found: string[] = []
  index.eachMatch('mails mail', (pattern, end) => found.push(`${patterns[pattern]}@${end}`))
  expect(found).toEqual(['mail@4', 'ail@4', 'il@4', 'mail@10', 'ail@10', 'il@10'])
})
