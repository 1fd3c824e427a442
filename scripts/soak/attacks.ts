// What strangers did to a server, each bounded in count and time. All from loopback addresses of their own networks.

import { places, repeated, type Unit, units } from '../fuzz/shapes.ts'
import { deliver, onTheWire, openSession, type RawSession } from './raw-smtp.ts'

/** The server under attack, and return paths that the attacker knows. */
export interface Victim {
  readonly smtpPort: number
  readonly httpPort: number
  readonly paths: readonly string[]
  readonly domain: string
}

export interface Attack {
  readonly name: string
  /** Most that the server may take meanwhile; of attacks that say nothing, 400. */
  readonly maxMegabytes?: number
  /** What its server is set to besides; those with the same settings share one. */
  readonly settings?: Readonly<Record<string, string>>
  /** Most events that it may leave. */
  readonly maxRows?: number
  /** Attempts made. `scale` 1 is the attack in full, less is a short form of it. */
  readonly run: (victim: Victim, scale: number) => Promise<number>
}

const MB = 1_000_000
/** How long a mail of a flood may wait: five gigabytes take their time. */
const floodMs = 10 * 60_000

/** So many at once, each by its number. */
async function atOnce(count: number, act: (n: number) => Promise<unknown>): Promise<number> {
  await Promise.all(Array.from({ length: count }, (_, n) => act(n)))
  return count
}

async function oneByOne(count: number, act: (n: number) => Promise<unknown>): Promise<number> {
  for (let n = 0; n < count; n++) await act(n)
  return count
}

const scaled = (count: number, scale: number): number => Math.max(1, Math.round(count * scale))

/** A mail of this shape, eight megabytes of it in full. */
function shape(name: string, unit: Unit, place: keyof typeof places): Attack {
  return {
    name,
    run: ({ smtpPort, paths }, scale) => {
      const put = places[place] ?? (text => text)
      const bytes = onTheWire(put(repeated(unit, scaled(8 * MB, scale))))
      return atOnce(3, n => deliver(smtpPort, [paths[n] ?? ''], bytes, { from: `127.2.0.${n + 1}` }))
    },
  }
}

const known = (name: string): Unit => own[name] ?? units[name] ?? name

/** What only these attacks repeat. */
const own: Readonly<Record<string, Unit>> = {
  'part of text': `--b\nContent-Type: text/plain\n\n${'words '.repeat(15_000)}\n`,
  'line of text': `${'words '.repeat(12)}\n`,
}

/** Big mails on many connections at once, from ten networks. */
function flood(
  name: string,
  unit: string,
  place: keyof typeof places,
  { connections, megabytes }: { readonly connections: number; readonly megabytes: number },
): Attack {
  return {
    name: `${name}, ${connections} connections × ${megabytes} MB`,
    run: ({ smtpPort, paths }, scale) => {
      const put = places[place] ?? (text => text)
      const mail = onTheWire(put(repeated(known(unit), scaled(megabytes * MB, scale))))
      return atOnce(scaled(connections, scale), n =>
        deliver(smtpPort, [paths[n % paths.length] ?? ''], mail, {
          from: `127.3.${n % 10}.1`,
          patienceMs: floodMs,
        }),
      )
    },
  }
}

/** Big mails, but nothing else about them is unusual. */
const ordinaryFlood: Attack = {
  ...flood('ordinary reports', 'line of text', 'a returned mail', { connections: 500, megabytes: 10 }),
  maxMegabytes: 250,
}

/** Blocks about people that none of the paths is for. */
const blocks = (count: number, words: string): string =>
  Array.from(
    { length: count },
    (_, n) =>
      `Final-Recipient: rfc822; ${words}${n}@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown ${words} ${n}\n`,
  ).join('\n')

/** What somebody without a valid path may leave: the default of REBOUND_UNPROVEN_PER_DAY, and the mail that reaches it. */
const maxUnproven = 1_000 + 200
/** Ids of records and campaigns from here on are those that these attacks guess. */
export const firstGuessed = 1_000

/** The same mail to 100 addresses that nobody minted. Each attack has a network of its own, which has its share a day. */
const toMany = (
  name: string,
  from: string,
  mail: (n: number) => string,
  local: (n: number) => string,
  settings: Readonly<Record<string, string>>,
): Attack => ({
  name,
  settings,
  maxRows: maxUnproven,
  run: ({ smtpPort, domain }, scale) =>
    oneByOne(scaled(30, scale), n =>
      deliver(
        smtpPort,
        Array.from({ length: 100 }, (_, at) => `${local(n * 100 + at)}@${domain}`),
        onTheWire(mail(n)),
        { from },
      ),
    ),
})

const complaint = (n: number): string =>
  (places['a complaint'] ?? String)(
    `Feedback-Type: abuse\nVersion: 1\nUser-Agent: ${n}\nOriginal-Rcpt-To: <u${n}@example.org>\n`,
  )

const legacy = { REBOUND_LEGACY: 'bounce-{module}-{id}-{campaign}' }
const guessed = (n: number): string => `bounce-contacts-${firstGuessed + n}-${firstGuessed + n}`
const apiToken = 'the-right-token-of-a-server-under-attack'

const statusPart = places['a status part'] ?? (text => text)

export const attacks: readonly Attack[] = [
  shape('encoded words in unknown charsets', known('word unknown each'), 'fields of addresses'),
  shape('encoded words in a header', known('word unknown each'), 'a header'),
  shape('Base64 of padding', known('equals'), 'Base64 by name'),
  shape('HTML of less-than signs', known('less-than'), 'a notice in HTML'),
  shape('recipient blocks with long diagnostics', known('block long'), 'a status part'),
  shape('lines of replies', known('reply bracketed'), 'a notice'),
  shape('labelled blocks', known('labels named'), 'a notice'),
  shape('a multibyte charset of other bytes', known('eight bit'), 'a multibyte charset'),
  flood('headers of parts', 'part fields', 'a multipart', { connections: 50, megabytes: 8.3 }),
  flood('bodies of parts', 'part of text', 'a multipart', { connections: 50, megabytes: 8.3 }),
  ordinaryFlood,
  ...(
    [
      ['headers of parts', 'part fields', 'a multipart'],
      ['bodies of parts', 'part of text', 'a multipart'],
      ['one text', 'line of text', 'a notice'],
      ['one header', 'line of text', 'a header'],
      ['nested parts', 'nested', 'heads of parts'],
      ['recipient blocks', 'block long', 'a status part'],
    ] as const
  ).map(([name, unit, place]) => flood(name, unit, place, { connections: 500, megabytes: 10 })),
  {
    name: '100 recipients of 100 blocks',
    maxRows: 600,
    run: ({ smtpPort, paths }, scale) =>
      oneByOne(scaled(3, scale), n =>
        deliver(smtpPort, paths.slice(0, 100), onTheWire(statusPart(blocks(100, `many${n}x`))), {
          from: '127.4.0.1',
        }),
      ),
  },
  {
    name: 'forged reports to one path',
    run: ({ smtpPort, paths }, scale) =>
      oneByOne(scaled(400, scale), n =>
        deliver(smtpPort, [paths[0] ?? ''], onTheWire(statusPart(blocks(1, `forged${n}x`))), {
          from: '127.5.0.1',
        }),
      ),
  },
  {
    name: 'tiny mails to the postmaster',
    run: ({ smtpPort, domain }, scale) =>
      oneByOne(scaled(999, scale), n =>
        deliver(smtpPort, [`postmaster@${domain}`], onTheWire(`Subject: ${n}\n\nx\n`), { from: '127.6.0.1' }),
      ),
  },
  toMany(
    '100 recipients of 100 blocks, observed',
    '127.4.1.1',
    n => statusPart(blocks(100, `seen${n}x`)),
    n => `anybody-${n}`,
    { REBOUND_UNSIGNED: 'observe' },
  ),
  toMany('guessed ids that bounced', '127.4.2.1', n => statusPart(blocks(1, `guess${n}x`)), guessed, legacy),
  toMany('guessed ids that complained', '127.4.3.1', complaint, guessed, legacy),
  {
    name: '100 blocks to the inbox',
    settings: { REBOUND_INBOX: 'returns' },
    maxRows: maxUnproven,
    run: ({ smtpPort, domain }, scale) =>
      oneByOne(scaled(20, scale), n =>
        deliver(smtpPort, [`returns@${domain}`], onTheWire(statusPart(blocks(100, `inbox${n}x`))), {
          from: '127.4.4.1',
        }),
      ),
  },
  { name: 'slow senders of one network', run: slowSenders },
  { name: 'empty messages in one session', run: emptyMessages },
  { name: 'half-sent requests over HTTP', run: halfRequests },
  { name: 'wrong tokens over HTTP', settings: { REBOUND_API_TOKEN: apiToken }, maxRows: 0, run: wrongTokens },
]

/** A byte a second from every address of a /24, as many connections as it may have. */
async function slowSenders({ smtpPort, paths }: Victim, scale: number): Promise<number> {
  const sessions: RawSession[] = []
  const attempts = scaled(600, scale)
  await atOnce(attempts, async n => {
    try {
      const session = await openSession(smtpPort, { from: `127.7.0.${1 + (n % 250)}` })
      sessions.push(session)
      for (const line of [
        null,
        'EHLO slow.example',
        'MAIL FROM:<>',
        `RCPT TO:<${paths[n % paths.length]}>`,
        'DATA',
      ])
        await session.ask(line)
    } catch {
      // Turned away, as it should be.
    }
  })
  await oneByOne(scaled(20, scale), async () => {
    await Promise.all(sessions.map(session => session.send('x').catch(() => {})))
    await new Promise(done => setTimeout(done, 250))
  })
  for (const session of sessions) session.end()
  return attempts
}

async function emptyMessages({ smtpPort, paths }: Victim, scale: number): Promise<number> {
  const attempts = scaled(3000, scale)
  try {
    const session = await openSession(smtpPort, { from: '127.8.0.1' })
    for (const line of [null, 'EHLO empty.example']) await session.ask(line)
    await oneByOne(attempts, async () => {
      for (const line of ['MAIL FROM:<>', `RCPT TO:<${paths[0]}>`, 'DATA', '.']) await session.ask(line)
    })
    session.end()
  } catch {
    // Cut, as it should be.
  }
  return attempts
}

/** Requests that never end: the first line of each. */
async function halfRequests({ httpPort }: Victim, scale: number): Promise<number> {
  const sessions: RawSession[] = []
  const attempts = await atOnce(scaled(700, scale), async () => {
    try {
      const session = await openSession(httpPort)
      sessions.push(session)
      await session.send('POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n')
    } catch {
      // Turned away.
    }
  })
  await new Promise(done => setTimeout(done, 2_000 * scale))
  for (const session of sessions) session.end()
  return attempts
}

/** From ten networks; throws when one is answered by anything but 401 and, beyond ten a minute, 429. */
async function wrongTokens({ httpPort }: Victim, scale: number): Promise<number> {
  const networks = 10
  return await atOnce(networks, async network =>
    oneByOne(scaled(150, scale), async n => {
      const session = await openSession(httpPort, { from: `127.9.${network}.1` })
      const asked = `GET /v1/bounces HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${n}${apiToken}\r\n`
      const answer = await session.ask(`${asked}Connection: close\r\n`)
      session.end()
      if (!answer.includes(n < 10 ? ' 401 ' : ' 429 ')) throw new Error(`wrong token ${n}: ${answer}`)
    }),
  ).then(() => networks * scaled(150, scale))
}
