// How an id becomes few bytes and the same id again: one tag byte, then the packed id.
//
//   tag 0x00–0x08  decimal number: that many bytes, big-endian, no leading zero byte ("0" has none)
//   tag 0x10       UUID in lower case with hyphens: its 16 bytes
//   tag 0x11–0x14  17 to 20 characters of 0-9 a-z: the number they are in base 36, in 13 bytes
//   tag 0x21–0x3f  any other text: 1 to 31 bytes of UTF-8

const uuidTag = 0x10
const base36Tag = 0x11
const base36Bytes = 13
const textTag = 0x20
const maxTextBytes = 0x1f

const canonicalDecimal = /^(?:0|[1-9][0-9]{0,19})$/
const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const base36Text = /^[0-9a-z]{17,20}$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** An id in the first packing of the list above that can hold it, tag included; null when none can. */
export function packId(id: string): Uint8Array | null {
  if (canonicalDecimal.test(id) && BigInt(id) < 2n ** 64n) {
    const digits = minimalBytes(BigInt(id))
    return Uint8Array.of(digits.length, ...digits)
  }
  if (canonicalUuid.test(id)) return Uint8Array.of(uuidTag, ...Buffer.from(id.replaceAll('-', ''), 'hex'))
  if (base36Text.test(id)) {
    const digits = minimalBytes(fromBase36(id))
    const zeros = new Uint8Array(base36Bytes - digits.length)
    return Uint8Array.of(base36Tag + id.length - 17, ...zeros, ...digits)
  }
  const text = Buffer.from(id, 'utf8')
  if (text.length === 0 || text.length > maxTextBytes) return null
  return Uint8Array.of(textTag + text.length, ...text)
}

/**
 * Reads the packed id that begins at `from`; `next` is the offset behind it.
 * Null for an unknown tag, for bytes that are missing, and for any packing that `packId` would not have chosen.
 */
export function unpackId(bytes: Uint8Array, from: number): { id: string; next: number } | null {
  const tag = bytes[from]
  if (tag === undefined) return null
  const length = packedLength(tag)
  if (length === null) return null
  const next = from + 1 + length
  if (next > bytes.length) return null
  const id = unpack(tag, bytes.subarray(from + 1, next))
  if (id === null) return null
  const again = packId(id)
  return again !== null && Buffer.compare(again, bytes.subarray(from, next)) === 0 ? { id, next } : null
}

function packedLength(tag: number): number | null {
  if (tag <= 8) return tag
  if (tag === uuidTag) return 16
  if (tag >= base36Tag && tag <= base36Tag + 3) return base36Bytes
  if (tag > textTag && tag <= textTag + maxTextBytes) return tag - textTag
  return null
}

function unpack(tag: number, packed: Uint8Array): string | null {
  const hex = Buffer.from(packed).toString('hex')
  if (tag <= 8) return BigInt(`0x0${hex}`).toString()
  if (tag === uuidTag) return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  if (tag < textTag)
    return BigInt(`0x${hex}`)
      .toString(36)
      .padStart(tag - base36Tag + 17, '0')
  try {
    return utf8.decode(packed)
  } catch {
    return null
  }
}

function fromBase36(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36))
  return value
}

/** Big-endian without leading zero bytes; none at all for 0. */
function minimalBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0)
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
