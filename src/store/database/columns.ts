// How long each column is, and making a stranger's text fit: invariant 9, nothing in a message may fail a commit.

/** In code points, as the migrations made them; those of events stand in their table, model/stored-bounce.ts. */
export const lengths = {
  id: 64,
  address: 320,
  name: 255,
} as const

const troublesome = /[\0\ud800-\udfff]/
const unstorable = /[\0\p{Surrogate}]/gu

/** Text without NUL and lone surrogates, cut to `length` code points. */
export function fitText(text: string, length: number): string
export function fitText(text: string | null, length: number): string | null
export function fitText(text: string | null, length: number): string | null {
  if (text === null) return null
  // A code point is one or two UTF-16 units: what is cut off here could not have been kept.
  const near = text.length > 2 * length + 64 ? text.slice(0, 2 * length + 64) : text
  const clean = troublesome.test(near) ? near.replace(unstorable, '') : near
  return clean.length <= length ? clean : [...clean].slice(0, length).join('')
}

/** Printable ASCII alone, cut to `length`. */
export function fitAscii(text: string, length: number): string
export function fitAscii(text: string | null, length: number): string | null
export function fitAscii(text: string | null, length: number): string | null {
  return text === null
    ? null
    : text
        .slice(0, 4 * length)
        .replace(/[^\x20-\x7e]/g, '')
        .slice(0, length)
}

/** Could this be a key as it stands? A key is never cut: it would name another row. */
export function isKey(text: string): boolean {
  return text !== '' && fitText(text, lengths.id) === text
}

/** An integer that a 32-bit column takes, else null. */
export function fitInteger(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
}

/** The number of a row; null for text that is not exactly how we write one. */
export function rowNumber(text: string): number | null {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : null
}
