// A client that has only /openapi.json calls everything in it on a running server, with bodies and parameters made of
// their schemas, and holds every answer to its schema. What it learns from answers: ids, and the cursors of lists.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Client, clientOf, type Operation } from './client.ts'
import { inlined, type Schema, sampleOf } from './sample.ts'
import { askAt } from './world.ts'

interface Call {
  readonly name: string
  readonly path: string
  readonly operation: Operation
}

let world: World
let client: Client
let calls: readonly Call[]
const called = new Set<string>()

beforeAll(async () => {
  world = await newWorld('sqlite')
  client = await clientOf({ ask: askAt(world.server.url) })
  const address = await world.mint({ module: 'contacts', id: 'x', campaign: 'x', to: 'ana@example.org' })
  await world.send(address, report({ address: 'ana@example.org' }))
  await world.send(address, 'From: ana@example.org\r\nSubject: Re: News\r\n\r\nPlease call me.\r\n')
  await world.send(
    'postmaster@bounces.crm.example',
    'From: ana@example.org\r\nSubject: Hello\r\n\r\nHello\r\n',
  )
  // What is kept of a message is written beside its way.
  await vi.waitFor(
    async () => expect(await world.get('/v1/bounces/1/explanation')).toHaveProperty('reader'),
    { timeout: within(10_000) },
  )
  // One to apply and one to drop.
  for (const subject of ['smtp.a.example', 'smtp.b.example'])
    await world.store.knex('rebound_incidents').insert({
      sign: 'host',
      subject,
      opened_at: 0,
      last_sign_at: 0,
      ended_at: 0,
      records: 20,
      domains: 10,
    })
  // What is made comes before what is read, and removing last.
  const order = ['put', 'post', 'get', 'patch', 'delete']
  calls = Object.entries(client.document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: method, path, operation })),
    )
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map(each => ({ ...each, name: `${each.name.toUpperCase()} ${each.path}` }))
})
afterAll(() => world?.close())

/** The id of a rule that was added, of a bounce that is listed; else what the schema allows. */
async function idFor(path: string, schema: Schema): Promise<string> {
  if (path.startsWith('/v1/rules')) return String(added)
  if (path.startsWith('/v1/replies')) return '2'
  if (path.startsWith('/v1/postmaster')) {
    const { json } = await client.call('listPostmasterMail')
    return (json as { items: { id: string }[] }).items[0]?.id ?? 'none'
  }
  if (path.startsWith('/v1/views')) {
    const { json } = await client.call('listViews')
    return (json as { items: { id: string }[] }).items[0]?.id ?? 'none'
  }
  if (path.startsWith('/v1/incidents')) return path.endsWith('/apply') ? '1' : '2'
  if (!path.startsWith('/v1/bounces')) return String(sampleOf(schema))
  const { json } = await client.call('listBounces')
  return (json as { items: { id: string }[] }).items[0]?.id ?? 'none'
}

/** The id of the latest rule. */
let added: unknown = null

async function parametersOf({ path, operation }: Call, optional: string | null) {
  const chosen: Record<string, string> = {}
  for (const { name, required, schema, examples, ...parameter } of operation.parameters ?? []) {
    if (!required && name !== optional) continue
    const whole = inlined(schema, client.document.components.schemas)
    // One example stands alone.
    const one = parameter.example === undefined ? [] : [{ value: parameter.example }]
    const [example] = [...one, ...Object.values(examples ?? {})]
    if (name === 'id') chosen[name] = await idFor(path, whole)
    else if (name === 'after') chosen[name] = next
    else chosen[name] = String(example === undefined ? sampleOf(whole) : example.value)
  }
  return chosen
}

/** The cursor of the page before; empty is the beginning. */
let next = ''

/** Calls, and holds the answer to what is described of it. */
async function check(call: Call, optional: string | null, body?: unknown): Promise<void> {
  const { operation, path } = call
  const answer = await client.call(operation.operationId, await parametersOf(call, optional), body)
  const said = `${call.name} with ${optional ?? 'the least'}: ${answer.text}`
  expect(answer.status, said).toBeLessThan(300)
  const described = operation.responses[answer.status]
  expect(described, said).toBeDefined()
  const content = Object.entries(described?.content ?? {}).find(([type]) => answer.type.startsWith(type))?.[1]
  if (operation.operationId === 'addRule') added = answer.json?.id
  next = typeof answer.json?.next === 'string' ? answer.json.next : ''
  if (answer.json === null || path === '/metrics') return
  const { schema } = content as { schema: Schema }
  const parsed = z.fromJSONSchema(inlined(schema, client.document.components.schemas) as never)
  expect(parsed.safeParse(answer.json).error?.issues ?? [], said).toEqual([])
}

test('every operation answers as described, with the least and with each field beside it', async () => {
  for (const call of calls) {
    const media = Object.values(call.operation.requestBody?.content ?? {})[0] as
      | { schema: Schema }
      | undefined
    const schema = media && inlined(media.schema, client.document.components.schemas)
    const sample = schema && sampleOf(schema, 'required')
    // What is erased is asked for by none of the others.
    const isErasing = call.operation.operationId === 'forgetAddress'
    const least = isErasing ? { ...(sample as object), address: 'gone@example.org' } : sample
    await check(call, null, least)
    called.add(call.name)
    for (const { name, required } of call.operation.parameters ?? [])
      if (!required) await check(call, name, least)
    for (const [name, field] of Object.entries(schema?.properties ?? {})) {
      if (schema?.required?.includes(name)) continue
      const value = name === 'replaces' ? await idFor('/v1/rules', field) : sampleOf(field)
      await check(call, null, { ...(least as object), [name]: value })
    }
  }
  expect([...called].sort()).toEqual(calls.map(call => call.name).sort())
  expect(called.size).toBeGreaterThanOrEqual(20)
})

test('the fields of an item are all taken, and what is minted is what the server takes', async () => {
  const mint = calls.find(call => call.operation.operationId === 'mintReturnPaths')
  const [media] = Object.values(mint?.operation.requestBody?.content ?? {}) as { schema: Schema }[]
  const body = sampleOf(inlined(media?.schema, client.document.components.schemas))
  const { json } = await client.call('mintReturnPaths', {}, body)
  const [item] = (json as { items: { address: string }[] }).items
  expect(await world.send(item?.address ?? '', report({ address: 'ana@example.org' }))).toMatch(/^250/)
})
