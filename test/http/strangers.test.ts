// What a stranger's bytes cost: half requests end in time, big bodies are refused unread, every answer has the same headers.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { securityHeaders } from '../../src/http/headers.ts'
import { withWorld } from './world.ts'

/** Writes bytes and reads until the server closes; never closes by itself. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => {
      socket.end()
      resolve(text)
    })
    socket.on('error', reject)
  })
}

const head = 'POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n'

describe('a request that is never finished is ended', () => {
  const never = 600_000
  test.each([
    ['in its head', 'GET /healthz HTTP/1.1\r\nHost: loc', { headMs: 200, requestMs: never }],
    ['before its first byte of body', `${head}Content-Length: 100\r\n\r\n`, { requestMs: 400 }],
    ['in its body', `${head}Content-Length: 100\r\n\r\nSubject: x`, { requestMs: 400 }],
  ])('%s', (_, bytes, deadlines) =>
    withWorld({ deadlines: { headMs: 200, checkMs: 50, ...deadlines } }, async ({ port }) => {
      expect(await talk(port, bytes)).toMatch(/^HTTP\/1\.1 408 /)
    }),
  )
})

describe('a body that says it is too big is refused before a byte of it is read', () => {
  test.each([
    ['a mail', `${head}Content-Length: 100001\r\n\r\n`],
    [
      'JSON',
      'POST /v1/return-paths HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n',
    ],
  ])('%s', (_, bytes) =>
    withWorld({ maxMessageBytes: 100_000 }, async ({ port }) => {
      expect(await talk(port, bytes)).toMatch(/^HTTP\/1\.1 413 /)
    }),
  )
})

describe('every answer has the same headers', () => {
  test.each([
    ['200', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['404', 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['405', 'DELETE /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['403', 'GET /v1/bounces HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    ['413', `${head}Content-Length: 100001\r\n\r\n`],
    ['400', 'GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['400', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['400', 'no HTTP at all\r\n\r\n'],
    ['431', `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s: %s', (status, bytes) =>
    withWorld({ maxMessageBytes: 100_000 }, async ({ port }) => {
      const answer = await talk(port, bytes)
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      const headers = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase().split('\r\n')
      for (const [name, value] of Object.entries(securityHeaders))
        expect(headers).toContain(`${name}: ${value}`.toLowerCase())
    }),
  )
})
