// The signed token: what one mail's return path carries, as bytes and as the local part `b-…` (layout in docs/return-path.md).
//
//   key id 1 · issue day 2 · module 1 (0x80 set: a campaign follows) · [campaign 4] · address check 4
//   · packed record id · [packed mail id] · first 8 bytes of HMAC-SHA-256 over all before

import { createHmac, timingSafeEqual } from 'node:crypto'
import { addressCheckBytes } from './address.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import type { SigningKey } from './keys.ts'
import { packId, unpackId } from './packing.ts'

export const signedPrefix = 'b-'

/** RFC 5321 §4.5.3.1.1. */
export const maxLocalOctets = 64

const macBytes = 8
const campaignFlag = 0x80
/** The most bytes whose digits, with the prefix, still make a local part. */
const maxBytes = Math.floor(((maxLocalOctets - signedPrefix.length) * 5) / 8)

export interface TokenFields {
  /** UTC days since 1970-01-01, 0–65535. */
  readonly day: number
  /** 0–127. */
  readonly module: number
  /** 32 bits. */
  readonly campaign: number | null
  readonly addressCheck: Uint8Array
  readonly recordId: string
  readonly mailId: string | null
}

/** The local part that carries these fields, signed; null when they do not fit into 64 octets. */
export function signToken(fields: TokenFields, key: SigningKey): string | null {
  const record = packId(fields.recordId)
  const mail = fields.mailId === null ? new Uint8Array(0) : packId(fields.mailId)
  if (record === null || mail === null || fields.module >= campaignFlag) return null

  const head = Buffer.alloc(fields.campaign === null ? 4 : 8)
  head.writeUInt8(key.id, 0)
  head.writeUInt16BE(fields.day, 1)
  head.writeUInt8(fields.campaign === null ? fields.module : fields.module | campaignFlag, 3)
  if (fields.campaign !== null) head.writeUInt32BE(fields.campaign, 4)

  const body = Buffer.concat([head, fields.addressCheck, record, mail])
  if (body.length + macBytes > maxBytes) return null
  return signedPrefix + encodeBase32(Buffer.concat([body, mac(key, body)]))
}

/** The fields of a lower-cased local part and the id of the key that signed them; null when no key of ours did. */
export function verifyToken(
  local: string,
  keys: readonly SigningKey[],
): { keyId: number; fields: TokenFields } | null {
  if (!local.startsWith(signedPrefix) || local.length > maxLocalOctets) return null
  const bytes = decodeBase32(local.slice(signedPrefix.length))
  if (bytes === null || bytes.length < macBytes + 1) return null
  const body = bytes.subarray(0, -macBytes)
  const given = bytes.subarray(-macBytes)
  const key = keys.find(key => key.id === body[0] && timingSafeEqual(given, mac(key, body)))
  if (key === undefined) return null
  const fields = parseBody(body)
  return fields === null ? null : { keyId: key.id, fields }
}

/** Null if our key signed something that no minter should write. */
function parseBody(body: Uint8Array): TokenFields | null {
  const view = Buffer.from(body.buffer, body.byteOffset, body.length)
  if (view.length < 4) return null
  const flags = view.readUInt8(3)
  const hasCampaign = (flags & campaignFlag) !== 0
  const checkAt = hasCampaign ? 8 : 4
  const recordAt = checkAt + addressCheckBytes
  const record = unpackId(view, recordAt)
  if (record === null) return null
  const mail = record.next === view.length ? null : unpackId(view, record.next)
  if ((mail?.next ?? record.next) !== view.length) return null
  return {
    day: view.readUInt16BE(1),
    module: flags & ~campaignFlag,
    campaign: hasCampaign ? view.readUInt32BE(4) : null,
    addressCheck: view.subarray(checkAt, recordAt),
    recordId: record.id,
    mailId: mail?.id ?? null,
  }
}

function mac(key: SigningKey, body: Uint8Array): Uint8Array {
  return createHmac('sha256', key.pathKey).update(body).digest().subarray(0, macBytes)
}
