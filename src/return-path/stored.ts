// Stored tokens: `s-` and random digits, for mails whose ids do not fit into a signed one. Their meaning is in the database.

import { decodeBase32, encodeBase32 } from './base32.ts'

const storedPrefix = 's-'
/** 80 bits cannot be guessed. */
const minBytes = 10
/** The longest stored token is shorter than the shortest signed one, so that they cannot be confused. */
const maxBytes = 16
const digitsOf = (bytes: number): number => Math.ceil((bytes * 8) / 5)

/** The local part made of 10 to 16 random bytes; throws RangeError for fewer or more. */
export function storedLocal(random: Uint8Array): string {
  if (random.length < minBytes || random.length > maxBytes) {
    throw new RangeError(`a stored path takes ${minBytes} to ${maxBytes} random bytes, not ${random.length}`)
  }
  return storedPrefix + encodeBase32(random)
}

/** Could this lower-cased local part have been made by `storedLocal`? */
export function isStoredLocal(local: string): boolean {
  if (!local.startsWith(storedPrefix)) return false
  const digits = local.slice(storedPrefix.length)
  if (digits.length < digitsOf(minBytes) || digits.length > digitsOf(maxBytes)) return false
  return decodeBase32(digits) !== null
}
