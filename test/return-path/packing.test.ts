import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../src/return-path/base32.ts'
import { packId, unpackId } from '../../src/return-path/packing.ts'

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function check(id: string, hex: string): void {
  const packed = packId(id)
  expect(packed && hexOf(packed)).toBe(hex)
  expect(unpackId(bytesOf(`ff${hex}ff`), 1)).toEqual({ id, next: 1 + hex.length / 2 })
}

describe('packing an id', () => {
  test.each([
    ['0', '00'],
    ['1', '0101'],
    ['255', '01ff'],
    ['256', '020100'],
    ['18446744073709551615', '08ffffffffffffffff'],
    ['18446744073709551616', '1405be3ab651837d1cd267e0bdca'],
    ['007', '23303037'],
    ['-1', '222d31'],
    ['1e3', '23316533'],
    ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', '103f2504e04f8911d39a0c0305e82c3301'],
    ['00000000000000000', `11${'00'.repeat(13)}`],
    ['0000000000000000z', `11${'00'.repeat(12)}23`],
    ['zzzzzzzzzzzzzzzzzzzz', '14a8b8b452291fe820ffffffffff'],
    ['zzzzzzzzzzzzzzzz', `30${'7a'.repeat(16)}`],
    ['0123456789ABCDEFG', `31${hexOf(Buffer.from('0123456789ABCDEFG'))}`],
    ['é', '22c3a9'],
    ['\ufeffa', '24efbbbf61'],
    ['a'.repeat(31).replace('a', 'A'), `3f41${'61'.repeat(30)}`],
  ])('%s', check)

  test.each(['', 'A'.repeat(32), '3F2504E0-4F89-11D3-9A0C-0305E82C3301'])('%j cannot be packed', id => {
    expect(packId(id)).toBeNull()
  })

  test.each([
    ['a leading zero byte', '020001'],
    ['a number as text', '2131'],
    ['seventeen characters as text', `31${'61'.repeat(17)}`],
    ['a base 36 number too big for its length', `11${'ff'.repeat(13)}`],
    ['missing bytes', '0401'],
    ['broken UTF-8', '22c328'],
    ['a UTF-8 surrogate', '23eda080'],
    ['a tag nobody writes', '0f00'],
    ['text of no length', '20'],
    ['nothing', ''],
  ])('%s is not read', (_, hex) => {
    expect(unpackId(bytesOf(hex), 0)).toBeNull()
  })

  test('whatever can be packed comes back, and only that spelling is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        const found = unpackId(bytes, 0)
        if (found !== null) expect(packId(found.id)).toEqual(bytes.slice(0, found.next))
      }),
      { numRuns: 5000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }), id => {
        const packed = packId(id)
        if (packed !== null) expect(unpackId(packed, 0)).toEqual({ id, next: packed.length })
      }),
    )
  })
})

describe('base 32', () => {
  test.each([
    ['', ''],
    ['66', 'co'],
    ['666f', 'cpng'],
    ['666f6f', 'cpnmu'],
    ['666f6f62', 'cpnmuog'],
    ['666f6f6261', 'cpnmuoj1'],
    ['666f6f626172', 'cpnmuoj1e8'],
  ])('%s is %s (RFC 4648 §10, lower case, no padding)', (hex, text) => {
    expect(encodeBase32(bytesOf(hex))).toBe(text)
    expect(decodeBase32(text)).toEqual(bytesOf(hex))
  })

  test.each(['cp', 'CO', 'c', 'cpn', 'cpnmuo', 'c-', 'cw', 'cpnh', 'c\u017f', 'c '])(
    '%j is refused',
    text => {
      expect(decodeBase32(text)).toBeNull()
    },
  )

  test('every text is read in one spelling or not at all', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuv'), maxLength: 64 })
    fc.assert(
      fc.property(digits, text => {
        const bytes = decodeBase32(text)
        if (bytes !== null) expect(encodeBase32(bytes)).toBe(text)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes)
      }),
    )
  })
})
