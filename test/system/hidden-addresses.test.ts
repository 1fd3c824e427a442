// No mail address stays in a line of the log when the operator wants none, and nothing else goes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hideAddresses } from '../../src/system/hidden-addresses.ts'

const hide = hideAddresses('a secret of the test')
const ana = hide('ana@example.org')

/** As the log writes it. */
const line = (fields: object): string => `${JSON.stringify(fields)}\n`

describe('an address', () => {
  it('becomes 12 digits, the same for every case of its letters', () => {
    expect(ana).toMatch(/^address-[0-9a-f]{12}$/)
    expect(hide('Ana@EXAMPLE.org')).toBe(ana)
    expect(hide('bea@example.org')).not.toBe(ana)
    expect(hideAddresses('another secret')('ana@example.org')).not.toBe(ana)
    expect(hideAddresses(undefined)('ana@example.org')).not.toBe(ana)
  })

  it.each([
    ['<ana@example.org>', `<${ana}>`],
    ['rfc822;ana@example.org', `rfc822;${ana}`],
    ["values ('ana@example.org', 2)", `values ('${ana}', 2)`],
    ['ana@example.org, ana@example.org', `${ana}, ${ana}`],
    ['to:ana@example.org...', `to:${ana}...`],
    ['no user ana@example.org here', `no user ${ana} here`],
  ])('in %j is found', (text, expected) => expect(hide(text)).toBe(expected))

  it.each([
    '"a b"@example.org',
    '"a@b"@example.org',
    'ana@[192.0.2.1]',
    'ana@[IPv6:2001:db8::1]',
    'ü@bücher.example',
    'b-0123=x+tag@x-y.example',
    'a/b@example.org',
    "o'brien@example.org",
    "'@example.org",
    "'''@example.org",
  ])('such as %s leaves nothing of itself', address => {
    const [first] = address.split(/[@ ]/)
    const hidden = hide(line({ recipient: address, msg: `no ${address}!` }))
    expect(hidden).not.toContain(address.replaceAll('"', '\\"'))
    expect(hidden).not.toContain(`${first?.replaceAll('"', '\\"')}@`)
    expect(() => JSON.parse(hidden)).not.toThrow()
  })
})

it.each([
  '@',
  'a @ b',
  'at /srv/node_modules/@zone-eu/mailsplit/lib/x.js:12:3',
  "Access denied for user 'rebound'@'192.0.2.1'",
  '@example.org ana@',
])('%j is none', text => expect(hide(text)).toBe(text))

it('whatever is logged, no address stays and the line stays JSON', () => {
  const around = fc.string({ unit: 'grapheme', maxLength: 20 }).map(text => text.replaceAll('@', ' '))
  fc.assert(
    fc.property(fc.emailAddress(), around, around, (address, before, after) => {
      const hidden = hide(line({ msg: `${before} <${address}> ${after}`, sender: address }))
      expect(hidden).not.toContain(address)
      expect(JSON.parse(hidden)).toMatchObject({ sender: expect.stringMatching(/^'*address-[0-9a-f]{12}$/) })
    }),
    { numRuns: 1000 },
  )
})

it('a long line of at-signs costs no more than its length', () => {
  for (const unit of ['@', 'a@', "'@", '\\"@', '@[', 'a@a', '/@']) {
    const long = unit.repeat(300_000)
    expect(hide(long).length).toBeGreaterThan(0)
  }
})
