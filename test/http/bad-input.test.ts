import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BadRequest, badRequests, draft, item, items, long } from './bad-requests.ts'
import { type Client, clientOf } from './client.ts'
import { type Asking, expectProblem, openWorld, type World } from './world.ts'

let world: World
let client: Client
beforeAll(async () => {
  world = await openWorld()
  client = await clientOf(world)
})
afterAll(() => world.close())

/** What the port alone can find wrong. */
const foundByPorts: readonly BadRequest[] = [
  ['POST', '/v1/return-paths', items({}, { id: 'too-long-for-us' }), ['items[1].id']],
  ['POST', '/v1/rules', { body: { ...draft, text: 'taken' } }, ['text']],
]

test.each([...badRequests, ...foundByPorts])(
  '%s %s %j is 400 and names the field',
  async (method, path, asking, fields) => {
    const before = world.asked.filter(([port]) =>
      /change|addSent|addAll|remove|reset/i.test(String(port)),
    ).length
    expectProblem(await world.ask(method, path, asking), 400, fields)
    expect(
      world.asked.filter(([port]) => /change|addSent|addAll|remove|reset/i.test(String(port))).length,
    ).toBe(before)
  },
)

test('no field of any operation is missing from the table', () => {
  const refused = badRequests.map(([method, path, , fields]) => ({
    method: method.toLowerCase(),
    path: path.split('?')[0] ?? '',
    fields: fields.map(field => field.replace(/^(?:items|rules)\[\d+\]\./, '').replace(/\[\d+\]$/, '')),
  }))
  const missing: string[] = []
  for (const { path, method, names } of fieldsOf(client)) {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
    const here = refused.filter(each => each.method === method && pattern.test(each.path))
    for (const name of names)
      if (!here.some(each => each.fields.includes(name))) missing.push(`${method} ${path}: ${name}`)
    const isUnknown = (each: (typeof here)[number]) => each.fields.some(field => !names.includes(field))
    if (!here.some(isUnknown)) missing.push(`${method} ${path}: an unknown field`)
  }
  expect(missing).toEqual([])
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
  expect(await said('POST', '/v1/return-paths', { body: { items: [{ ...item, id: -1 }] } })).toBe(
    'items[0].id must be text of 1 to 64 characters without control characters, or a whole number from 0 to 2^53 - 1',
  )
  expect(await said('GET', `/v1/records/contacts/${'x'.repeat(65)}`)).toBe(
    'id must be text of 1 to 64 characters without control characters',
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
    ['POST', '/v1/bounces/99/apply'],
    ['GET', '/v1/postmaster/99'],
    ['GET', '/v1/rules/99'],
    ['GET', '/v1/incidents/99'],
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
    ['POST', '/v1/bounces', 'GET'],
    ['GET', '/v1/return-paths', 'POST'],
    ['GET', '/v1/bounces/7/undo', 'POST'],
    ['OPTIONS', '/v1/campaigns/spring', 'GET, HEAD, PATCH, PUT'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['PUT', '/v1/rules/3', 'DELETE, GET, HEAD, PATCH'],
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

/** Parameters and body fields of every operation under /v1; the fields of an item stand for themselves. */
function fieldsOf({ document }: Client) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      if (!path.startsWith('/v1/')) return []
      const parameters = (operation.parameters ?? []).map(each => each.name)
      const [body] = Object.values(operation.requestBody?.content ?? {}) as { schema: Schema }[]
      const properties = Object.entries(body?.schema.properties ?? {})
      const inside = properties.flatMap(([, { items }]) => Object.keys(items?.properties ?? {}))
      return [{ path, method, names: [...parameters, ...properties.map(([name]) => name), ...inside] }]
    }),
  )
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}
