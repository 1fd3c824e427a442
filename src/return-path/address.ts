// Addresses as this room compares them: split at the last @, domains folded, and the short keyed check of a recipient.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { SigningKey } from './keys.ts'

export const addressCheckBytes = 4

/** Lower-cases A-Z alone: `toLowerCase` would also fold the Kelvin sign to k, and a changed token would pass. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** Splits at the last @ (a quoted local part may hold others); `domain` is null where there is none. */
export function splitAddress(address: string): { local: string; domain: string | null } {
  const at = address.lastIndexOf('@')
  if (at < 0) return { local: address, domain: null }
  return { local: address.slice(0, at), domain: address.slice(at + 1) }
}

/** A domain in one spelling: lower case, A-labels (RFC 5890 §2.3.2.1), no trailing dot. Null when it is no domain name. */
export function foldDomain(domain: string): string | null {
  const bare = domain.endsWith('.') ? domain.slice(0, -1) : domain
  // domainToASCII parses as URLs do: it would cut at / ? #, drop tabs and decode %61.
  if (bare.length > 255 || !/^[a-zA-Z0-9._\-\u0080-\u{10ffff}]+$/u.test(bare)) return null
  if (/^[a-zA-Z0-9._-]+$/.test(bare)) return bare.toLowerCase()
  const ascii = domainToASCII(bare)
  return ascii === '' ? null : ascii
}

/**
 * The spelling of an address over which its check is made: trimmed, A-Z lower-cased in the local part,
 * the domain folded. Mail systems that tell `Ana@` from `ana@` are rarer than those that change the case.
 */
export function normalAddress(address: string): string {
  const { local, domain } = splitAddress(address.trim())
  if (domain === null) return lowerAscii(local)
  return `${lowerAscii(local)}@${foldDomain(domain) ?? lowerAscii(domain)}`
}

/** The first 32 bits of HMAC-SHA-256 over the normal spelling. */
export function checkBytes(key: SigningKey, address: string): Uint8Array {
  const digest = createHmac('sha256', key.addressKey).update(normalAddress(address), 'utf8').digest()
  return digest.subarray(0, addressCheckBytes)
}

/** A check as `SendRef.addressCheck` carries it: key id and check, in hex. */
export function formatCheck(keyId: number, check: Uint8Array): string {
  return Buffer.of(keyId, ...check).toString('hex')
}

/** The check of an address in that form. */
export function checkAddress(key: SigningKey, address: string): string {
  return formatCheck(key.id, checkBytes(key, address))
}

/** Was this check made of this address? False when its key is gone or it is malformed. */
export function checkMatches(keys: readonly SigningKey[], check: string, address: string): boolean {
  const bytes = Buffer.from(check, 'hex')
  if (bytes.length !== 1 + addressCheckBytes) return false
  const kept = bytes.subarray(1)
  return keys.some(key => key.id === bytes[0] && timingSafeEqual(kept, checkBytes(key, address)))
}

/** 128 bits over the normal spelling, with a label of their own: a check is a part of no pseudonym. */
export function pseudonymOf(key: SigningKey, address: string): string {
  const digest = createHmac('sha256', key.addressKey)
    .update(`forgotten/${normalAddress(address)}`, 'utf8')
    .digest()
  return `forgotten-${digest.toString('hex', 0, 16)}`
}
