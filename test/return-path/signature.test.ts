// What a signature is for: nothing but the address that was minted, in whatever case, is read as minted.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../src/return-path/base32.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { domain, localOf, minted, noon, otherSecret, paths, sampleIds, secret } from './paths.ts'

const strict = paths()

/** Not proven, whatever else it is taken for. */
function checkRefused(address: string): void {
  const { kind } = strict.read(address, noon)
  expect([address, kind]).toEqual([address, expect.stringMatching(/^(forged|unknown|stored-token|foreign)$/)])
}

const signedSamples = sampleIds.flatMap(id => [
  minted(id),
  minted(id, { module: 'leads', campaign: 4_294_967_295 }),
])

const printable = [...'abcdefghijklmnopqrstuvwxyz0123456789-', ...'+=_."\\ @%']
const lookAlikes = ['\u212a' /* Kelvin */, '\u017f' /* long s */, '\u0130', '\uff42', 'é', '\u0000']

describe('a signed return path', () => {
  test.each(signedSamples)('%s: every change of one character other than its case is refused', address => {
    const local = localOf(address)
    for (let at = 0; at < local.length; at++) {
      for (const character of [...printable, ...lookAlikes]) {
        if (character === local[at]) continue
        checkRefused(`${local.slice(0, at)}${character}${local.slice(at + 1)}@${domain}`)
      }
    }
  })

  test.each(signedSamples)('%s: one character more or less is refused', address => {
    const local = localOf(address)
    for (let at = 0; at < local.length; at++)
      checkRefused(`${local.slice(0, at)}${local.slice(at + 1)}@${domain}`)
    for (const character of printable.filter(character => character !== '+')) {
      checkRefused(`${local}${character}@${domain}`)
      checkRefused(`${character}${local}@${domain}`)
    }
  })

  test.each(signedSamples)('%s: every bit flip of its bytes is refused', address => {
    const bytes = decodeBase32(localOf(address).slice(2))
    expect(bytes).not.toBeNull()
    for (let bit = 0; bytes !== null && bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      checkRefused(`b-${encodeBase32(flipped)}@${domain}`)
    }
  })

  test.each(signedSamples)('%s: its case on the way does not matter', address => {
    const expected = strict.read(address, noon)
    expect(expected.kind).toBe('signed')
    const cases = fc.array(fc.boolean(), { minLength: address.length, maxLength: address.length })
    fc.assert(
      fc.property(cases, uppers => {
        const raw = [...address].map((letter, at) => (uppers[at] ? letter.toUpperCase() : letter)).join('')
        expect(strict.read(raw, noon)).toEqual({ ...expected, raw })
      }),
      { numRuns: 20 },
    )
    const raw = address.toUpperCase()
    expect(strict.read(raw, noon)).toEqual({ ...expected, raw })
  })

  test('filling bits that are not zero are refused', () => {
    const local = localOf(minted('42'))
    const digits = '0123456789abcdefghijklmnopqrstuv'
    const bits = ((local.length - 2) * 5) % 8
    expect(bits).toBeGreaterThan(0)
    const last = digits.indexOf(local.at(-1) ?? '')
    for (let filling = 1; filling < 1 << bits; filling++) {
      checkRefused(`${local.slice(0, -1)}${digits[last + filling]}@${domain}`)
    }
  })

  test('no text that was not minted is ever signed', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuv'), maxLength: 62 })
    fc.assert(fc.property(digits, text => checkRefused(`b-${text}@${domain}`)))
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => checkRefused(`${text}@${domain}`)),
    )
    // Well made but for the signature: what a guess would have to be.
    const samples = signedSamples.map(address => decodeBase32(localOf(address).slice(2)) ?? new Uint8Array())
    const signature = fc.uint8Array({ minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(fc.constantFrom(...samples), signature, (sample, guess) =>
        checkRefused(`b-${encodeBase32(Buffer.concat([sample.subarray(0, -8), guess]))}@${domain}`),
      ),
    )
  })
})

describe('rotation', () => {
  const keys = signingKeys([otherSecret, secret])
  const rotated = paths({ keys })

  test('what an older key signed is still read, and its address check still matches', () => {
    const path = rotated.read(minted('42'), noon)
    expect(path).toMatchObject({ kind: 'signed', send: { recordId: '42' } })
    expect('send' in path && rotated.matches(path.send, 'ana@example.org')).toBe(true)
  })

  test('the newest key signs', () => {
    const address = minted('42', {}, { by: rotated })
    expect(paths({ keys: signingKeys([otherSecret]) }).read(address, noon).kind).toBe('signed')
  })

  test('what a key we do not have signed is forged', () => {
    expect(strict.read(minted('42', {}, { by: rotated }), noon).kind).toBe('forged')
  })

  test('keys that share an id are both tried', () => {
    const [first, second] = keys
    expect(first && second).toBeDefined()
    if (first === undefined || second === undefined) return
    const twins = [
      { ...first, id: 7 },
      { ...second, id: 7 },
    ]
    const both = paths({ keys: twins })
    const path = both.read(minted('42', {}, { by: paths({ keys: twins.slice(1) }) }), noon)
    expect(path.kind).toBe('signed')
    expect('send' in path && both.matches(path.send, 'ana@example.org')).toBe(true)
  })
})
