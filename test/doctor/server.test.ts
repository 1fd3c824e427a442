// What the doctor says of the server of its settings: up, up without a database, somebody else, nobody.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { examineServer } from '../../src/doctor/server.ts'

let server: Server | null = null
afterEach(() => {
  server?.close()
  server = null
})

async function answering(status: number, body: object): Promise<number> {
  const made = createServer((_, answer) => answer.writeHead(status).end(JSON.stringify(body)))
  server = made
  await new Promise<void>(done => made.listen(0, '127.0.0.1', done))
  return (made.address() as AddressInfo).port
}

test.each<[number, object, string, RegExp]>([
  [200, { status: 'ready' }, 'ok', /takes mail$/],
  [503, { detail: 'the disk is full' }, 'fault', /takes no mail: the disk is full$/],
  [404, {}, 'fault', /^something else answers at 127\.0\.0\.1:\d+: 404/],
])('%i', async (status, body, state, says) => {
  const httpPort = await answering(status, body)
  expect(await examineServer({ httpHost: '127.0.0.1', httpPort })).toMatchObject({
    state,
    says: expect.stringMatching(says),
  })
})

test('nobody', async () => {
  const httpPort = await answering(200, {})
  server?.close()
  expect(await examineServer({ httpHost: '127.0.0.1', httpPort })).toMatchObject({
    state: 'warning',
    says: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a port that the system chooses is not known', async () =>
  expect(await examineServer({ httpHost: '::1', httpPort: 0 })).toMatchObject({ state: 'unknown' }))
