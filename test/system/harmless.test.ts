// What stood in a database before it was cleaned, or comes past the cleaning, does nothing to a terminal.

import { expect, it } from 'vitest'
import { harmless } from '../../src/system/harmless.ts'

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** C0 with DEL, C1, and what changes the direction of what is read. */
const codes = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  0x061c,
  ...range(0x200e, 0x200f),
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
]

it('lets no control character of a text reach a terminal, and says which it was', () => {
  expect(harmless('a\tb')).toBe('a b')
  for (const code of codes.filter(each => each !== 0x09)) {
    const shown = harmless(`a${String.fromCharCode(code)}b`)
    expect([code, shown]).toEqual([code, expect.stringMatching(/^a[\x20-\x7e]+b$/)])
    expect(Number.parseInt(/[0-9a-f]{2,}(?=b$)/.exec(shown)?.[0] ?? '', 16)).toBe(code)
  }
})

it('leaves words of any script as they are', () => {
  for (const text of ['Ana', 'Größe', '不明用户', 'المستلم', '😀', 'a\u200db'])
    expect(harmless(text)).toBe(text)
})
