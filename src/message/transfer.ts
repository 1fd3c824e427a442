// Undoes a content transfer encoding (RFC 2045 §6), forgiving what real mail gets wrong. Linear in its input.

const equals = 0x3d
const lf = 0x0a
const spaceByte = 0x20
const tab = 0x09

/**
 * Bytes of a part as they were before encoding. `encoding` is the lower-cased value of Content-Transfer-Encoding.
 * What calls itself base64 but has text in it is returned as it stands, so is every unknown encoding.
 */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return looksLikeBase64(bytes) ? decodeBase64(bytes) : bytes
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes)
  return bytes
}

/** The same for bytes that are given as a character each, and so returned. */
export function decodeTransferText(text: string, encoding: string): string {
  if (encoding !== 'base64' && (encoding !== 'quoted-printable' || !text.includes('='))) return text
  return decodeTransfer(Buffer.from(text, 'latin1'), encoding).toString('latin1')
}

/** RFC 2045 §6.8. Padding ends a piece, not the part: some programs encode line by line. What is no digit is skipped. */
function decodeBase64(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil((bytes.length * 3) / 4))
  let used = 0
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    const digit = base64Digits[byte] as number
    if (digit === noDigit) {
      if (byte === equals) held = 0
      continue
    }
    bits = ((bits << 6) | digit) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    out[used++] = bits >> held
  }
  return out.subarray(0, used)
}

const noDigit = 255
const base64Digits = new Uint8Array(256).fill(noDigit)
for (const [digit, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  base64Digits[char.charCodeAt(0)] = digit

/** Base64 has neither a space inside a line nor a colon; a mislabelled notification soon has one. */
function looksLikeBase64(bytes: Buffer): boolean {
  const sample = bytes.toString('latin1', 0, 512).trim()
  return !/[^A-Za-z0-9+/=\s]/.test(sample) && !/[A-Za-z0-9] +[A-Za-z0-9]/.test(sample)
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** RFC 2045 §6.7. `=XY` that is no hex pair stays as it is; blanks at a line's end are kept (they do no harm). */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  if (!bytes.includes(equals)) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  let used = 0
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte !== equals) {
      out[used++] = byte
      at++
      continue
    }
    const high = hexValue(bytes[at + 1])
    const low = hexValue(bytes[at + 2])
    if (high >= 0 && low >= 0) {
      out[used++] = high * 16 + low
      at += 3
      continue
    }
    // A soft line break, perhaps with blanks that a relay added before the line end.
    let end = at + 1
    while (end < at + 80 && (bytes[end] === spaceByte || bytes[end] === tab)) end++
    if (bytes[end] === lf || end >= bytes.length) {
      at = end + 1
    } else {
      out[used++] = byte
      at++
    }
  }
  return out.subarray(0, used)
}
