// The short keyed check of a recipient's address.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { normalAddress } from '../model/address.ts'
import type { SigningKey } from './keys.ts'

export const addressCheckBytes = 4

/** The first 32 bits of HMAC-SHA-256 over the normalised address. */
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

/** Was this check made from this address? False if its key is gone or it is malformed. */
export type CheckTest = (check: string, address: string) => boolean

/**
 * Makes the check of each address once and remembers it: for one message, whose paths and blocks ask for the same few
 * addresses again and again.
 */
export function createCheckTest(keys: readonly SigningKey[]): CheckTest {
  const made = new Map<SigningKey, Map<string, Uint8Array>>(keys.map(key => [key, new Map()]))
  const checkOf = (key: SigningKey, address: string): Uint8Array => {
    const checks = made.get(key)
    const known = checks?.get(address)
    if (known) return known
    const check = checkBytes(key, address)
    checks?.set(address, check)
    return check
  }
  return (check, address) => {
    const bytes = Buffer.from(check, 'hex')
    if (bytes.length !== 1 + addressCheckBytes) return false
    const kept = bytes.subarray(1)
    return keys.some(key => key.id === bytes[0] && timingSafeEqual(kept, checkOf(key, address)))
  }
}

/** 128 bits over the normalised address, with their own label, so that a check reveals no part of a pseudonym. */
export function pseudonymOf(key: SigningKey, address: string): string {
  const digest = createHmac('sha256', key.addressKey)
    .update(`forgotten/${normalAddress(address)}`, 'utf8')
    .digest()
  return `forgotten-${digest.toString('hex', 0, 16)}`
}
