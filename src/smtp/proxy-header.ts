// The PROXY protocol, versions 1 and 2 (HAProxy, "The PROXY protocol" §2): the client's address, said by a trusted front
// server before the first byte of SMTP.

import { isIP } from 'node:net'
import { addressOf } from '../model/network.ts'

export type ProxyHeader =
  /** What came so far may become one. */
  | { readonly kind: 'incomplete' }
  /** The client speaks for itself. */
  | { readonly kind: 'absent' }
  /** Null: the front server speaks for itself, as in a health check. */
  | { readonly kind: 'header'; readonly bytes: number; readonly client: string | null }
  | { readonly kind: 'broken' }

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const word = Buffer.from('PROXY ')
/** §2.1: the longest line of version 1. */
const maxLineBytes = 107
/** Longer than any header of version 2 that we know; the rest of one are extensions. */
const maxBinaryBytes = 2048

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsLike(bytes, word)) return bytes.length < word.length ? { kind: 'incomplete' } : readLine(bytes)
  if (beginsLike(bytes, signature))
    return bytes.length < signature.length + 4 ? { kind: 'incomplete' } : readBinary(bytes)
  return { kind: 'absent' }
}

/** `PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n` (§2.1). */
function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, maxLineBytes).indexOf('\r\n')
  if (end === -1) return bytes.length < maxLineBytes ? { kind: 'incomplete' } : { kind: 'broken' }
  const [, family, source = ''] = bytes.toString('latin1', 0, end).split(' ')
  if (family === 'UNKNOWN') return { kind: 'header', bytes: end + 2, client: null }
  const version = { TCP4: 4, TCP6: 6 }[family ?? '']
  if (version === undefined || isIP(source) !== version) return { kind: 'broken' }
  return { kind: 'header', bytes: end + 2, client: source }
}

/** §2.2: signature, version and command, family, length, addresses. */
function readBinary(bytes: Buffer): ProxyHeader {
  const at = signature.length
  const versionAndCommand = bytes.readUInt8(at)
  const family = bytes.readUInt8(at + 1)
  const length = at + 4 + bytes.readUInt16BE(at + 2)
  if (versionAndCommand >> 4 !== 2 || length > maxBinaryBytes) return { kind: 'broken' }
  if (bytes.length < length) return { kind: 'incomplete' }
  const command = versionAndCommand & 0xf
  if (command === 0) return { kind: 'header', bytes: length, client: null }
  const size = { 17: 4, 33: 16 }[family]
  if (command !== 1 || size === undefined || length < at + 4 + 2 * size) return { kind: 'broken' }
  return { kind: 'header', bytes: length, client: spelled(bytes.subarray(at + 4, at + 4 + size)) }
}

function spelled(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => octets.readUInt16BE(at * 2).toString(16)).join(':')
  return addressOf(groups)?.toString() ?? groups
}

function beginsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.subarray(0, length).equals(start.subarray(0, length))
}
