import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SendRef } from '../../src/model/return-path.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { domain, localOf, minted, noon, paths, sampleIds, secret } from './paths.ts'

const strict = paths()
const ids = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  fc.uuid(),
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz'),
    minLength: 17,
    maxLength: 20,
  }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
)
const items = fc.record({
  module: fc.constantFrom('contacts', 'companies', 'leads'),
  id: ids,
  campaign: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  mail: fc.option(ids),
  to: fc.oneof(fc.emailAddress(), fc.string()),
})

const carried = (campaign: number, small: boolean) =>
  small ? { id: String(campaign) } : { number: campaign }

describe('minting', () => {
  test('whatever is minted is read again, in at most 64 octets of a-z 0-9 -', () => {
    let signed = 0
    fc.assert(
      fc.property(items, item => {
        const result = strict.mint(item, noon)
        if (result.kind === 'too-long') return
        signed++
        expect(localOf(result.address)).toMatch(/^[a-z0-9-]{1,64}$/)
        const path = strict.read(result.address, noon)
        const { campaign } = item
        const small = campaign !== null && campaign < 2 ** 31
        expect(path).toMatchObject({
          kind: 'signed',
          canonical: result.address,
          issuedAt: new Date('2026-03-14T00:00:00Z'),
          send: {
            module: item.module,
            recordId: item.id,
            campaign: campaign === null ? null : carried(campaign, small),
            mailId: item.mail,
          },
        })
        expect('send' in path && strict.matches(path.send, item.to)).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(signed).toBeGreaterThan(200)
  })

  test.each(sampleIds)('%s fits with a campaign', id => {
    expect(
      strict.mint({ module: 'leads', id, campaign: 2 ** 32 - 1, mail: null, to: 'a@b.example' }, noon).kind,
    ).toBe('signed')
  })

  test.each([
    ['17 octets of text with a campaign', 'ABCDEFGHIJKLMNOPQ', null, 'signed'],
    ['18 octets of text with a campaign', 'ABCDEFGHIJKLMNOPQR', null, 'too-long'],
    ['a UUID with a campaign and a mail number', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', '77', 'too-long'],
    ['two 64-bit numbers with a campaign', '18446744073709551615', '18446744073709551615', 'signed'],
    ['a 20-character id with a campaign and a mail of five letters', 'a'.repeat(20), 'mails', 'too-long'],
    ['64 characters', 'x'.repeat(64), null, 'too-long'],
  ])('%s: %s', (_, id, mail, kind) => {
    expect(strict.mint({ module: 'contacts', id, campaign: 5, mail, to: 'a@b.example' }, noon).kind).toBe(
      kind,
    )
  })

  test('ids keep their case', () => {
    const path = strict.read(minted('aBc', { mail: 'XyZ' }).toUpperCase(), noon)
    expect(path).toMatchObject({ send: { recordId: 'aBc', mailId: 'XyZ' } })
  })

  test.each([
    ['module', { module: 'accounts' }, 'module accounts: write one of contacts, companies, leads'],
    ['id', { id: '' }, 'id "": write at least one character'],
    ['id', { id: 'a\ud800' }, 'id "a\\ud800": write at least one character of well-formed Unicode'],
    ['mail', { mail: '' }, 'mail "": write at least one character'],
    ['campaign', { campaign: -1 }, 'campaign -1: write a whole number from 0 to 4294967295'],
    ['campaign', { campaign: 2 ** 32 }, 'campaign 4294967296'],
    ['campaign', { campaign: 1.5 }, 'campaign 1.5'],
    ['campaign', { campaign: Number.NaN }, 'campaign NaN'],
  ])('a wrong %s is refused with what to write', (_, change, message) => {
    const item = { module: 'contacts', id: '1', campaign: null, mail: null, to: 'a@b.example', ...change }
    expect(() => strict.mint(item, noon)).toThrow(RangeError)
    expect(() => strict.mint(item, noon)).toThrow(message)
  })

  test('a module beyond the 128th has to be stored', () => {
    const modules = Array.from({ length: 129 }, (_, index) => `module${index}`)
    const many = paths({ modules })
    const mint = (module: string) =>
      many.mint({ module, id: '1', campaign: null, mail: null, to: 'a@b.example' }, noon)
    expect(mint('module128')).toEqual({ kind: 'too-long' })
    expect(many.read(minted('1', { module: 'module127' }, { by: many }), noon)).toMatchObject({
      send: { module: 'module127' },
    })
  })

  test('a module that the list no longer has is forged', () => {
    expect(paths({ modules: ['contacts'] }).read(minted('1', { module: 'leads' }), noon).kind).toBe('forged')
  })
})

describe('days', () => {
  const day = (text: string) => new Date(`${text}Z`)
  test.each([
    ['2026-03-14T00:00:00', '2026-05-13T23:59:59.999', 'signed'],
    ['2026-03-14T23:59:59.999', '2026-05-14T00:00:00', 'expired'],
    ['2026-03-14T12:00:00', '2026-03-14T12:00:00', 'signed'],
    ['2026-03-14T00:00:00', '2026-03-13T00:00:00', 'signed'],
    ['2026-03-14T00:00:00', '2026-03-12T23:59:59.999', 'forged'],
  ])('issued %s, read %s: %s', (issued, read, kind) => {
    expect(strict.read(minted('42', {}, { at: day(issued) }), day(read)).kind).toBe(kind)
  })

  test('an expired path still says whose it was', () => {
    expect(strict.read(minted('42', { campaign: 7 }), day('2027-01-01T00:00:00'))).toMatchObject({
      kind: 'expired',
      send: { recordId: '42', campaign: { id: '7' } },
      issuedAt: day('2026-03-14T00:00:00'),
    })
  })
})

describe('reading', () => {
  function check(address: string, expected: object, unsigned: 'reject' | 'observe' = 'reject'): void {
    expect(paths({ unsigned }).read(address, noon)).toEqual({ raw: address, ...expected })
  }
  test.each([
    ['postmaster', { kind: 'role', mailbox: 'postmaster' }],
    ['PostMaster', { kind: 'role', mailbox: 'postmaster' }],
    [`Postmaster@${domain}`, { kind: 'role', mailbox: 'postmaster' }],
    [`abuse@${domain}.`, { kind: 'role', mailbox: 'abuse' }],
    ['abuse@xn--rcklauf-n2a.example', { kind: 'role', mailbox: 'abuse' }],
    ['abuse@RÜCKLAUF.example', { kind: 'role', mailbox: 'abuse' }],
    ['abuse@elsewhere.example', { kind: 'foreign' }],
    ['postmaster@elsewhere.example', { kind: 'foreign' }],
    [`Returns@${domain}`, { kind: 'inbox', canonical: `returns@${domain}` }],
    [`prvs=1234abcdef=returns@${domain}`, { kind: 'inbox', canonical: `returns@${domain}` }],
    [`sales@${domain}`, { kind: 'unknown' }],
    ['sales', { kind: 'unknown' }],
    ['', { kind: 'unknown' }],
    ['@', { kind: 'foreign' }],
    [`@${domain}`, { kind: 'unknown' }],
    [`b-@${domain}`, { kind: 'forged' }],
    [`B-42@${domain}`, { kind: 'forged' }],
    [`s-42@${domain}`, { kind: 'unknown' }],
    [`sales@${domain}@elsewhere.example`, { kind: 'foreign' }],
    [`sales@${domain}/x`, { kind: 'foreign' }],
    [`sales@${domain}%2f`, { kind: 'foreign' }],
    ['sales@bounces.crm.exam\tple', { kind: 'foreign' }],
    ['sales@[192.0.2.1]', { kind: 'foreign' }],
  ])('%s', (address, expected) => check(address, expected))

  test("an endless address is nobody's", () => {
    const long = 'x'.repeat(5000)
    check(`${long}@${domain}`, { kind: 'unknown' })
    check(`b-${long}@${domain}`, { kind: 'unknown' })
    check(`${long}@${domain}`, { kind: 'unknown' }, 'observe')
    check(`a@${long}`, { kind: 'foreign' })
  })

  test('unknown local parts are observed where that is wanted, forged ones never', () => {
    check(`Sales+X@${domain}`, { kind: 'observed', canonical: `sales+x@${domain}` }, 'observe')
    check(`b-42@${domain}`, { kind: 'forged' }, 'observe')
    check('sales', { kind: 'unknown' }, 'observe')
    check('sales@elsewhere.example', { kind: 'foreign' }, 'observe')
  })

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('', `@${domain}`),
        (local, at) => {
          expect(strict.read(local + at, noon).kind).toMatch(/./)
        },
      ),
    )
  })
})

describe('stored paths', () => {
  const send: SendRef = {
    module: 'contacts',
    recordId: 'x'.repeat(64),
    campaign: { id: 'spring' },
    mailId: null,
    addressCheck: strict.checkOf('ana@example.org'),
  }
  const random = Uint8Array.from({ length: 16 }, (_, index) => index * 16)
  const address = strict.storedAddress(random)
  const token = localOf(address)
  const row = (issuedAt: Date | null) => async (asked: string) =>
    asked === token ? { send, issuedAt } : null

  test('one that has a row is stored, in any case and wrapping', async () => {
    for (const raw of [address, address.toUpperCase(), `prvs=1234abcdef=${address}`]) {
      expect(await strict.resolve(raw, noon, row(noon))).toEqual({
        kind: 'stored',
        raw,
        canonical: address,
        send,
        issuedAt: noon,
      })
    }
    expect(strict.matches(send, 'ANA@Example.org')).toBe(true)
  })

  test('one without a row is unknown, an old one expired, one without a date never', async () => {
    const later = new Date('2026-05-14T00:00:00Z')
    const unsigned = paths({ unsigned: 'observe' })
    expect(await unsigned.resolve(`s-${'0'.repeat(16)}@${domain}`, noon, row(noon))).toMatchObject({
      kind: 'unknown',
    })
    expect(await strict.resolve(address, later, row(noon))).toMatchObject({ kind: 'expired', send })
    expect(await strict.resolve(address, later, row(null))).toMatchObject({ kind: 'stored', issuedAt: null })
  })

  test('nothing else asks the database', async () => {
    const lookup = async () => Promise.reject(new Error('asked'))
    for (const raw of [
      minted('42'),
      `b-42@${domain}`,
      `s-42@${domain}`,
      'postmaster',
      `s-${'0'.repeat(32)}@${domain}`,
    ]) {
      expect(await strict.resolve(raw, noon, lookup)).toEqual(strict.read(raw, noon))
    }
    await expect(strict.resolve(address, noon, lookup)).rejects.toThrow('asked')
  })

  test('a token is recognised by its prefix and length', () => {
    expect(strict.storedToken(token.toUpperCase())).toBe(token)
    expect(strict.storedToken(`prvs=1234abcdef=${token}`)).toBe(token)
    expect(strict.storedToken(localOf(minted('42')))).toBeNull()
    expect(strict.storedToken(`s-${'v'.repeat(26)}`)).toBeNull() // filling bits
  })

  test.each([0, 9, 17])('%i random bytes are refused', length => {
    expect(() => strict.storedAddress(new Uint8Array(length))).toThrow('10 to 16 random bytes')
  })
})

describe('the check of the address', () => {
  const check = (to: string, reported: string): boolean => {
    const path = strict.read(minted('42', { to }), noon)
    return 'send' in path && strict.matches(path.send, reported)
  }
  test.each([
    ['ana@example.org', 'ana@example.org', true],
    [' Ana@Example.ORG. ', 'ana@example.org', true],
    ['ana@bücher.example', 'ANA@xn--bcher-kva.example', true],
    ['jörg@example.org', 'jörg@example.org', true],
    ['JÖRG@example.org', 'jörg@example.org', false],
    ['ana@example.org', 'bea@example.org', false],
    ['ana@example.org', 'ana@example.net', false],
    ['ana+news@example.org', 'ana@example.org', false],
    ['ana@example.org', '', false],
    ['ana', 'ANA', true],
    ['"a@b"@example.org', '"a@b"@EXAMPLE.org', true],
  ])('sent to %s, reported %s: %s', (to, reported, expected) => expect(check(to, reported)).toBe(expected))

  test('the check of an address is made once a message, whatever asks for it', () => {
    let made = 0
    const [key] = signingKeys([secret])
    if (!key) throw new Error('no key')
    const counted = {
      ...key,
      get addressKey() {
        made++
        return key.addressKey
      },
    }
    const counting = paths({ keys: [counted] })
    const sends = ['ana@example.org', 'bea@example.org'].map(to => {
      const path = strict.read(minted('1', { to }), noon)
      if (!('send' in path)) throw new Error(path.kind)
      return path.send
    })
    const matches = counting.messageMatches()
    made = 0
    for (let time = 0; time < 3; time++)
      for (const [at, send] of sends.entries()) {
        expect(matches(send, 'ana@example.org')).toBe(at === 0)
        expect(matches(send, 'bea@example.org')).toBe(at === 1)
      }
    expect(made).toBe(2)
  })

  test('a send without a check, or with one that is none, matches nothing', () => {
    const send = { module: 'contacts', recordId: '1', campaign: null, mailId: null }
    for (const addressCheck of [null, '', 'zz', '00', 'ffffffffff', 'ffffffffffff']) {
      expect(strict.matches({ ...send, addressCheck }, 'ana@example.org')).toBe(false)
    }
  })
})

describe('options', () => {
  test.each([
    [{ keys: [] }, 'signing key'],
    [{ domains: [] }, 'a domain'],
    [{ domains: ['not a domain'] }, '"not a domain" is not a domain name'],
  ])('%j is refused', (change, message) => {
    expect(() => paths(change)).toThrow(message)
  })

  test('the first domain is minted, A-labels included', () => {
    const address = minted('1', {}, { by: paths({ domains: ['Rücklauf.Example.'] }) })
    expect(address).toMatch(/@xn--rcklauf-n2a\.example$/)
  })
})
