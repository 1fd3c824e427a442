// A receiver of webhooks for tests: keeps what it is sent and answers as the test says.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers one request; `count` is 1 for the first. */
export type Answer = (response: ServerResponse, received: Received, count: number) => void

export interface Receiver {
  readonly port: number
  readonly url: string
  readonly received: readonly Received[]
  /** How many connections it has had. */
  readonly connections: () => number
  /** How many are open now. */
  readonly open: () => number
  /** Resolves when it has received so many. */
  readonly until: (count: number) => Promise<void>
  readonly answer: (answer: Answer) => void
  /** Ends it and all connections; `on` starts it again at the same port. */
  readonly off: () => Promise<void>
  readonly on: () => Promise<void>
}

export const status =
  (code: number, text = ''): Answer =>
  response =>
    response.writeHead(code).end(text)

export const hang: Answer = () => {}

export async function startReceiver(first: Answer = status(204)): Promise<Receiver> {
  const received: Received[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const sockets = new Set<Socket>()
  let answer = first
  let connections = 0
  let port = 0
  let server = createServer()

  const on = async (): Promise<void> => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        const one = {
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        }
        received.push(one)
        answer(response, one, received.length)
        for (const each of waiting) if (received.length >= each.count) each.resolve()
      })
    })
    server.on('connection', socket => {
      connections++
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    port = (server.address() as AddressInfo).port
  }
  await on()
  return {
    port,
    url: `http://127.0.0.1:${port}/hook?tenant=1`,
    received,
    connections: () => connections,
    open: () => sockets.size,
    until: count =>
      received.length >= count
        ? Promise.resolve()
        : new Promise(resolve => {
            waiting.push({ count, resolve })
          }),
    answer: next => {
      answer = next
    },
    off: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    on,
  }
}
