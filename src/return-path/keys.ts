// The signing keys, derived from each secret of REBOUND_SECRET: a subkey for each purpose.

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export interface SigningKey {
  /** One byte, carried by every path signed with this key. Two keys may share it: then both are tried. */
  readonly id: number
  /** 32 hex digits for `rebound_keys`: they identify the key without revealing it. */
  readonly check: string
  /** Signs tokens. */
  readonly pathKey: KeyObject
  /** Makes the short check of the recipient's address. */
  readonly addressKey: KeyObject
}

const minSecretBytes = 32

/**
 * Keys from the secrets, newest first; the first one signs, all of them verify. A secret given twice is one key.
 * Each secret is the UTF-8 bytes of its text, never decoded.
 * Throws RangeError that says what to write if there is none or one has fewer than 32 bytes.
 */
export function signingKeys(secrets: readonly string[]): readonly SigningKey[] {
  const hint = `write at least ${minSecretBytes} bytes, such as the output of: openssl rand -hex 32`
  if (secrets.length === 0) throw new RangeError(`no signing key: ${hint}`)
  const keys = new Map<string, SigningKey>()
  for (const [index, secret] of secrets.entries()) {
    const bytes = Buffer.from(secret, 'utf8')
    if (bytes.length < minSecretBytes) {
      throw new RangeError(`signing key ${index + 1} has ${bytes.length} bytes: ${hint}`)
    }
    const key = derive(bytes)
    if (!keys.has(key.check)) keys.set(key.check, key)
  }
  return [...keys.values()]
}

function derive(secret: Uint8Array): SigningKey {
  // Every purpose has its own label, so that a leaked subkey reveals nothing about the others.
  const subkey = (purpose: string): Buffer =>
    createHmac('sha256', secret).update(`rebound/1/${purpose}`).digest()
  return {
    id: subkey('key-id').readUInt8(0),
    check: subkey('key-check').toString('hex', 0, 16),
    pathKey: createSecretKey(subkey('path')),
    addressKey: createSecretKey(subkey('address')),
  }
}
