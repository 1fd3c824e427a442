// Repeatable variety: a generator of numbers, names and ids that gives the same ones for the same seed.

/** A seeded source of variety; each call moves it on. */
export interface Variation {
  /** A whole number from `from` to `to`, both included. */
  readonly integer: (from: number, to: number) => number
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T
  /** `length` characters out of `alphabet`. */
  readonly text: (length: number, alphabet: string) => string
  /** Lower-case hexadecimal digits. */
  readonly hex: (length: number) => string
  /** A version 4 UUID in form (RFC 9562 §5.4). */
  readonly uuid: () => string
}

/** FNV-1a, 32 bits: spreads seeds that differ in one character. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** The variation of a seed: same seed, same sequence, on every machine. */
export function variationFrom(seed: string): Variation {
  let state = hash(seed)

  // mulberry32: 32 bits of state are plenty for test mail.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  const text = (length: number, alphabet: string): string => {
    let made = ''
    while (made.length < length) made += alphabet[integer(0, alphabet.length - 1)] ?? ''
    return made
  }
  const hex = (length: number): string => text(length, '0123456789abcdef')

  return {
    integer,
    pick: choices => choices[integer(0, choices.length - 1)] ?? choices[0],
    text,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${text(1, '89ab')}${hex(3)}-${hex(12)}`,
  }
}

/** The moment a seed stands for: itself where it is one in milliseconds, else some day of January 2026. */
export function momentOf(seed: string): Date {
  if (/^1\d{12}$/.test(seed)) return new Date(Number(seed))
  return new Date(Date.UTC(2026, 0, 1) + variationFrom(seed).integer(0, 30 * 86_400) * 1000)
}
