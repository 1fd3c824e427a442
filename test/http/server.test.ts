import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { Ports } from '../../src/http/ports.ts'
import { expectProblem, openWorld, withWorld } from './world.ts'

/** Writes bytes as they are and reads until the server closes. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}

const gone = async (): Promise<never> => {
  throw Object.assign(new Error('connect ECONNREFUSED mysql://user:secret@db.example'), {
    code: 'ECONNREFUSED',
  })
}
const brokenPorts: Partial<Ports> = {
  records: { get: gone, change: gone, put: gone, alive: gone, history: gone },
  campaigns: { get: gone, change: gone, put: gone, list: gone, addSent: gone },
  bounces: { list: gone, newest: gone, get: gone },
  explain: gone,
  audit: gone,
  replies: { list: gone, get: gone },
  summarise: gone,
  attention: gone,
  checkAddresses: gone,
  resetRecords: gone,
  stripped: gone,
  applyStripped: gone,
  forget: gone,
  views: { list: gone, add: gone, change: gone, remove: gone },
  webhooks: { list: gone, census: gone, retry: gone, drop: gone },
  roleMails: { list: gone, read: gone },
  examine: gone,
  keys: gone,
  mint: gone,
  undo: gone,
  undoMany: gone,
  recordList: gone,
  rules: {
    list: gone,
    get: gone,
    add: gone,
    addAll: gone,
    change: gone,
    remove: gone,
    preview: gone,
    lint: gone,
    restore: gone,
  },
  classify: gone,
  tryOut: { choices: gone, send: gone },
}

const rule = { section: 'body', text: 'x', type: 'hard' }

test.each<[method: string, path: string, body?: unknown]>([
  ['GET', '/v1/records/contacts/42'],
  ['PUT', '/v1/records/contacts/42', {}],
  ['PATCH', '/v1/records/contacts/42', {}],
  ['GET', '/v1/records/contacts/42/history'],
  ['GET', '/v1/campaigns/spring'],
  ['PUT', '/v1/campaigns/spring', {}],
  ['PATCH', '/v1/campaigns/spring', { sentAdd: 1 }],
  ['GET', '/v1/campaigns'],
  ['GET', '/v1/bounces'],
  ['GET', '/v1/bounces?order=newest'],
  ['GET', '/v1/bounces?format=csv'],
  ['GET', '/v1/bounces/7'],
  ['GET', '/v1/bounces/7/explanation'],
  ['GET', '/v1/audit'],
  ['GET', '/v1/replies'],
  ['GET', '/v1/replies/7'],
  ['GET', '/v1/summary'],
  ['GET', '/v1/attention'],
  ['POST', '/v1/addresses/check', { addresses: ['ana@example.org'] }],
  ['POST', '/v1/records/reset', {}],
  ['POST', '/v1/addresses/forget', { address: 'ana@example.org' }],
  ['POST', '/v1/bounces/7/apply'],
  ['GET', '/v1/bounces/stripped'],
  ['GET', '/v1/views'],
  ['POST', '/v1/views', { list: 'records', name: 'x', filters: {} }],
  ['PATCH', '/v1/views/5', {}],
  ['DELETE', '/v1/views/5'],
  ['GET', '/v1/webhooks'],
  ['POST', '/v1/webhooks/retry', {}],
  ['POST', '/v1/webhooks/drop', {}],
  ['GET', '/v1/postmaster'],
  ['GET', '/v1/postmaster/7'],
  ['GET', '/v1/doctor'],
  ['GET', '/v1/keys'],
  ['GET', '/v1/try'],
  ['POST', '/v1/try', { writer: 'postfix', scenario: 'unknown-user' }],
  ['GET', '/v1/rules/lint'],
  ['POST', '/v1/rules/restore', {}],
  ['POST', '/v1/rules/import', { rules: [rule] }],
  ['POST', '/v1/bounces/7/undo'],
  ['POST', '/v1/bounces/undo', { from: '2026-01-31' }],
  ['POST', '/v1/return-paths', { items: [{ module: 'contacts', id: 1, to: 'ana@example.org' }] }],
  ['GET', '/v1/records'],
  ['GET', '/v1/rules'],
  ['GET', '/v1/rules/3'],
  ['POST', '/v1/rules', rule],
  ['PATCH', '/v1/rules/3', {}],
  ['DELETE', '/v1/rules/3'],
  ['POST', '/v1/rules/preview', rule],
  ['POST', '/v1/classify', 'Subject: x'],
])('%s %s is 503 while the database is away', (method, path, body) =>
  withWorld({ ports: brokenPorts }, async world => {
    const answer = await world.ask(method, path, body === undefined ? {} : { body })
    expectProblem(answer, 503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.text).not.toMatch(/secret|ECONNREFUSED/)
    expect(world.log.join()).toContain('ECONNREFUSED')
  }),
)

test('readyz says why, and what throws there is 503 as well', async () => {
  await withWorld(
    { ports: { health: { notReady: async () => 'The database does not answer.' } } },
    async world => {
      const answer = await world.ask('GET', '/readyz')
      expectProblem(answer, 503)
      expect(answer.json?.detail).toBe('The database does not answer.')
      expect((await world.ask('GET', '/healthz')).status).toBe(200)
    },
  )
  await withWorld({ ports: { health: { notReady: gone } } }, async world => {
    expectProblem(await world.ask('GET', '/readyz'), 503)
  })
})

test('a slip of ours is 500 without a stack, and the log has it', () =>
  withWorld(
    {
      metrics: {
        answered: () => {},
        text: async () => {
          throw new TypeError('x is not a function')
        },
      },
    },
    async world => {
      const answer = await world.ask('GET', '/metrics')
      expectProblem(answer, 500)
      expect(answer.text).not.toContain('is not a function')
      expect(world.log.join()).toContain('is not a function')
    },
  ))

test('the log names requests, never tokens, queries or bodies', () =>
  withWorld({ token: 'the-secret-token' }, async world => {
    const headers = { authorization: 'Bearer the-secret-token' }
    await world.ask('GET', '/v1/bounces?after=cursor&limit=7', { headers })
    await world.ask('PUT', '/v1/records/contacts/42', { headers, body: { email: 'ana@private.example' } })
    await world.ask('GET', '/v1/bounces?token=the-secret-token', {
      headers: { authorization: 'Bearer the-secret-tokem' },
    })
    const lines = world.log.map(line => JSON.parse(line)).filter(line => line.msg === 'request')
    expect(lines).toMatchObject([
      { method: 'GET', path: '/v1/bounces', status: 200, ip: '127.0.0.1' },
      { method: 'PUT', path: '/v1/records/contacts/42', status: 200 },
      { method: 'GET', path: '/v1/bounces', status: 401 },
    ])
    expect(world.log.join()).not.toMatch(/secret|limit=7|private\.example/)
  }))

test('probes do not fill the log', () =>
  withWorld({}, async world => {
    const before = world.log.length
    for (const path of ['/healthz', '/readyz', '/metrics']) await world.ask('GET', path)
    expect(world.log.length).toBe(before)
  }))

test.each([
  ['no HTTP at all', 'EHLO client.example\r\n\r\n', 400],
  ['a broken header', 'GET / HTTP/1.1\r\nHost localhost\r\n\r\n', 400],
  [
    'two lengths',
    'POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    400,
  ],
  [
    'length and chunks at once',
    'POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a head of 100 KB', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  [
    'a broken escape',
    'GET /v1/records/contacts/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    400,
  ],
])('%s is answered with a problem, and the server lives', (_name, bytes, status) =>
  withWorld({}, async world => {
    const answer = await talk(world.port, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json')
    expect(answer).toContain(`"status":${status}`)
    expect((await world.ask('GET', '/healthz')).status).toBe(200)
  }),
)

test('a client that breaks off its body hurts nobody', () =>
  withWorld({}, async world => {
    for (const path of ['/v1/return-paths', '/v1/classify']) {
      const socket = connect(world.port, '127.0.0.1')
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`,
      )
      // The server has the head and waits for the body.
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 /)
      await new Promise(resolve => socket.write('{"it', resolve))
      socket.destroy()
    }
    expect((await world.ask('GET', '/healthz')).status).toBe(200)
    expect(world.log.join()).not.toContain('"level":50')
  }))

test('a mail larger than the limit is 413; one as large is not', () =>
  withWorld({ maxMessageBytes: 100_000 }, async world => {
    expect((await world.ask('POST', '/v1/classify', { body: 'x'.repeat(100_000) })).status).toBe(200)
    const answer = await world.ask('POST', '/v1/classify', { body: 'x'.repeat(100_001) })
    expectProblem(answer, 413)
    expect(answer.json?.detail).toContain('100,000')
  }))

test('a reader that swallows nothing of the mail still answers', () =>
  withWorld(
    {
      ports: {
        classify: async () => ({
          classified: {
            kind: 'ordinary',
            recipients: [],
            reportingMta: null,
            original: { messageId: null, envelopeId: null, subject: null },
            problems: [],
          },
          reader: 'none',
          signs: [],
          explanation: [],
        }),
      },
    },
    async world => {
      expect((await world.ask('POST', '/v1/classify', { body: 'x'.repeat(1_000_000) })).status).toBe(200)
      expect((await world.ask('GET', '/healthz')).status).toBe(200)
    },
  ))

test('close lets a running request finish and ends idle connections', async () => {
  let finish = (): void => {}
  let hasStarted = (): void => {}
  const started = new Promise<void>(resolve => {
    hasStarted = resolve
  })
  const world = await openWorld({
    ports: {
      bounces: {
        newest: gone,
        get: gone,
        list: () => {
          hasStarted()
          return new Promise(resolve => {
            finish = () => resolve({ items: [], next: null })
          })
        },
      },
    },
  })
  await world.ask('GET', '/healthz')
  const running = world.ask('GET', '/v1/bounces')
  await started
  const closed = world.close()
  finish()
  expect((await running).status).toBe(200)
  await closed
  await expect(world.ask('GET', '/healthz')).rejects.toThrow()
})

test('a port that is taken rejects the start', () =>
  withWorld({}, async world => {
    await expect(openWorld({ port: world.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  }))
