// Addresses at which there is nothing: a person sees a page, a program the problem; and records of which only events tell.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'
import { newWorld, sendRaw, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'

let world: World
let locked: World
const token = 'the-token-of-nobody-else'
beforeAll(async () => {
  world = await newWorld('sqlite')
  locked = await newWorld('sqlite', { REBOUND_API_TOKEN: token })
}, within(60_000))
afterAll(async () => {
  await world?.close()
  await locked?.close()
})

const browsers = 'text/html,application/xhtml+xml,*/*;q=0.8'
const ask = (at: World, path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(at.server.url + path, { headers, redirect: 'manual' })

test.each([
  ['a browser', '/nothing', browsers, 'text/html'],
  ['a browser', '/records/contacts', browsers, 'text/html'],
  ['a browser that asks the API', '/v1/nothing', browsers, 'application/problem+json'],
  ['a program', '/nothing', '*/*', 'application/problem+json'],
])('%s at %s', async (_who, path, accept, type) => {
  const answer = await ask(world, path, { accept })
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toContain(type)
  if (type === 'text/html') {
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await answer.text()).toContain('There is no page at this address.')
  }
})

test('who is not signed in is asked to, whatever there is', async () => {
  const answer = await ask(locked, '/nothing', { accept: browsers })
  expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
    status: 303,
    to: '/sign-in?back=%2Fnothing',
  })
  expect((await ask(locked, '/nothing', { accept: '*/*' })).status).toBe(401)
  const known = await ask(locked, '/nothing', { accept: browsers, authorization: `Bearer ${token}` })
  expect(known.status).toBe(404)
})

test('a record of which only an answer came back has its history', async () => {
  const returnPath = await world.mint({ module: 'contacts', id: '42', to: 'fay@example.com' })
  const { raw } = compose('mailbox', 'out-of-office', {
    returnPath,
    recipient: 'fay@example.com',
    at: new Date(),
    seed: 'missing',
  })
  expect(await sendRaw(world.server.smtpPort, returnPath, raw.toString('latin1'))).toMatch(/^250/)
  const answer = await ask(world, '/records/contacts/42', { accept: browsers })
  expect(answer.status).toBe(200)
  const html = await answer.text()
  expect(html).toContain('Automatic answer')
  expect(html).toContain('Nothing is kept of the record itself')
  expect(html).not.toContain('E-mail bounced')
  expect((await ask(world, '/records/contacts/43', { accept: browsers })).status).toBe(404)
  expect((await ask(world, '/records/nowhere/42', { accept: browsers })).status).toBe(404)
})
