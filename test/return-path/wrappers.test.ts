import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unwrapLocal } from '../../src/return-path/wrappers.ts'
import { domain, localOf, minted, noon, paths } from './paths.ts'

const strict = paths()
const token = localOf(minted('42', { campaign: 7 }))

/** How each kind of gateway wraps a local part. */
const wrap: Record<string, (local: string) => string> = {
  prvs: local => `prvs=1234abcdef=${local}`,
  'prvs with the tag behind': local => `prvs=${local}=1234abcdef`,
  btv1: local => `btv1==0123456789a==${local}`,
  msprvs1: local => `msprvs1=17591c4dbb1c5=${local}`,
  SRS0: local => `SRS0=HHhh=TT=elsewhere.example=${local}`,
  'SRS0+': local => `SRS0+HHhh=TT=elsewhere.example=${local}`,
  SRS1: local => `SRS1=HHhh=forwarder.example==HHhh=TT=elsewhere.example=${local}`,
  'SRS1 around SRS0-': local => `SRS1=HHhh=forwarder.example=-HHhh=TT=elsewhere.example=${local}`,
  'plus-tag': local => `${local}+anything`,
  quotes: local => `"${local}"`,
}

describe('unwrapping', () => {
  test.each(Object.entries(wrap))('%s, in any case', (_, around) => {
    for (const local of [around(token), around(token).toUpperCase(), around(token).toLowerCase()]) {
      expect(strict.read(`${local}@${domain}`, noon)).toMatchObject({
        kind: 'signed',
        canonical: `${token}@${domain}`,
        raw: `${local}@${domain}`,
      })
    }
  })

  test('up to three around each other, in any order', () => {
    const wrappers = fc.constantFrom(...Object.values(wrap))
    fc.assert(
      fc.property(fc.array(wrappers, { maxLength: 3 }), around => {
        const local = around.reduce((inside, wrapper) => wrapper(inside), token)
        expect(strict.read(`${local}@${domain}`, noon)).toMatchObject({ kind: 'signed' })
      }),
      { numRuns: 1000 },
    )
  })

  test.each(Object.entries(wrap))('%s around a changed token is forged', (_, around) => {
    const changed = `b-${token.slice(2).replace(/.$/, last => (last === '0' ? '8' : '0'))}`
    expect(strict.read(`${around(changed)}@${domain}`, noon).kind).toBe('forged')
  })

  test.each([
    ['sales', ['sales']],
    ['', ['']],
    ['+tag', ['+tag']],
    ['prvs=', ['prvs=']],
    ['prvs=1234abcdef=', ['prvs=1234abcdef=']],
    ['prvs=sales=marketing', ['prvs=sales=marketing']],
    ['prvs=returns=1234abcdef', ['prvs=returns=1234abcdef', 'returns']],
    ['btv1==tag=local', ['btv1==tag=local']],
    ['SRS0=a=b=c', ['SRS0=a=b=c']],
    ['SRS0xa=b=c=d', ['SRS0xa=b=c=d']],
    ['SRS0=h=t=d=Some=Local', ['SRS0=h=t=d=Some=Local', 'Some=Local']],
    ['"a\\"b+c"', ['"a\\"b+c"', 'a"b+c', 'a"b']],
    ['a+b+c', ['a+b+c', 'a+b', 'a']],
  ])('%j: %j', (local, layers) => expect(unwrapLocal(local)).toEqual(layers))

  test('at most five layers are taken off', () => {
    expect(unwrapLocal('prvs=1234abcdef='.repeat(50).concat('x'))).toHaveLength(6)
  })

  test('every layer is an end or the middle of the one before, quotes aside', () => {
    const pieces = fc.constantFrom(
      'prvs=',
      'btv1==',
      'msprvs1=',
      'SRS0=',
      'srs1+',
      '=',
      '==',
      '+',
      '1234abcdef',
      'x',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
        const layers = unwrapLocal(parts.join(''))
        for (const [index, layer] of layers.slice(1).entries()) {
          expect(layers[index]).toContain(layer)
          expect(layer.length).toBeLessThan(layers[index]?.length ?? 0)
        }
      }),
    )
  })
})
