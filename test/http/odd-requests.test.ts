// Requests that no client makes: each is answered or ended, and the next one is served.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { withWorld } from './world.ts'

/** Writes bytes, goes on writing `more` for as long as the server takes it, and reads until it closes. */
function talk(port: number, bytes: string, more?: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.write(bytes)
      goOn()
    })
    const goOn = (): void => {
      if (more === undefined || socket.destroyed || !socket.writable) return
      socket.write(more, () => setImmediate(goOn))
    }
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => socket.destroy())
    // A reset is an end, too.
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

const ask = (line: string, headers = ''): string =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`
const post = (path: string, body: string, type = 'application/json'): string =>
  ask(`POST ${path}`, `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`) + body
const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth)

const deadlines = { headMs: 500, requestMs: 1_500, checkMs: 50 }

describe('is answered, and the next is served', () => {
  // biome-ignore format: a table
  test.each<[string, string, RegExp]>([
    ['lists 100,000 deep', post('/v1/return-paths', deep('[', ']', 100_000)), /^HTTP\/1\.1 4\d\d /],
    ['objects 100,000 deep', post('/v1/return-paths', `${'{"items":'.repeat(100_000)}1${'}'.repeat(100_000)}`), /^HTTP\/1\.1 4\d\d /],
    ['a key of the prototype', post('/v1/return-paths', '{"__proto__":{"items":[]},"constructor":{"prototype":{}}}'), /^HTTP\/1\.1 400 /],
    ['a number of 100,000 digits', post('/v1/return-paths', `{"items":${'9'.repeat(100_000)}}`), /^HTTP\/1\.1 4\d\d /],
    ['a path with NUL', ask('GET /v1/records/contacts/%00'), /^HTTP\/1\.1 4\d\d /],
    ['a path up the tree', ask('GET /assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd'), /^HTTP\/1\.1 4\d\d /],
    ['a path of broken UTF-8', ask('GET /v1/records/contacts/%c3%28'), /^HTTP\/1\.1 4\d\d /],
    ['a query of 1 MB', ask(`GET /v1/bounces?q=${'x'.repeat(1_000_000)}`), /^HTTP\/1\.1 4(14|31) /],
    ['a query of 3,000 names', ask(`GET /v1/bounces?${Array.from({ length: 3_000 }, (_, n) => `a${n}=`).join('&')}`), /^HTTP\/1\.1 4\d\d /],
    ['the same name 3,000 times', ask(`GET /v1/bounces?${'kind=bounce&'.repeat(1_000)}`), /^HTTP\/1\.1 4\d\d /],
    ['1,000 cookies', ask('GET /healthz', 'Cookie: a=b\r\n'.repeat(1_000)), /^HTTP\/1\.1 (200|431) /],
    ['a cookie of 10 KB of marks', ask('GET /', `Cookie: ${'=;'.repeat(5_000)}\r\n`), /^HTTP\/1\.1 [234]\d\d /],
    ['a whole URL of ours', ask('GET http://localhost/v1/bounces'), /^HTTP\/1\.1 200 /],
    ['a whole URL of another name', ask('GET http://evil.example/v1/bounces'), /^HTTP\/1\.1 403 /],
    ['HEAD', ask('HEAD /healthz'), /^HTTP\/1\.1 200 .*\r\n\r\n$/s],
    ['OPTIONS', ask('OPTIONS /v1/bounces'), /^HTTP\/1\.1 40[45] /],
    ['OPTIONS *', ask('OPTIONS *'), /^HTTP\/1\.1 4\d\d /],
    ['TRACE', ask('TRACE /v1/bounces'), /^HTTP\/1\.1 4\d\d /],
    ['CONNECT', ask('CONNECT example.org:443'), /^(HTTP\/1\.1 4\d\d |$)/],
    ['an unknown method', ask('BREW /pot'), /^HTTP\/1\.1 4\d\d /],
    ['two lengths', ask('POST /v1/classify', 'Content-Length: 1\r\nContent-Length: 2\r\n'), /^HTTP\/1\.1 400 /],
    ['length and chunks', ask('POST /v1/classify', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), /^HTTP\/1\.1 400 /],
    ['a chunk of no length', `${ask('POST /v1/classify', 'Content-Type: message/rfc822\r\nTransfer-Encoding: chunked\r\n')}zz\r\n`, /^HTTP\/1\.1 400 /],
    ['HTTP/2 in cleartext', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 4\d\d /],
    ['an upgrade', ask('GET /healthz', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'), /^HTTP\/1\.1 [24]\d\d /],
    ['a body that waits to be asked for', ask('GET /healthz', 'Expect: 100-continue\r\n'), /^HTTP\/1\.1 (100|200) /],
    ['what nobody can expect', ask('GET /healthz', 'Expect: the-unexpected\r\n'), /^HTTP\/1\.1 (200|417) /],
    ['a chunk with an extension of 1 MB', `${ask('POST /v1/classify', 'Content-Type: message/rfc822\r\nTransfer-Encoding: chunked\r\n')}1;${'x'.repeat(1_000_000)}\r\nx\r\n0\r\n\r\n`, /^HTTP\/1\.1 4\d\d /],
    ['trailers of 1 MB', `${ask('POST /v1/classify', 'Content-Type: message/rfc822\r\nTransfer-Encoding: chunked\r\n')}1\r\nx\r\n0\r\n${'X: y\r\n'.repeat(200_000)}\r\n`, /^HTTP\/1\.1 [24]\d\d /],
    ['a type of 10 KB', post('/v1/classify', 'x', `a/${'b'.repeat(10_000)}`), /^HTTP\/1\.1 200 /],
    ['a compressed body', `${ask('POST /v1/classify', 'Content-Type: message/rfc822\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n')}\x1f\x8b`, /^HTTP\/1\.1 [24]\d\d /],
  ])('%s', (_, bytes, answer) =>
    withWorld({ deadlines, maxMessageBytes: 3_000_000 }, async ({ port }) => {
      expect(await talk(port, bytes)).toMatch(answer)
      expect(await talk(port, ask('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 /)
    }),
  )
})

describe('ends, and the next is served', () => {
  const chunked = 'Content-Type: message/rfc822\r\nTransfer-Encoding: chunked\r\n'
  test.each([
    ['a body of chunks without end', ask('POST /v1/classify', chunked), `8000\r\n${'x'.repeat(0x8000)}\r\n`],
    ['a body of the smallest chunks', ask('POST /v1/classify', chunked), '1\r\nx\r\n'],
    ['a head of fields without end', 'GET /healthz HTTP/1.1\r\n', 'X: y\r\n'],
    ['empty lines before a request', '', '\r\n'],
  ])('%s', (_, bytes, more) =>
    withWorld({ deadlines, maxMessageBytes: 100_000 }, async ({ port }) => {
      await talk(port, bytes, more)
      expect(await talk(port, ask('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 /)
    }),
  )
})
