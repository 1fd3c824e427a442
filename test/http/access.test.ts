import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, access, type MetricsAccess } from '../../src/http/access.ts'
import { HttpProblem } from '../../src/http/problem.ts'
import { askRaw, expectProblem, openWorld, type World } from './world.ts'

const api = '/v1/bounces'
const token = 'a-token-of-some-length'

interface Given {
  readonly route?: string | null
  readonly peer?: string
  readonly headers?: Record<string, string>
}

const tokensOf = (token: string | null) =>
  token === null ? null : () => [{ name: null, token, isReader: false }]

const refusalOf = (decided: ReturnType<Access>) => (decided instanceof HttpProblem ? decided : null)

/** Holds the status that the rules answer, 200 where they let pass. */
function check(token: string | null, given: Given, expected: number): void {
  const { route = api, peer = '127.0.0.1', headers = { host: 'localhost:9925' } } = given
  const refused = refusalOf(access(tokensOf(token))({ route, peer, headers }))
  expect(refused?.status ?? 200).toBe(expected)
  if (expected === 403) expect(refused?.message).toContain('REBOUND_API_TOKEN')
}

describe('without a token', () => {
  test.each<[string, Given, number]>([
    ['localhost', { headers: { host: 'localhost' } }, 200],
    ['localhost with a port, in capitals', { headers: { host: 'LOCALHOST:1' } }, 200],
    ['127.0.0.1', { headers: { host: '127.0.0.1:9925' } }, 200],
    ['[::1]', { peer: '::1', headers: { host: '[::1]:9925' } }, 200],
    ['an IPv4-mapped peer', { peer: '::ffff:127.0.0.1' }, 200],
    ['another loopback address as peer', { peer: '127.8.9.10' }, 200],
    ['another machine', { peer: '192.0.2.1' }, 403],
    ['another machine over IPv6', { peer: '2001:db8::1' }, 403],
    ['a mapped peer of another machine', { peer: '::ffff:192.0.2.1' }, 403],
    ['a peer that is gone', { peer: '' }, 403],
    ['a name that begins like ours', { headers: { host: 'localhost.evil.example' } }, 403],
    ['a name that ends like ours', { headers: { host: 'evil.localhost' } }, 403],
    ['an address that begins like ours', { headers: { host: '127.0.0.1.evil.example' } }, 403],
    ['a user name before ours', { headers: { host: 'localhost@evil.example' } }, 403],
    ['no Host', { headers: {} }, 403],
    ['an empty Host', { headers: { host: '' } }, 403],
    ['::1 without brackets', { headers: { host: '::1' } }, 403],
    ['Forwarded', { headers: { host: 'localhost', forwarded: 'for=192.0.2.1' } }, 403],
    ['X-Forwarded-For', { headers: { host: 'localhost', 'x-forwarded-for': '192.0.2.1' } }, 403],
    ['X-Forwarded-anything', { headers: { host: 'localhost', 'x-forwarded-anything': '' } }, 403],
    ['Via', { headers: { host: 'localhost', via: '1.1 proxy.example' } }, 403],
    ['X-Real-IP', { headers: { host: 'localhost', 'x-real-ip': '127.0.0.1' } }, 403],
    ['our own page', { headers: { host: 'localhost:1', origin: 'http://localhost:1' } }, 200],
    ["another site's page", { headers: { host: 'localhost:1', origin: 'https://evil.example' } }, 403],
    ["another port's page", { headers: { host: 'localhost:1', origin: 'http://localhost:2' } }, 403],
    ['a page without origin', { headers: { host: 'localhost:1', origin: 'null' } }, 403],
    ['metrics by a strange name', { route: '/metrics', headers: { host: 'evil.example' } }, 403],
    ['metrics', { route: '/metrics' }, 200],
    ['healthz from anywhere', { route: '/healthz', peer: '192.0.2.1', headers: {} }, 200],
    ['readyz from anywhere', { route: '/readyz', peer: '192.0.2.1', headers: {} }, 200],
    ['no such route, by a strange name', { route: null, headers: { host: 'evil.example' } }, 403],
  ])('%s', (_name, given, expected) => check(null, given, expected))
})

describe('with a token', () => {
  const sent = (authorization: string): Given => ({ headers: { host: 'localhost', authorization } })
  test.each<[string, Given, number]>([
    ['none', {}, 401],
    ['the token', sent(`Bearer ${token}`), 200],
    ['the scheme in any case', sent(`bearer ${token}`), 200],
    [
      'from another machine by another name',
      { peer: '192.0.2.1', headers: { host: 'crm.example', authorization: `Bearer ${token}` } },
      200,
    ],
    [
      'behind a proxy',
      { headers: { 'x-forwarded-for': '192.0.2.1', authorization: `Bearer ${token}` } },
      200,
    ],
    ['another token', sent('Bearer another'), 401],
    ['the token and more', sent(`Bearer ${token}x`), 401],
    ['a part of the token', sent(`Bearer ${token.slice(0, -1)}`), 401],
    ['another scheme', sent(`Basic ${token}`), 401],
    ['no scheme', sent(token), 401],
    ['an empty token', sent('Bearer '), 401],
    ['the description of the API', { route: '/openapi.json' }, 401],
    ['no such route', { route: null }, 401],
    ['metrics', { route: '/metrics', peer: '192.0.2.1' }, 200],
    ['healthz', { route: '/healthz', peer: '192.0.2.1' }, 200],
    ['readyz', { route: '/readyz', peer: '192.0.2.1' }, 200],
  ])('%s', (_name, given, expected) => check(token, given, expected))
})

describe('metrics', () => {
  const remote = { peer: '192.0.2.1', headers: { host: 'crm.example' } }
  const withToken = { authorization: `Bearer ${token}` }
  test.each<[MetricsAccess, string, Given, number]>([
    ['token', 'without one', {}, 401],
    ['token', 'with it', { headers: { host: 'localhost', ...withToken } }, 200],
    ['token', 'with it from elsewhere', { ...remote, headers: withToken }, 200],
    ['loopback', 'from this machine', {}, 200],
    ['loopback', 'from elsewhere', remote, 403],
    ['loopback', 'from elsewhere, with the token', { ...remote, headers: withToken }, 403],
    ['loopback', 'through a proxy', { headers: { host: 'localhost', 'x-forwarded-for': '::1' } }, 403],
    ['open', 'from elsewhere', remote, 200],
  ])('%s: %s', (metrics, _, { peer = '127.0.0.1', headers = { host: 'localhost' } }, expected) => {
    const refused = refusalOf(access(tokensOf(token), metrics)({ route: '/metrics', peer, headers }))
    expect(refused?.status ?? 200).toBe(expected)
    if (expected === 403) expect(refused?.message).toContain('REBOUND_METRICS=token')
    expect(refusalOf(access(tokensOf(token), metrics)({ route: '/healthz', ...remote }))).toBeNull()
    expect(refusalOf(access(tokensOf(token), metrics)({ route: '/v1/bounces', ...remote }))?.status).toBe(401)
  })
})

describe('over the wire', () => {
  let open: World
  let closed: World
  beforeAll(async () => {
    open = await openWorld()
    closed = await openWorld({ token })
  })
  afterAll(() => Promise.all([open.close(), closed.close()]))

  test('a strange Host is refused with the way out', async () => {
    const { status, text } = await askRaw(open.port, api, { host: 'evil.example' })
    expect({ status, problem: JSON.parse(text) }).toMatchObject({ status: 403, problem: { status: 403 } })
    expect(text).toContain('REBOUND_API_TOKEN')
  })

  test('a forwarded request is refused, and so is everything that does not exist', async () => {
    expect((await askRaw(open.port, api, { host: 'localhost', 'x-forwarded-host': 'x' })).status).toBe(403)
    expect((await askRaw(open.port, '/nowhere', { host: 'evil.example' })).status).toBe(403)
    expect((await askRaw(open.port, '/healthz', { host: 'evil.example' })).status).toBe(200)
  })

  test('a missing token is 401 and tells how', async () => {
    const answer = await closed.ask('GET', api)
    expectProblem(answer, 401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect((await closed.ask('GET', api, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  test('without the token a body is not even read', async () => {
    expectProblem(await closed.ask('PUT', '/v1/records/contacts/42', { body: '{broken' }), 401)
    expectProblem(await closed.ask('DELETE', api), 401)
    expect(closed.asked.filter(([port]) => port === 'records.put')).toEqual([])
  })

  test.each(['/healthz', '/readyz', '/metrics'])('%s needs no token', async path => {
    expect((await closed.ask('GET', path)).status).toBe(200)
  })
})
