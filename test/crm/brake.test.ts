import { describe, expect, test } from 'vitest'
import { blamedHost } from '../../src/crm/blamed-host.ts'
import { concerns, isBadCampaign, openWindow, type Sighting, windowMs } from '../../src/crm/brake.ts'

const at = Date.UTC(2026, 2, 1)
const ports = { isProviders: (host: string) => host.endsWith('.google.com'), usualBlocks: () => 0 }

/** The n-th hard bounce, each of another record, path and domain, all told by one host. */
function hard(n: number, more: Partial<Sighting> = {}): Sighting {
  return {
    at,
    returnPath: `b-${n}`,
    record: `contacts\0${n}`,
    domain: `d${n}.example`,
    provider: 'other',
    host: 'smtp.crm.example',
    campaign: null,
    isHard: true,
    isBlock: false,
    ...more,
  }
}
const block = (n: number, more: Partial<Sighting> = {}): Sighting =>
  hard(n, { isHard: false, isBlock: true, host: null, provider: 'google', domain: 'gmail.com', ...more })

const times = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => make(n))

/** The signs as `sign subject`. */
function signs(
  sightings: readonly Sighting[],
  more: Partial<typeof ports> = {},
  now = at,
): readonly string[] {
  const window = openWindow({ ...ports, ...more })
  for (const sighting of sightings) window.add(sighting)
  return window.signs(now).map(({ sign, subject }) => `${sign} ${subject}`)
}

describe('a host that refuses everybody', () => {
  const host = ['host smtp.crm.example']
  test.each<[string, readonly Sighting[], readonly string[]]>([
    ['20 records of 20 domains', times(20, n => hard(n)), host],
    ['20 records of 10 domains', times(20, n => hard(n, { domain: `d${n % 10}.example` })), host],
    ['19 records', times(19, n => hard(n)), []],
    ['9 domains', times(60, n => hard(n, { domain: `d${n % 9}.example` })), []],
    ['one path, again and again', times(100, n => hard(n, { returnPath: 'b-1' })), []],
    ['one record by many paths', times(100, n => hard(n, { record: 'contacts\x001' })), []],
    ['a provider', times(100, n => hard(n, { host: 'mx1.google.com' })), []],
    ['soft bounces', times(100, n => hard(n, { isHard: false })), []],
    ['nobody says which', times(100, n => hard(n, { host: null })), []],
    [
      'a hoster among many other hosts',
      times(200, n => hard(n, n % 4 === 0 ? {} : { host: `mx.d${n}.example` })),
      [],
    ],
    [
      'among many others, but it refuses addresses of providers',
      times(200, n => hard(n, n % 4 === 0 ? { provider: 'google' } : { host: `mx.d${n}.example` })),
      host,
    ],
  ])('%s', (_, sightings, expected) => expect(signs(sightings)).toEqual(expected))

  test('within ten minutes, and no longer', () => {
    const slow = times(20, n => hard(n, { at: at + n * 40_000 }))
    expect(signs(slow, {}, at + 19 * 40_000)).toEqual([])
    expect(
      signs(
        times(20, n => hard(n)),
        {},
        at + windowMs + 1,
      ),
    ).toEqual([])
  })

  test('is told once for each time that it is seen', () => {
    const window = openWindow(ports)
    for (const sighting of times(20, n => hard(n))) window.add(sighting)
    expect(window.signs(at)).toHaveLength(1)
    expect(window.signs(at)).toHaveLength(0)
    window.add(hard(21))
    expect(window.signs(at)).toMatchObject([{ records: 21, domains: 21 }])
  })
})

test('what people decided upon is no sign again, but what comes after it', () => {
  const window = openWindow(ports)
  for (const sighting of times(30, n => hard(n))) window.add(sighting)
  window.settled({ sign: 'host', subject: 'smtp.crm.example' }, at)
  expect(window.signs(at)).toEqual([])
  for (const sighting of times(20, n => hard(100 + n, { at: at + 1 }))) window.add(sighting)
  expect(window.signs(at + 1)).toMatchObject([{ sign: 'host', records: 20 }])
})

describe('a campaign', () => {
  const hosts = (n: number) => ({ host: `mx.d${n}.example`, campaign: '7' })
  test('is a candidate by its hard bounces', () => {
    expect(signs(times(20, n => hard(n, hosts(n))))).toEqual(['campaign 7'])
    expect(signs(times(19, n => hard(n, hosts(n))))).toEqual([])
  })

  test.each([
    [{ sent: 200, hard: 61 }, true],
    [{ sent: 200, hard: 60 }, false],
    [{ sent: 199, hard: 190 }, false],
    [{ sent: 0, hard: 50 }, false],
  ])('%o is a sign: %s', (campaign, expected) => expect(isBadCampaign(campaign)).toBe(expected))
})

describe('a provider that blocks', () => {
  test.each<[string, readonly Sighting[], number, readonly string[]]>([
    ['50 records of its own domain', times(50, n => block(n)), 0, ['provider google']],
    ['49 of them', times(49, n => block(n)), 0, []],
    [
      '20 records of 10 domains',
      times(20, n => block(n, { domain: `d${n % 10}.example` })),
      0,
      ['provider google'],
    ],
    ['50 where 6 are usual', times(50, n => block(n)), 6, []],
    ['60 where 6 are usual', times(60, n => block(n)), 6, ['provider google']],
    [
      'small sites together',
      times(500, n => block(n, { provider: 'other', domain: `d${n}.example` })),
      0,
      [],
    ],
  ])('%s', (_, sightings, usual, expected) =>
    expect(signs(sightings, { usualBlocks: () => usual } as Partial<typeof ports>)).toEqual(expected),
  )
})

test.each<[Parameters<typeof concerns>[0], Partial<Sighting>, boolean]>([
  [{ sign: 'host', subject: 'smtp.crm.example' }, {}, true],
  [{ sign: 'host', subject: 'smtp.crm.example' }, { isHard: false }, false],
  [{ sign: 'host', subject: 'smtp.crm.example' }, { host: null }, false],
  [{ sign: 'campaign', subject: '7' }, { campaign: '7' }, true],
  [{ sign: 'campaign', subject: '7' }, { campaign: '8' }, false],
  [{ sign: 'provider', subject: 'google' }, { provider: 'google' }, true],
  [{ sign: 'provider', subject: 'google' }, {}, false],
])('%o concerns %o: %s', (incident, sighting, expected) => {
  expect(concerns(incident, hard(1, sighting))).toBe(expected)
})

describe('a mailing of 100,000 raises none', () => {
  // Half at providers, a third at ten hosters with one host for all, the rest with hosts of their own.
  const recipient = (n: number): Partial<Sighting> => {
    const own = { domain: `d${n % 20_011}.example` }
    if (n % 2 === 0) return { provider: 'google', domain: 'gmail.com', host: 'gmail-smtp-in.l.google.com' }
    return n % 3 === 0
      ? { ...own, host: `mx.hoster-${n % 10}.example` }
      : { ...own, host: `mx.d${n}.example` }
  }
  test.each([
    ['with 3 % dead addresses', 0.03],
    ['to an old list with 15 %', 0.15],
  ])('%s, bounced within the hour', (_, share) => {
    const window = openWindow(ports)
    const step = Math.round(1 / share)
    const found: unknown[] = []
    for (let n = 0; n < 100_000; n++) {
      const now = at + n * 36
      if ((n * 7_919) % step === 0) window.add(hard(n, { ...recipient(n), campaign: '7', at: now }))
      if (n % 50 === 0) found.push(...window.signs(now).filter(({ sign }) => sign !== 'campaign'))
    }
    expect(found).toEqual([])
    expect(isBadCampaign({ sent: 100_000, hard: 100_000 * share })).toBe(false)
  })
})

test.each<[string, string | null, string | null, string | null]>([
  ['Remote-MTA', 'MX.Example.ORG.', null, 'mx.example.org'],
  ['with its address', 'mx.example.org [192.0.2.1]', null, 'mx.example.org'],
  ['an address alone', '192.0.2.1', null, '192.0.2.1'],
  ['Postfix', null, 'host mx.example.org[192.0.2.1] said: 550 5.1.1 no', 'mx.example.org'],
  ['Exim', null, 'SMTP error from host mx.example.org [192.0.2.1]: 550', 'mx.example.org'],
  ['a word that is no host', null, 'host not found; host mx.example.org[1] said', 'mx.example.org'],
  ['nothing', null, '550 5.1.1 no such user', null],
  ['a long text', null, `${'host '.repeat(500)}mx.example.org`, null],
])('who refused: %s', (_, remoteMta, diagnostic, expected) =>
  expect(blamedHost({ remoteMta, diagnostic })).toBe(expected),
)
