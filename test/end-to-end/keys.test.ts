// Changing the key of a running installation: kept beside the new one, or forgotten because it leaked.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../store/databases.ts'
import { rebound, secret } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const newer = 'another-secret-of-at-least-thirty-two-bytes'

describe.each(dialects)('on %s', dialect => {
  let world: World
  let path: string
  let run: (secrets: string, ...words: string[]) => ReturnType<typeof rebound>
  beforeAll(async () => {
    world = await newWorld(dialect)
    const { environment } = world.server
    run = (secrets, ...words) => rebound(words, { ...environment, REBOUND_SECRET: secrets })
    path = await world.mint({ module: 'contacts', id: 1, to: 'ana@example.org' })
  })
  afterAll(async () => world?.close())
  const list = async (secrets: string) =>
    (await run(secrets, 'keys', 'list', '--json')).out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))

  test('a start without the key is refused, and says which one it is and what to do', async () => {
    await world.server.stop()
    const [old, fresh] = await list(newer)
    expect(old).toMatchObject({ state: 'missing', inSecret: false, lastSignedAt: null })
    expect(old.firstUsedAt).toMatch(/^20/)
    expect(fresh).toMatchObject({ state: 'signs', inSecret: true, firstUsedAt: null })
    const { code, err } = await run(newer, 'serve')
    expect(code).toBe(2)
    expect(err).toContain('append the old key behind the new one')
    expect(err).toContain(`keys forget ${old.id}`)
  })

  test('behind the new one it goes on to verify, with a date at which it may go', async () => {
    await world.restart({ REBOUND_SECRET: `${newer},${secret}` })
    const [old, fresh] = await list(`${newer},${secret}`)
    expect(fresh).toMatchObject({ state: 'signs', lastSignedAt: null, validUntil: null })
    expect(old).toMatchObject({ state: 'verifies', inSecret: true })
    const days = (Date.parse(old.validUntil) - Date.parse(old.lastSignedAt)) / 86_400_000
    expect(days).toBeGreaterThan(60)
    expect(days).toBeLessThanOrEqual(61)
    expect(await world.send(path, report({ address: 'ana@example.org' }))).toMatch(/^250/)
    const { code, err } = await run(`${newer},${secret}`, 'keys', 'forget', old.id)
    expect(code).toBe(1)
    expect(err).toContain('take it out of REBOUND_SECRET')
  })

  test('forgotten, a start does without it, and its paths are forged', async () => {
    await world.server.stop()
    expect((await run(newer, 'serve')).code).toBe(2)
    const [old] = await list(newer)
    expect((await run(newer, 'keys', 'forget', 'ffffffff0000')).code).toBe(1)
    const done = await run(newer, 'keys', 'forget', old.id)
    expect(done.code, done.err).toBe(0)
    expect(await list(newer)).toMatchObject([{ state: 'signs' }])
    const [audited] = await world.store.knex('rebound_audit').where({ action: 'key-forget' })
    expect(audited.before).toContain(old.id)

    await world.restart({ REBOUND_SECRET: newer })
    expect(await world.send(path, report({ address: 'ana@example.org' }))).toMatch(/^550 5\.1\.1/)
    const fresh = await world.mint({ module: 'contacts', id: 2, to: 'mia@example.org' })
    expect(await world.send(fresh, report({ address: 'mia@example.org' }))).toMatch(/^250/)
  })
})
