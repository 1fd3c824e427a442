// An address is found in every spelling that a mail system gives it, and nobody else's is.

import { describe, expect, test } from 'vitest'
import { isMentioned, spellingsOf, withoutAddress, withoutName } from '../../src/crm/spellings.ts'

const clean = (address: string, text: string, wasCut = false): string =>
  withoutAddress(text, spellingsOf(address), wasCut)

describe('is found', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['as it is', 'ana@example.org', 'to <ana@example.org>: no'],
    ['in capitals', 'ana@example.org', 'to ANA@Example.ORG.'],
    ['in a return path', 'ana@example.org', 'bounces+ana=example.org@crm.example'],
    ['in a return path with an id behind', 'ana@example.org', 'bounce-ana=example.org-42@crm.example'],
    ['percent-encoded, brackets too', 'ana@example.org', 'http://x.example/?a=%3Cana%40example.org%3E'],
    ['percent-encoded twice', 'ana@example.org', 'u=ana%2540example.org&'],
    ['as a percent hack', 'ana@example.org', 'ana%example.org@relay.example'],
    ['as a bang path', 'ana@example.org', 'relay!example.org!ana'],
    ['in xtext', 'ana+x@example.org', 'rfc822;ana+2Bx@example.org'],
    ['in xtext, the at sign too', 'ana@example.org', 'rfc822;ana+40example.org'],
    ['in an SRS address', 'ana@example.org', 'SRS0=hash=tt=example.org=ana@forward.example'],
    ['in quoted-printable', 'ana@example.org', 'to=3Dana=40example.org'],
    ['as HTML', 'ana@example.org', 'ana&#64;example.org'],
    ['quoted', 'ana@example.org', '"ana"@example.org'],
    ['quoted with a space', '"ana b"@example.org', String.raw`{"a":"\"ana b\"@example.org"}`],
    ['quoted where it was not given so', '"ana"@example.org', 'to ana@example.org'],
    ['behind an escape of JSON', 'ana@example.org', String.raw`{"body":"failed:\nana@example.org\n"}`],
    ['in A-labels', 'ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['in U-labels', 'ana@xn--bcher-kva.example', 'ana@BÜCHER.example'],
    ['with a letter in two code points', 'jörg@example.org', 'JO\u0308RG@example.org'],
    ['in UTF-8, percent-encoded', 'jörg@example.org', 'j%C3%B6rg%40example.org'],
    ['in UTF-8 read as Latin-1', 'jörg@example.org', 'jÃ¶rg@example.org'],
    ['in RFC 6533', 'jörg@example.org', String.raw`utf-8;j\x{F6}rg@example.org`],
    ['before the number of a message id', 'ana@example.org', '<ana@example.org.77@crm.example>'],
    ['before numbers', 'ana@example.org', 'ana@example.org.77.3'],
    ['before a hyphen', 'ana@example.org', 'ana@example.org-user unknown'],
    ['at a domain literal', 'ana@[192.0.2.1]', '<ana@[192.0.2.1]>'],
  ]
  test.each(cases)('%s', (_name, address, text) => {
    const left = clean(address, text)
    expect(left).toContain('[forgotten]')
    expect(left).not.toMatch(/ana|rg[@%]/i)
    expect(isMentioned([text], spellingsOf(address))).toBe(true)
    const { anchor } = spellingsOf(address)
    expect(text.toLowerCase()).toContain(anchor)
  })

  test.each(['ana@', 'ana@exam', 'ana@example.or', 'ana=example'])('cut off: %s', beginning => {
    const text = `550 no such user ${beginning}`
    expect(clean('ana@example.org', text, true)).toBe('550 no such user [forgotten]')
    expect(clean('ana@example.org', text)).toBe(text)
  })
})

describe('is not found', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a longer local part', 'juana@example.org'],
    ['one with a dot before', 'maria.ana@example.org'],
    ['one with a tag', 'ana+news@example.org'],
    ['a tag that is the name', 'maria+ana@example.org'],
    ['a longer domain', 'ana@example.org.example'],
    ['a longer domain with a label of digits', 'ana@example.org.77.example'],
    ['a longer domain that begins with digits', 'ana@example.org.7up.example'],
    ['a domain that goes on with a hyphen', 'ana@example.org-b.example'],
    ['a subdomain', 'ana@mail.example.org'],
    ['another domain', 'ana@example.com'],
    ['dots that are no dots', 'ana@exampleXorg'],
    ['a longer return path', 'bounces+juana=example.org@crm.example'],
  ]
  test.each(cases)('%s', (_name, text) => {
    expect(clean('ana@example.org', text)).toBe(text)
    expect(spellingsOf('ana@example.org').isWhole(text)).toBe(false)
  })
})

test.each(['Ana@Example.org.', ' <ana@example.org> ', '"ana"@EXAMPLE.org'])('%s is the whole address', text =>
  expect(spellingsOf('ana@example.org').isWhole(text)).toBe(true),
)

// A quadratic search of this would take longer than a test may.
test('a long text of almost-matches', () => {
  const text = `${'ana@example.or '.repeat(20_000)}${'"'.repeat(50_000)}${'\\'.repeat(50_000)}`
  expect(clean('ana@example.org', text, true)).toBe(text)
})

describe('the bare local part', () => {
  const named = (address: string, text: string): string => withoutName(text, spellingsOf(address))

  test.each([
    ['maria.g@example.org', 'user maria.g unknown', 'user [forgotten] unknown'],
    ['maria.g@example.org', 'Unknown user: MARIA.G.', 'Unknown user: [forgotten].'],
    ['maria.g@example.org', '(\'maria.g\', "maria.g")', "('[forgotten]', [forgotten])"],
    ['maria.g@example.org', '<maria.g@store.example>', '<[forgotten]@store.example>'],
    ['jörg@example.org', 'Benutzer jörg fehlt', 'Benutzer [forgotten] fehlt'],
  ])('%s: %s', (address, text, left) => {
    expect(named(address, text)).toBe(left)
  })

  test.each([
    ['maria.g@example.org', 'maria.gomez, anna-maria.g, maria.g-x, maria.g.x, x.maria.g, maria'],
    ['jo@example.org', 'user jo unknown'],
    ['forgotten@example.org', 'user [forgotten] unknown'],
  ])('%s is not in: %s', (address, text) => {
    expect(named(address, text)).toBe(text)
  })
})
