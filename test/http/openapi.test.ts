import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Client, clientOf } from './client.ts'
import { openWorld, type World } from './world.ts'

let world: World
let client: Client
beforeAll(async () => {
  world = await openWorld()
  client = await clientOf(world)
})
afterAll(() => world.close())

/** Calls `visit` for every object of a JSON value, with the path to it. */
function walk(
  value: unknown,
  visit: (object: Record<string, unknown>, path: string) => void,
  path = '#',
): void {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, visit, `${path}/${index}`)
  else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>, path)
    for (const [key, item] of Object.entries(value)) walk(item, visit, `${path}/${key}`)
  }
}

test('it describes every route of the contract, in OpenAPI 3.1', () => {
  const described = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(client.document.openapi).toBe('3.1.0')
  expect(described.sort()).toEqual(
    [
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'POST /v1/return-paths',
      'GET /v1/incidents',
      'GET /v1/incidents/{id}',
      'POST /v1/incidents/{id}/apply',
      'POST /v1/incidents/{id}/drop',
      'GET /v1/records',
      'GET /v1/records/{module}/{id}',
      'PUT /v1/records/{module}/{id}',
      'PATCH /v1/records/{module}/{id}',
      'POST /v1/records/{module}/{id}/alive',
      'GET /v1/records/{module}/{id}/history',
      'POST /v1/records/reset',
      'POST /v1/bounces/undo',
      'GET /v1/campaigns',
      'GET /v1/campaigns/{id}',
      'PUT /v1/campaigns/{id}',
      'PATCH /v1/campaigns/{id}',
      'GET /v1/bounces',
      'GET /v1/bounces/{id}',
      'GET /v1/bounces/{id}/explanation',
      'POST /v1/bounces/{id}/undo',
      'GET /v1/audit',
      'GET /v1/replies',
      'GET /v1/replies/{id}',
      'GET /v1/summary',
      'GET /v1/attention',
      'POST /v1/addresses/check',
      'POST /v1/addresses/forget',
      'POST /v1/bounces/{id}/apply',
      'GET /v1/categories',
      'GET /v1/bounces/stripped',
      'GET /v1/views',
      'POST /v1/views',
      'PATCH /v1/views/{id}',
      'DELETE /v1/views/{id}',
      'GET /v1/webhooks',
      'POST /v1/webhooks/retry',
      'POST /v1/webhooks/drop',
      'GET /v1/postmaster',
      'GET /v1/postmaster/{id}',
      'GET /v1/doctor',
      'GET /v1/keys',
      'GET /v1/try',
      'POST /v1/try',
      'GET /v1/rules/lint',
      'POST /v1/rules/import',
      'POST /v1/rules/restore',
      'GET /v1/rules',
      'POST /v1/rules',
      'GET /v1/rules/{id}',
      'PATCH /v1/rules/{id}',
      'DELETE /v1/rules/{id}',
      'POST /v1/rules/preview',
      'POST /v1/classify',
    ].sort(),
  )
})

test('every reference leads somewhere and nothing of the making is left', () => {
  const left: string[] = []
  let references = 0
  walk(client.document, (object, path) => {
    for (const key of ['x-ref', '$defs', '$schema', 'id', '$id'])
      if (typeof object[key] === 'string' && !path.endsWith('/properties')) left.push(`${path}/${key}`)
    if (typeof object.$ref !== 'string') return
    references++
    const name = object.$ref.replace('#/components/schemas/', '')
    if (!(name in client.document.components.schemas)) left.push(`${path}: ${object.$ref}`)
  })
  expect(left).toEqual([])
  expect(references).toBeGreaterThan(20)
})

test('operations have a unique id, a summary, described answers and all parameters of their path', () => {
  const ids: string[] = []
  for (const [path, methods] of Object.entries(client.document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      ids.push(operation.operationId)
      expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] })
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const declared = (operation.parameters ?? []).filter(each => each.in === 'path').map(each => each.name)
      expect(declared.sort()).toEqual(inPath.sort())
      expect(Object.keys(operation.responses)).toContain('default')
      for (const response of Object.values(operation.responses))
        expect(response).toMatchObject({ description: expect.stringMatching(/^[A-Z]/) })
      if (method === 'get') expect(operation.requestBody).toBeUndefined()
    }
  expect(new Set(ids).size).toBe(ids.length)
})

test('a list of records is described as JSON, NDJSON and CSV, in which it is answered', async () => {
  const described = client.document.paths['/v1/records']?.get?.responses[200] as
    | { readonly content: Record<string, { schema: Record<string, unknown> }> }
    | undefined
  const content = described?.content ?? {}
  expect(Object.keys(content).sort()).toEqual(['application/json', 'application/x-ndjson', 'text/csv'])
  expect(content['application/json']?.schema).toMatchObject({ properties: { items: { type: 'array' } } })
  for (const [accept, { schema }] of Object.entries(content)) {
    const answer = await world.ask('GET', '/v1/records', { headers: { accept } })
    expect(answer.type.split(';')[0]).toBe(accept)
    if (accept !== 'application/json') expect(schema.type).toBe('string')
  }
  expect(JSON.stringify(client.document)).not.toContain('x-other-media')
})

test('only the probes are open', () => {
  const open = Object.entries(client.document.paths).filter(([, { get }]) => {
    const { security } = (get ?? {}) as { security?: unknown[] }
    return security?.length === 0
  })
  expect(open.map(([path]) => path).sort()).toEqual(['/healthz', '/metrics', '/readyz'])
})

test('every schema is JSON Schema that can be read back', () => {
  const { schemas } = client.document.components
  for (const [name, schema] of Object.entries(schemas)) {
    const inlined = JSON.parse(
      JSON.stringify(schema).replace(/\{"\$ref":"#\/components\/schemas\/(\w+)"\}/g, (_, target: string) =>
        JSON.stringify(schemas[target]),
      ),
    )
    expect(() => z.fromJSONSchema(inlined), name).not.toThrow()
  }
})

test('bodies and parameters say what is required', () => {
  const { paths } = client.document
  expect(paths['/v1/return-paths']?.post).toMatchObject({ requestBody: { required: true } })
  expect(paths['/v1/records/{module}/{id}']?.put).toMatchObject({ requestBody: { required: false } })
  expect(paths['/v1/bounces']?.get?.parameters).toContainEqual({
    name: 'limit',
    in: 'query',
    required: false,
    description: expect.any(String),
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
  })
})

test('what is described as a boolean or a number has no choices of text', () => {
  const wrong: string[] = []
  walk(client.document, (object, path) => {
    const choices = Array.isArray(object.enum) ? object.enum : []
    const { type } = object
    if ((type === 'boolean' || type === 'integer') && choices.some(each => typeof each === 'string'))
      wrong.push(path)
  })
  expect(wrong).toEqual([])
})

interface Validator {
  readonly validate: (document: unknown) => Promise<{ readonly valid: boolean; readonly errors?: unknown }>
}

// A package of its own, since we need it here alone; the name in a variable keeps the compiler from asking for it.
const validatorPackage = '@seriousme/openapi-schema-validator'
const validator: Validator | null = await import(validatorPackage).then(
  module => new module.Validator(),
  () => null,
)

test.skipIf(validator === null)(`${validatorPackage} finds nothing wrong`, async () => {
  const { valid, errors } = (await validator?.validate(structuredClone(client.document))) ?? {}
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
})
if (validator === null) console.log(`left out: ${validatorPackage} is not installed`)
