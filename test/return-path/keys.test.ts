import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signingKeys } from '../../src/return-path/keys.ts'
import { otherSecret, secret } from './paths.ts'

describe('signing keys', () => {
  test('id and check come from the secret, not from its place', () => {
    const names = (secrets: string[]) => signingKeys(secrets).map(({ id, check }) => ({ id, check }))
    const [first, second] = names([secret, otherSecret])
    expect(names([otherSecret, secret])).toEqual([second, first])
    expect(first?.check).not.toBe(second?.check)
  })

  test('every purpose has its own key, as docs/return-path.md derives it', () => {
    const derived = (purpose: string) => createHmac('sha256', secret).update(`rebound/1/${purpose}`).digest()
    const [key] = signingKeys([secret])
    expect(key?.id).toBe(derived('key-id')[0])
    expect(key?.check).toBe(derived('key-check').toString('hex').slice(0, 32))
    expect(key?.pathKey.export()).toEqual(derived('path'))
    expect(key?.addressKey.export()).toEqual(derived('address'))
  })

  test('bytes are counted in UTF-8, and never decoded', () => {
    expect(signingKeys(['ü'.repeat(16)])).toHaveLength(1)
    const [hex] = signingKeys(['ab'.repeat(32)])
    const [upper] = signingKeys(['AB'.repeat(32)])
    expect(hex?.check).not.toBe(upper?.check)
  })

  test('a secret given twice is one key', () => {
    expect(signingKeys([secret, otherSecret, secret])).toHaveLength(2)
  })

  test.each([
    [[], 'no signing key: write at least 32 bytes, such as the output of: openssl rand -hex 32'],
    [[secret, 'short'], 'signing key 2 has 5 bytes: write at least 32 bytes'],
    [['x'.repeat(31)], 'signing key 1 has 31 bytes'],
  ])('%j is refused with what to write', (secrets, message) => {
    expect(() => signingKeys(secrets)).toThrow(RangeError)
    expect(() => signingKeys(secrets)).toThrow(message)
  })
})
