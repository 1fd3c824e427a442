// Clients that ask and do not read: what waits for them is bounded, and so is the time.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bounce, withWorld } from './world.ts'

async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => {
    socket.destroy()
  })
  // A reset is an end, too.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

const closed = (socket: Socket): Promise<void> => new Promise(done => socket.once('close', () => done()))

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

test('who asks again and again before the first answer is cut, and little is done for him', async () => {
  let asked = 0
  const metrics = {
    answered: () => {},
    text: async () => {
      asked++
      return { contentType: 'text/plain', body: 'x'.repeat(100_000) }
    },
  }
  await withWorld({ metrics }, async ({ port, ask }) => {
    const socket = await client(port)
    const gone = closed(socket)
    socket.resume()
    socket.write(get('/metrics').repeat(2_000))
    await gone
    expect(asked).toBeLessThanOrEqual(4)
    expect((await ask('GET', '/healthz')).status).toBe(200)
  })
})

test('four requests in one piece are answered in their order, and so are the next', async () => {
  await withWorld({}, async ({ port }) => {
    const socket = await client(port)
    let text = ''
    socket.setEncoding('latin1')
    const answers = async (count: number): Promise<readonly (string | undefined)[]> => {
      const statuses = (): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? []
      while (statuses().length < count) text += (await once(socket, 'data'))[0]
      return statuses().map(line => line.slice(-3))
    }
    const four = [get('/healthz'), get('/nowhere'), get('/v1/bounces'), get('/v1/records/contacts/nobody')]
    for (let round = 1; round <= 3; round++) {
      socket.write(four.join(''))
      expect((await answers(4 * round)).slice(-4)).toEqual(['200', '404', '200', '404'])
    }
  })
})

test('who reads nothing of an answer is cut in time, and no more of it is made, though he goes on sending', async () => {
  let pages = 0
  const page = async () => ({ items: Array.from({ length: 1_000 }, () => bounce), next: `${++pages}` })
  const bounces = { get: async () => null, list: page, newest: page } as never
  await withWorld({ ports: { bounces }, deadlines: { stalledMs: 300 } }, async ({ port }) => {
    const socket = await client(port)
    const gone = closed(socket)
    socket.write(get('/v1/bounces', 'Accept: text/csv\r\n'))
    // Empty lines before a request are nothing (RFC 9112 §2.2). Who reads nothing learns of the end only by writing.
    const writing = setInterval(() => socket.write('\r\n'), 20)
    await gone.finally(() => clearInterval(writing))
    expect(pages).toBeGreaterThan(0)
    expect(pages).toBeLessThan(100)
  })
})

test('of a client that hung up nothing is left, though its answers waited behind one another', async () => {
  const stalledMs = 271
  const set = vi.spyOn(globalThis, 'setInterval')
  const cleared = vi.spyOn(globalThis, 'clearInterval')
  const left = (): number => {
    const gone = new Set(cleared.mock.calls.map(([timer]) => timer))
    return set.mock.results.filter(
      ({ value }, at) => set.mock.calls[at]?.[1] === stalledMs && !gone.has(value),
    ).length
  }
  let isAsked = (): void => {}
  const asked = new Promise<void>(done => {
    isAsked = done
  })
  let answer = (): void => {}
  const slow = new Promise<void>(done => {
    answer = done
  })
  const text = async () => {
    isAsked()
    await slow
    return { contentType: 'text/plain', body: 'x' }
  }
  await withWorld(
    { metrics: { answered: () => {}, text }, deadlines: { stalledMs } },
    async ({ port, ask }) => {
      const many = await client(port)
      many.write(get('/v1/records/contacts/nobody').repeat(5))
      await closed(many)
      const hasty = await client(port)
      hasty.write(get('/metrics'))
      await asked
      hasty.destroy()
      await ask('GET', '/healthz')
      answer()
      expect(set.mock.calls.filter(([, ms]) => ms === stalledMs).length).toBeGreaterThan(0)
      await expect.poll(left).toBe(0)
    },
  )
})
