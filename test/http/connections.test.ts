// Half of a request keeps nobody out: when all connections are taken, it is the first to go.

import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { withWorld } from './world.ts'

const held = new Set<Socket>()
afterEach(() => {
  for (const socket of held) socket.destroy()
  held.clear()
})

/** Opens a connection, sends this much, and waits for nothing. */
function hold(port: number, bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      if (bytes === '') resolve(socket)
      else socket.write(bytes, () => resolve(socket))
    })
    held.add(socket)
    socket.on('error', reject)
    // Once it is open, that it is cut is what is meant to happen.
    socket.once('connect', () => socket.on('error', () => {}))
  })
}

const post = 'POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n'

test.each([
  ['that say nothing', ''],
  ['with half a head', 'GET /healthz HTTP/1.1\r\nHost: loc'],
  ['with a head and no body', `${post}Content-Length: 100\r\n\r\n`],
  ['with half a body', `${post}Content-Length: 100\r\n\r\nSubject: x`],
  ['that were answered once', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
])('300 connections of one client %s keep nobody out', async (_, bytes) => {
  await withWorld({ deadlines: { headMs: 60_000, requestMs: 120_000 } }, async ({ port }) => {
    for (let n = 0; n < 300; n++) {
      await hold(port, bytes)
      if (n % 30 !== 29) continue
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } })
      expect(answer.status).toBe(200)
    }
  })
})
