// One try to deliver: what each kind of answer comes to, and that every one of them comes to an end.

import { readFileSync } from 'node:fs'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Connections, createConnections, type TargetTest } from '../../src/webhook/connection.ts'
import { refusalOf } from '../../src/webhook/networks.ts'
import { post } from '../../src/webhook/post.ts'
import { within } from '../patience.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'
import { type Answer, hang, startReceiver, status } from './receiver.ts'

const anywhere: TargetTest = () => null
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function receiver(answer?: Answer) {
  const started = await startReceiver(answer)
  ends.push(started.off)
  return started
}

function connectionsFor(judge: TargetTest, protocol = 'http:'): Connections {
  const connections = createConnections(protocol, judge)
  ends.push(connections.close)
  return connections
}

interface Options {
  readonly connections?: Connections
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const send = (url: string, options: Options = {}) =>
  post(
    { url: new URL(url), headers: { 'webhook-id': 'evt_1' }, body: '{"ä":1}' },
    options.connections ?? connectionsFor(anywhere),
    {
      signal: options.signal ?? new AbortController().signal,
      timeoutMs: options.timeoutMs ?? within(10_000),
    },
  )

/** A receiver that speaks no HTTP of Node's: writes what it is told as soon as somebody sent a byte. */
async function rawReceiver(onByte: (socket: Socket) => void, server: Server = createTcpServer()) {
  let connections = 0
  let closed = 0
  let bytes = 0
  server.on('connection', (socket: Socket) => {
    connections++
    socket.on('error', () => {})
    socket.on('close', () => closed++)
    socket.on('data', chunk => {
      if (bytes === 0) onByte(socket)
      bytes += chunk.length
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  const { port } = server.address() as { port: number }
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    connections: () => connections,
    closed: () => closed,
    bytes: () => bytes,
  }
}

describe('the status decides', () => {
  test.each([200, 201, 202, 204, 299])('%i is delivered', async code => {
    const { url, received } = await receiver(status(code))
    expect(await send(url)).toEqual({ outcome: 'delivered' })
    expect(received).toMatchObject([
      {
        path: '/hook?tenant=1',
        body: '{"ä":1}',
        headers: { 'webhook-id': 'evt_1', 'content-type': 'application/json', 'content-length': '8' },
      },
    ])
  })

  test.each([400, 401, 404, 410, 429, 500, 503])('%i is not, and its words are kept', async code => {
    const { url } = await receiver(status(code, `because of ${code}`))
    expect(await send(url)).toEqual({
      outcome: 'status',
      status: code,
      error: `answered ${code}: because of ${code}`,
    })
  })

  test.each([301, 302, 303, 307, 308])('%i is not followed', async code => {
    const elsewhere = await receiver()
    const { url } = await receiver(response => response.writeHead(code, { location: elsewhere.url }).end())
    expect(await send(url)).toMatchObject({
      outcome: 'redirect',
      error: expect.stringContaining('REBOUND_WEBHOOK_URL'),
    })
    expect(elsewhere.connections()).toBe(0)
  })
})

describe('an answer has an end', () => {
  const endless =
    (code: number): Answer =>
    response => {
      response.writeHead(code)
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024)));
        response.once('drain', more)
      }
      more()
    }

  test.each([
    [200, { outcome: 'delivered' }],
    [500, { outcome: 'status', status: 500, error: `answered 500: ${'x'.repeat(200)}` }],
  ])('%i and then words without end', async (code, expected) => {
    const { url, open } = await receiver(endless(code))
    expect(await send(url)).toEqual(expected)
    await expect.poll(open).toBe(0)
  })

  test('a header without end', async () => {
    const { url } = await rawReceiver(socket => {
      const more = (): void => {
        while (!socket.destroyed && socket.write('x-more: and more\r\n'));
        socket.once('drain', more)
      }
      socket.write('HTTP/1.1 200 OK\r\n')
      more()
    })
    expect(await send(url)).toMatchObject({
      outcome: 'unreachable',
      error: expect.stringContaining('Header overflow'),
    })
  })

  test('no answer', async () => {
    const { url } = await receiver(hang)
    expect(await send(url, { timeoutMs: 100 })).toEqual({
      outcome: 'timeout',
      error: 'no answer within 0.1 s',
    })
  })

  test('a status and no more', async () => {
    const { url } = await receiver(response => response.writeHead(200).write('x'))
    expect(await send(url, { timeoutMs: 200 })).toEqual({ outcome: 'delivered' })
  })

  test('one byte now and then', async () => {
    const { url, open } = await rawReceiverThatDribbles()
    expect(await send(url, { timeoutMs: 200 })).toMatchObject({ outcome: 'timeout' })
    await expect.poll(open).toBe(0)
  })

  test('a signal ends it, before and in between', async () => {
    const { url, until } = await receiver(hang)
    const stop = new AbortController()
    const sent = send(url, { signal: stop.signal })
    await until(1)
    stop.abort()
    expect(await sent).toEqual({ outcome: 'stopped' })
    expect(await send(url, { signal: stop.signal })).toEqual({ outcome: 'stopped' })
  })
})

async function rawReceiverThatDribbles() {
  let open = 0
  const raw = await rawReceiver(socket => {
    open++
    const timer = setInterval(() => socket.write('H'), 20)
    socket.on('close', () => {
      clearInterval(timer)
      open--
    })
    socket.write('HTTP/1.1 200 OK\r\nx: ')
  })
  return { ...raw, open: () => open }
}

describe('nobody there', () => {
  test('a closed port', async () => {
    const { url, off } = await receiver()
    await off()
    expect(await send(url)).toMatchObject({
      outcome: 'unreachable',
      error: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('a name without an address', async () => {
    expect(await send('http://nobody.invalid/')).toMatchObject({
      outcome: 'unreachable',
      error: expect.stringContaining('nobody.invalid'),
    })
  })

  test('somebody who speaks no HTTP', async () => {
    const { url } = await rawReceiver(socket => socket.end('220 mail.example ESMTP\r\n'))
    expect(await send(url)).toMatchObject({ outcome: 'unreachable' })
  })
})

test('a change of protocols is no answer', async () => {
  const { url } = await rawReceiver(socket =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
  )
  expect(await send(url)).toEqual({
    outcome: 'unreachable',
    error: 'the connection was closed without an answer',
  })
})

describe('connections', () => {
  test('are kept for the next webhook', async () => {
    const { url, connections } = await receiver()
    const kept = connectionsFor(anywhere)
    for (let count = 0; count < 3; count++)
      expect(await send(url, { connections: kept })).toEqual({ outcome: 'delivered' })
    expect(connections()).toBe(1)
  })

  test('that the receiver closed in between cost no try', async () => {
    const { url, received, connections } = await receiver((response, _, count) => {
      // As if its time had been over when our request came in.
      if (count === 2) response.socket?.destroy()
      else response.writeHead(204).end()
    })
    const kept = connectionsFor(anywhere)
    await send(url, { connections: kept })
    expect(await send(url, { connections: kept })).toEqual({ outcome: 'delivered' })
    expect([connections(), received.length]).toEqual([2, 3])
  })

  test('that break at the first request do', async () => {
    const { url, received } = await receiver(response => response.socket?.destroy())
    expect(await send(url)).toMatchObject({ outcome: 'unreachable' })
    expect(received).toHaveLength(1)
  })
})

describe('where nothing may be sent to', () => {
  const inside: TargetTest = ip => refusalOf(ip, false)

  test.each([
    ['127.0.0.1', /127\.0\.0\.1 \(loopback/],
    ['2130706433', /127\.0\.0\.1 \(loopback/],
    ['0x7f.1', /127\.0\.0\.1 \(loopback/],
    ['0', /0\.0\.0\.0 \(this network/],
    ['[::1]', /::1 \(loopback/],
    ['[::ffff:127.0.0.1]', /::ffff:7f00:1 \(IPv4-mapped/],
    ['[::ffff:7f00:1]', /::ffff:7f00:1 \(IPv4-mapped/],
    ['localhost', /localhost is (127\.0\.0\.1|::1) \(loopback/],
    ['LOCALHOST', /localhost is (127\.0\.0\.1|::1) \(loopback/],
  ])('%s is not even connected to', async (host, why) => {
    const { port, connections } = await rawReceiver(socket => socket.end())
    const attempt = await send(`http://${host}:${port}/`, { connections: connectionsFor(inside) })
    expect(attempt).toMatchObject({ outcome: 'refused', error: expect.stringMatching(why) })
    expect(attempt).toMatchObject({ error: expect.stringContaining('REBOUND_WEBHOOK_PRIVATE=allow') })
    expect(connections()).toBe(0)
  })

  test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])('%s may be, when it is allowed', async host => {
    const { port, received } = await receiver()
    const connections = connectionsFor(ip => refusalOf(ip, true))
    expect(await send(`http://${host}:${port}/`, { connections })).toEqual({ outcome: 'delivered' })
    expect(received).toHaveLength(1)
  })

  test.each(['http:', 'https:'])(
    'the address connected to counts, whatever was asked before: no byte is sent over %s',
    async protocol => {
      const { port, bytes, closed } = await rawReceiver(socket => socket.end())
      // The first question is about the target as it is written, the second about the socket.
      const asked: string[] = []
      const judge: TargetTest = ip => (asked.push(ip) > 1 ? 'the socket says so' : null)
      const url = `${protocol}//127.0.0.1:${port}/`
      expect(await send(url, { connections: connectionsFor(judge, protocol) })).toMatchObject({
        outcome: 'refused',
        error: expect.stringContaining('the socket says so'),
      })
      expect(asked).toHaveLength(2)
      await expect.poll(closed).toBe(1)
      expect(bytes()).toBe(0)
    },
  )
})

test.runIf(hasOpenssl)('a certificate that nobody vouches for is no receiver', async () => {
  const { folder, remove } = openCertificateFolder()
  onTestFinished(remove)
  const { certFile, keyFile } = makeCertificate(folder, 'hooks')
  const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
  server.on('tlsClientError', () => {})
  const { port } = await rawReceiver(() => {}, server)
  const attempt = await send(`https://127.0.0.1:${port}/`, {
    connections: connectionsFor(anywhere, 'https:'),
  })
  expect(attempt).toMatchObject({ outcome: 'unreachable', error: expect.stringContaining('self-signed') })
})
