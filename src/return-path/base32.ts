// Base 32 with the digits 0-9 a-v (RFC 4648 §7, lower case, no padding), in one spelling per byte string.
// These digits because PHP's base_convert, MySQL's CONV, Ruby's to_s(32) and Python's b32hexencode write them.

const digits = '0123456789abcdefghijklmnopqrstuv'

/** Bytes to digits: five bits per digit from the most significant bit, the last digit padded with zero bits. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += digits[(pending >> bits) & 31]
    }
    pending &= 31
  }
  return bits > 0 ? text + digits[(pending << (5 - bits)) & 31] : text
}

/**
 * Digits to bytes; null for any other character, upper case included, for a length that no byte string has,
 * and for padding bits that are not zero (RFC 4648 §3.5), so that no two texts mean the same bytes.
 */
export function decodeBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let length = 0
  let pending = 0
  let bits = 0
  for (let at = 0; at < text.length; at++) {
    const digit = digitValue(text.charCodeAt(at))
    if (digit === null) return null
    pending = ((pending & 255) << 5) | digit
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (pending >> bits) & 255
    }
  }
  const filling = pending & ((1 << bits) - 1)
  return bits >= 5 || filling !== 0 ? null : bytes
}

function digitValue(code: number): number | null {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 118) return code - 87
  return null
}
