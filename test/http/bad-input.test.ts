import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asking, expectProblem, openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const item = { module: 'contacts', id: 42, to: 'ana@example.org' }
const items = (...changes: object[]): Asking => ({
  body: { items: changes.map(change => ({ ...item, ...change })) },
})
const draft = { section: 'body', text: 'gone away', type: 'hard' }
const long = (length: number): string => 'x'.repeat(length)

/** Method, path, what is sent, and the fields that the problem must name. */
type Row = [method: string, path: string, asking: Asking, fields: string[]]

const rows: Row[] = [
  ['GET', '/v1/records/suppliers/1', {}, ['module']],
  ['GET', `/v1/records/contacts/${long(65)}`, {}, ['id']],
  ['GET', `/v1/records/contacts/${long(5000)}`, {}, ['id']],
  ['GET', `/v1/records/contacts/${encodeURIComponent('😀'.repeat(65))}`, {}, ['id']],
  ['GET', '/v1/records/contacts/a%00b', {}, ['id']],
  ['GET', '/v1/records/suppliers/%0a', {}, ['module', 'id']],
  ['GET', '/v1/records/contacts/42/history?limit=0', {}, ['limit']],
  ['GET', '/v1/records/contacts/42/history?after=broken', {}, ['after']],
  ['PUT', '/v1/records/contacts/42', { body: { email: `${long(389)}@example.org` } }, ['email']],
  ['PUT', '/v1/records/contacts/42', { body: { email: '' } }, ['email']],
  ['PUT', '/v1/records/contacts/42', { body: { email: 5 } }, ['email']],
  ['PUT', '/v1/records/contacts/42', { body: { emailBounced: true } }, ['emailBounced']],
  ['PUT', '/v1/records/contacts/42', { body: { emailBounced: 'false' } }, ['emailBounced']],
  ['PUT', '/v1/records/contacts/42', { body: { emial: null, hardBounces: 0 } }, ['emial', 'hardBounces']],
  ['PUT', '/v1/records/contacts/42', { body: '{"__proto__":{"email":null}}' }, ['__proto__']],
  ['PUT', '/v1/records/contacts/42', { body: [] }, ['body']],
  ['PUT', '/v1/records/contacts/42', { body: '"text"' }, ['body']],
  ['PATCH', '/v1/records/contacts/42', { body: { email: 'ana' } }, ['email']],
  ['PATCH', '/v1/records/contacts/42', { body: '{"email":"\\ud800@example.org"}' }, ['email']],
  ['PUT', '/v1/campaigns/spring', { body: { sent: -1 } }, ['sent']],
  ['PUT', '/v1/campaigns/spring', { body: { sent: 1.5 } }, ['sent']],
  ['PUT', '/v1/campaigns/spring', { body: { sent: 1e16 } }, ['sent']],
  ['PUT', '/v1/campaigns/spring', { body: { sentAdd: 1 } }, ['sentAdd']],
  ['PUT', '/v1/campaigns/spring', { body: { name: long(201) } }, ['name']],
  ['PATCH', '/v1/campaigns/spring', { body: { sent: 1, sentAdd: 1 } }, ['sentAdd']],
  ['PATCH', '/v1/campaigns/spring', { body: { name: 'x', sentAdd: 1 } }, ['sentAdd']],
  ['PATCH', '/v1/campaigns/spring', { body: { sentAdd: '5' } }, ['sentAdd']],
  ['PATCH', `/v1/campaigns/${long(65)}`, { body: {} }, ['id']],
  ['GET', '/v1/bounces?limit=-1', {}, ['limit']],
  ['GET', '/v1/bounces?limit=1001', {}, ['limit']],
  ['GET', '/v1/bounces?limit=', {}, ['limit']],
  ['GET', '/v1/bounces?limit=1e2', {}, ['limit']],
  ['GET', '/v1/bounces?limit=5&limit=6', {}, ['limit']],
  ['GET', '/v1/bounces?after=broken', {}, ['after']],
  ['GET', '/v1/bounces?after=a&after=b', {}, ['after']],
  ['GET', '/v1/bounces?kind=bounced&type=both', {}, ['kind', 'type']],
  ['GET', `/v1/bounces?campaign=${long(65)}`, {}, ['campaign']],
  ['GET', '/v1/bounces?order=desc', {}, ['order']],
  ['POST', '/v1/bounces/7/undo', { body: { force: true } }, ['force']],
  ['POST', '/v1/return-paths', {}, ['items']],
  ['POST', '/v1/return-paths', { body: { items: [] } }, ['items']],
  ['POST', '/v1/return-paths', { body: { items: Array.from({ length: 1001 }, () => item) } }, ['items']],
  ['POST', '/v1/return-paths', { body: { items: {} } }, ['items']],
  ['POST', '/v1/return-paths', { body: { items: [item], count: 'no' } }, ['count']],
  ['POST', '/v1/return-paths', items({}, {}, {}, { to: 'ana' }), ['items[3].to']],
  ['POST', '/v1/return-paths', items({ to: `${long(389)}@example.org` }), ['items[0].to']],
  ['POST', '/v1/return-paths', items({ id: 1.5 }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({ id: -1 }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({ id: 2 ** 53 }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({ id: '' }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({ id: long(65) }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({ id: null }), ['items[0].id']],
  ['POST', '/v1/return-paths', items({}, { id: 'too-long-for-us' }), ['items[1].id']],
  ['POST', '/v1/return-paths', items({ module: 'suppliers' }), ['items[0].module']],
  ['POST', '/v1/return-paths', items({ campaign: '', mail: [] }), ['items[0].campaign', 'items[0].mail']],
  ['POST', '/v1/return-paths', items({ email: 'ana@example.org' }), ['items[0].email']],
  ['POST', '/v1/return-paths', { body: { items: [5] } }, ['items[0]']],
  ['POST', '/v1/return-paths', { body: { items: [{}] } }, ['items[0].module', 'items[0].id', 'items[0].to']],
  ['GET', '/v1/records?module=suppliers', {}, ['module']],
  ['GET', '/v1/records?bounced=yes', {}, ['bounced']],
  ['GET', '/v1/records?category=dead', {}, ['category']],
  ['GET', '/v1/records?type=blocked', {}, ['type']],
  ['GET', '/v1/records?from=yesterday', {}, ['from']],
  ['GET', '/v1/records?from=2026-02-31', {}, ['from']],
  ['GET', '/v1/records?to=2026-01-01T10:00:00', {}, ['to']],
  ['GET', '/v1/records?to=2026-01-01T25:00:00Z', {}, ['to']],
  ['GET', '/v1/records?format=xml', {}, ['format']],
  ['GET', '/v1/records?format=csv&after=broken', {}, ['after']],
  ['GET', '/v1/rules?limit=x', {}, ['limit']],
  ['POST', '/v1/rules', {}, ['section', 'text', 'type']],
  ['POST', '/v1/rules', { body: { ...draft, text: '' } }, ['text']],
  ['POST', '/v1/rules', { body: { ...draft, text: 'x'.repeat(101) } }, ['text']],
  ['POST', '/v1/rules', { body: { ...draft, text: 'two\nlines' } }, ['text']],
  ['POST', '/v1/rules', { body: { ...draft, text: 'taken' } }, ['text']],
  ['POST', '/v1/rules', { body: { ...draft, section: 'header', stage: 'first' } }, ['section', 'stage']],
  ['POST', '/v1/rules', { body: { ...draft, type: 'medium', category: 'dead' } }, ['type', 'category']],
  ['POST', '/v1/rules', { body: { ...draft, source: 'shipped', hits: 3 } }, ['source', 'hits']],
  ['PATCH', '/v1/rules/3', { body: { enabled: 1 } }, ['enabled']],
  ['POST', '/v1/rules/preview', { body: { ...draft, replaces: '' } }, ['replaces']],
]

test.each(rows)('%s %s %j is 400 and names the field', async (method, path, asking, fields) => {
  const before = world.asked.filter(([port]) => /change|addSent|remove/.test(String(port))).length
  expectProblem(await world.ask(method, path, asking), 400, fields)
  expect(world.asked.filter(([port]) => /change|addSent|remove/.test(String(port))).length).toBe(before)
})

test('messages say what would be right', async () => {
  const said = async (method: string, path: string, asking: Asking = {}): Promise<unknown> =>
    (await world.ask(method, path, asking)).json?.detail
  expect(await said('GET', '/v1/records/suppliers/1')).toBe(
    'module must be one of contacts, companies, leads',
  )
  expect(await said('GET', '/v1/bounces?limit=-5')).toBe('limit must be a whole number from 1 to 1000')
  expect(await said('PUT', '/v1/records/contacts/42', { body: { emial: 'x' } })).toBe(
    'emial cannot be sent here; what can be sent is email, emailBounced',
  )
  expect(await said('PUT', '/v1/records/contacts/42', { body: { emailBounced: true } })).toBe(
    'emailBounced can only be set to false, which resets the record; bounces set it to true',
  )
  expect(await said('POST', '/v1/return-paths', { body: { items: [{}] } })).toBe(
    'items[0].module is missing (and 2 more)',
  )
})

test('of a thousand wrong items the first hundred faults are named', async () => {
  const answer = await world.ask('POST', '/v1/return-paths', {
    body: { items: Array.from({ length: 1000 }, () => ({ ...item, to: 'x' })) },
  })
  expect(answer.status).toBe(400)
  expect(answer.json?.errors).toHaveLength(100)
})

describe('what does not exist', () => {
  test.each([
    ['GET', '/v1/records/contacts/43'],
    ['PATCH', '/v1/records/contacts/43'],
    ['GET', '/v1/records/contacts/43/history'],
    ['GET', '/v1/campaigns/autumn'],
    ['PATCH', '/v1/campaigns/autumn'],
    ['POST', '/v1/bounces/99/undo'],
    ['PATCH', '/v1/rules/99'],
    ['DELETE', '/v1/rules/99'],
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/records/contacts/42/'],
    ['GET', '/v1/../etc/passwd'],
    ['POST', '/v2/return-paths'],
  ])('%s %s is 404', async (method, path) => {
    expectProblem(await world.ask(method, path), 404)
  })

  test('a rule to stand for that is not there is 404', async () => {
    expectProblem(await world.ask('POST', '/v1/rules/preview', { body: { ...draft, replaces: 99 } }), 404)
  })
})

describe('methods', () => {
  test.each([
    ['DELETE', '/v1/records/contacts/42', 'GET, HEAD, PATCH, PUT'],
    ['POST', '/v1/bounces', 'GET, HEAD'],
    ['GET', '/v1/return-paths', 'POST'],
    ['GET', '/v1/bounces/7/undo', 'POST'],
    ['OPTIONS', '/v1/campaigns/spring', 'GET, HEAD, PATCH, PUT'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['GET', '/v1/rules/3', 'DELETE, PATCH'],
    ['GET', '/v1/rules/preview', 'POST'],
    ['GET', '/v1/classify', 'POST'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
  ])('%s %s is 405 and lists %s', async (method, path, allow) => {
    const answer = await world.ask(method, path)
    expectProblem(answer, 405)
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('405 comes before anything is said of a body', async () => {
    expectProblem(
      await world.ask('PUT', '/v1/bounces', { body: 'x', headers: { 'content-type': 'text/x' } }),
      405,
    )
  })
})

describe('bodies', () => {
  const put = (body: string, type = 'application/json') =>
    world.ask('PUT', '/v1/records/contacts/42', { body, headers: { 'content-type': type } })

  test.each(['{', '{"email":}', "{'email':null}", 'null', '{"email":null}}', '\u0000'])(
    '%j is no JSON object',
    async body => expectProblem(await put(body), 400),
  )

  test('bytes that are no UTF-8 are refused', async () => {
    const response = await fetch(`${world.url}/v1/records/contacts/42`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    })
    expect({ status: response.status, problem: await response.json() }).toMatchObject({
      status: 400,
      problem: { detail: expect.stringContaining('UTF-8') },
    })
  })

  test('deep nesting is refused and hurts nothing', async () => {
    expectProblem(await put('['.repeat(500_000) + ']'.repeat(500_000)), 400, ['body'])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data'])(
    '%s is 415',
    async type => expectProblem(await put('{}', type), 415),
  )

  test.each(['application/json; charset=utf-8', 'application/merge-patch+json', 'APPLICATION/JSON'])(
    '%s is JSON',
    async type => expect((await put('{}', type)).status).toBe(200),
  )

  test('a byte order mark and white space are nothing', async () => {
    expect((await put('\ufeff {} ')).status).toBe(200)
    expect((await put(' ')).status).toBe(200)
  })

  test('more than two megabytes are 413', async () => {
    expectProblem(await put(`{"email":"${long(2 * 1024 * 1024)}"}`), 413)
  })
})
