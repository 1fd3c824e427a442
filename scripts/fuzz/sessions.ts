// Random SMTP sessions against the listener of the build: commands whole, broken, cut anywhere and left anyhow; and
// innocent mail beside them.

import { connect, type Socket } from 'node:net'
import { deliver, onTheWire } from '../soak/raw-smtp.ts'
import { grows, heapMegabytes } from './heap.ts'
import { sequence } from './mutate.ts'

const built = async <T>(module: string): Promise<T> =>
  (await import(new URL(`../../dist/src/${module}.js`, import.meta.url).href)) as T
const { createListener } = await built<typeof import('../../src/smtp/listener.ts')>('smtp/listener')
const { createMemoryBudget } =
  await built<typeof import('../../src/message/memory-budget.ts')>('message/memory-budget')
type Listener = ReturnType<typeof createListener>

const AT_ONCE = 200
const PATIENCE_MS = 60_000
const INNOCENT_EVERY = 20
const domain = 'bounces.example'

const fragments = [
  'EHLO fuzz.example\r\n',
  'HELO fuzz\r\n',
  'LHLO x\r\n',
  'MAIL FROM:<>\r\n',
  'MAIL FROM:<ana@example.org> SIZE=100 BODY=8BITMIME\r\n',
  'MAIL FROM:<"a b"@example.org> SIZE=99999999999\r\n',
  'MAIL FROM:<MAILER-DAEMON>\r\n',
  `RCPT TO:<signed@${domain}>\r\n`,
  `RCPT TO:<later@${domain}> NOTIFY=NEVER ORCPT=rfc822;a@b\r\n`,
  `RCPT TO:<fails@${domain}>\r\n`,
  'RCPT TO:<postmaster>\r\n',
  'RCPT TO:<"@:,\\"@x>\r\n',
  'DATA\r\n',
  'Subject: x\r\n\r\n..dots\r\n.\r\n',
  '.\r\n',
  '\r\n.\r\n',
  '\n.\n',
  `${'x'.repeat(70_000)}\r\n.\r\n`,
  '..\r\n'.repeat(200),
  'x',
  'RSET\r\n',
  'NOOP x\r\n',
  'VRFY a\r\n',
  'HELP\r\n',
  'QUIT\r\n',
  'STARTTLS\r\n',
  'AUTH PLAIN AAAA\r\n',
  'XCLIENT ADDR=192.0.2.1\r\n',
  'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
  'GET / HTTP/1.1\r\n',
  'BDAT 5 LAST\r\n',
  '\r\n',
  '\0\xff\u0080\r\n',
  `${'y'.repeat(5_000)}\r\n`,
] as const

/** Plays so many sessions, 200 at a time. Says what went wrong, and how many it were. */
export async function fuzzSessions(count: number, seed: number): Promise<number> {
  const faults: string[] = []
  const listener = open(faults)
  const { port } = await listener.start()
  process.on('uncaughtException', error => faults.push(`an exception escaped: ${error.stack}`))
  process.on('unhandledRejection', error => faults.push(`a promise was rejected: ${String(error)}`))
  const heaps: number[] = []
  let next = 0
  const play = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const fault =
        (seed + n) % INNOCENT_EVERY === 0 ? await innocent(port) : await session(port, sequence(seed + n))
      if (fault !== null) faults.push(`seed ${seed + n}: ${fault}`)
      if ((n + 1) % Math.ceil(count / 10) === 0) heaps.push(heapMegabytes())
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, play))
  await listener.drain(PATIENCE_MS)
  if (listener.connections() > 0) faults.push(`${listener.connections()} connections never ended`)
  if (grows(heaps)) faults.push('the heap grows')
  console.log(`${count} sessions, ${faults.length} faults, heap by tenths: ${heaps.join(' ')} MB`)
  for (const fault of faults.slice(0, 10)) console.log(fault)
  return faults.length
}

function open(faults: string[]): Listener {
  const nothing = (): void => {}
  return createListener(
    {
      host: '127.0.0.1',
      port: 0,
      hostName: 'fuzz.example',
      tls: null,
      limits: {
        maxConnectionsPerIp: 10_000,
        maxConnectionsPerNetwork: 10_000,
        // Some sessions stay until they are sent away; an innocent one on a busy machine must not be.
        idleMs: 5_000,
        dataMs: 5_000,
        lingerMs: 200,
        maxMessageBytes: 200_000,
        maxRoleMailPerDay: 1e9,
      },
    },
    {
      readAddress: address => {
        if (address.startsWith('later')) return new Promise(done => setImmediate(done, signed(address)))
        if (address.startsWith('fails')) return { kind: 'unknown', raw: address }
        return address.endsWith(domain) ? signed(address) : { kind: 'foreign', raw: address }
      },
      receive: async (_, { bytes }) => {
        for await (const _chunk of bytes);
        return { kind: 'accepted', recorded: [] }
      },
      roleMail: { isFull: async () => false, keep: async () => 'kept' },
      memory: createMemoryBudget(1e9),
      log: {
        debug: nothing,
        info: nothing,
        warn: nothing,
        error: (fields, message) => faults.push(`logged: ${message} ${JSON.stringify(fields)}`),
      },
      metrics: {
        certificate: nothing,
        connected: nothing,
        disconnected: nothing,
        rejected: nothing,
        deferred: nothing,
        messageSeconds: nothing,
        messageBytes: nothing,
        tls: nothing,
        tlsFailed: nothing,
      },
    },
  )
}

const signed = (raw: string) => ({
  kind: 'signed' as const,
  raw,
  canonical: raw.toLowerCase(),
  send: { module: 'contacts', recordId: '1', campaign: null, mailId: null, addressCheck: null },
  issuedAt: new Date(0),
})

const innocentMail = onTheWire('Subject: Undelivered Mail Returned to Sender\n\nIt failed.\n')

/** Null, or how a mail was answered that should be taken. */
async function innocent(port: number): Promise<string | null> {
  const answer = await deliver(port, [`signed@${domain}`], innocentMail, { patienceMs: PATIENCE_MS })
  return answer.startsWith('250') ? null : `innocent mail was answered: ${answer}`
}

/** One session; null, or what was wrong with the answers. */
async function session(port: number, below: (n: number) => number): Promise<string | null> {
  const text = Array.from({ length: 1 + below(14) }, () => fragments[below(fragments.length)]).join('')
  const socket = connect({ host: '127.0.0.1', port })
  let heard = ''
  socket.on('data', chunk => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await new Promise<void>(resolve => {
    socket.once(below(4) === 0 ? 'connect' : 'data', () => resolve())
    socket.once('close', () => resolve())
  })
  await say(socket, Buffer.from(text, 'latin1'), below)
  leave(socket, below(4))
  const late = new Promise<string>(resolve => setTimeout(resolve, PATIENCE_MS, 'it never ended').unref())
  const end = await Promise.race([closed, late])
  socket.destroy()
  const wrong = heard
    .split('\r\n')
    .slice(0, -1)
    .find(line => !/^[2345]\d\d[ -][\x20-\x7e]*$/.test(line))
  if (wrong !== undefined) return `answered ${JSON.stringify(wrong)}`
  return typeof end === 'string' ? end : null
}

/** In pieces, cut anywhere, each in a turn of its own. */
async function say(socket: Socket, bytes: Buffer, below: (n: number) => number): Promise<void> {
  for (let at = 0; at < bytes.length && !socket.destroyed; ) {
    const end = at + 1 + below(below(2) === 0 ? 10 : bytes.length)
    socket.write(bytes.subarray(at, end))
    at = end
    await new Promise(setImmediate)
  }
}

function leave(socket: Socket, how: number): void {
  if (how === 0) socket.end()
  else if (how === 1) socket.destroy()
  else if (how === 2) socket.resetAndDestroy()
  // Else it stays until it is sent away.
}
