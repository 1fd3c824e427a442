// The load of a bench in a process of its own: connections that are kept, commands pipelined (RFC 2920), raw sockets.
// Takes `LoadOrder` by IPC and answers each with `LoadResult`.

import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fiveKilobyteReports } from './mails.ts'

export interface LoadOrder {
  readonly port: number
  readonly connections: number
  readonly messages: number
  /** One a message; they are used in turn, beginning at `first`. */
  readonly addresses: readonly string[]
  readonly first: number
  readonly startTls: boolean
  /** Messages a second in all; null for as many as the server takes. */
  readonly rate: number | null
}

export interface LoadResult {
  readonly acknowledged: number
  readonly seconds: number
  /** From the last byte of DATA to its answer, milliseconds. */
  readonly p50: number
  readonly p99: number
}

const mails = fiveKilobyteReports().map(mail =>
  mail
    .toString('latin1')
    .replace(/^message-id:[^\n]*\n/im, '')
    .replace(/\r?\n/g, '\r\n')
    .replace(/^\./gm, '..'),
)

process.on('message', (order: LoadOrder) => {
  run(order).then(
    result => process.send?.(result),
    error => {
      console.error(error)
      process.exit(1)
    },
  )
})
console.log('load client ready')

async function run(order: LoadOrder): Promise<LoadResult> {
  const waits: number[] = []
  const started = performance.now()
  let next = 0
  const take = (): number | null => (next < order.messages ? next++ : null)
  const due = (serial: number): number => (order.rate === null ? 0 : started + (serial * 1000) / order.rate)
  await Promise.all(
    Array.from({ length: order.connections }, async () => {
      const talk = await open(order)
      for (let serial = take(); serial !== null; serial = take()) {
        const wait = due(serial) - performance.now()
        if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
        waits.push(await deliver(talk, order, serial))
      }
      talk.end()
    }),
  )
  const seconds = (performance.now() - started) / 1000
  waits.sort((a, b) => a - b)
  const at = (share: number): number =>
    waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { acknowledged: waits.length, seconds, p50: at(0.5), p99: at(0.99) }
}

interface Talk {
  /** Writes and resolves with the next `replies` replies; rejects when one is not 2yz or 3yz. */
  readonly say: (text: string, replies: number) => Promise<void>
  readonly end: () => void
}

async function deliver(talk: Talk, order: LoadOrder, serial: number): Promise<number> {
  const number = order.first + serial
  const address = order.addresses[number % order.addresses.length]
  await talk.say(`MAIL FROM:<>\r\nRCPT TO:<${address}>\r\nDATA\r\n`, 3)
  // A Message-ID of its own makes each message an event of its own.
  const mail = `Message-ID: <${number}@bench.example>\r\n${mails[number % mails.length]}\r\n.\r\n`
  const sent = performance.now()
  await talk.say(mail, 1)
  return performance.now() - sent
}

async function open(order: LoadOrder): Promise<Talk> {
  const socket = connectPlain({ port: order.port, host: '127.0.0.1', noDelay: true })
  const plain = talkOver(socket)
  await plain.say('', 1)
  await plain.say('EHLO bench.example\r\n', 1)
  if (!order.startTls) return plain
  await plain.say('STARTTLS\r\n', 1)
  socket.removeAllListeners('data')
  const secure = connectTls({ socket, rejectUnauthorized: false })
  await new Promise<void>((done, failed) => secure.once('secureConnect', done).once('error', failed))
  const talk = talkOver(secure)
  await talk.say('EHLO bench.example\r\n', 1)
  return talk
}

function talkOver(socket: Socket): Talk {
  let text = ''
  let missing = 0
  let settle: { readonly done: () => void; readonly failed: (error: Error) => void } | null = null
  const fail = (error: Error): void => settle?.failed(error)
  socket.on('data', chunk => {
    text += chunk
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      if (line[3] === '-') continue
      if (line[0] !== '2' && line[0] !== '3') return fail(new Error(`the server answered: ${line}`))
      if (--missing === 0) settle?.done()
    }
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  return {
    say: (words, replies) =>
      new Promise((done, failed) => {
        missing = replies
        settle = { done, failed }
        if (words !== '') socket.write(words, 'latin1')
      }),
    end: () => {
      settle = null
      socket.end('QUIT\r\n')
    },
  }
}
