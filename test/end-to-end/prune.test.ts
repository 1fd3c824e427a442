// What is old goes, and what a report that comes again needs stays.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { persist } from '../../src/store/database/failures.ts'
import { dialects } from '../store/databases.ts'
import { newWorld, report, type World } from './world.ts'

const dayMs = 86_400_000

describe.each(dialects)('on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, { REBOUND_KEEP_DAYS: '30', REBOUND_RETURN_PATH_DAYS: '20' })
  })
  afterAll(async () => world?.close())
  const age = async (days: number): Promise<void> => {
    const { knex } = world.store
    // The server writes beside us: evidence, when it has time.
    await persist(
      async () =>
        await knex('rebound_bounces').update({ recorded_at: knex.raw('recorded_at - ?', [days * dayMs]) }),
    )
  }

  test('a report is known for as long as its path is accepted, and its count stays when it is gone', async () => {
    const path = await world.mint({ module: 'contacts', id: 1, campaign: 7, to: 'ana@example.org' })
    const mail = report({ address: 'ana@example.org' })
    expect(await world.send(path, mail)).toMatch(/^250/)
    await age(29)
    expect((await world.run('prune', '--json')).out).toContain('"bounces":0')
    expect(await world.send(path, mail)).toMatch(/^250/)
    expect(await world.get('/v1/records/contacts/1')).toMatchObject({ hardBounces: 1 })

    await age(2)
    // Nothing came for a month, or the clock is wrong.
    const careful = await world.run('prune')
    expect(careful.out).toMatch(/^bounces +0$/m)
    expect(careful.err).toContain('prune --trust-clock')
    const { code, out, err } = await world.run('prune', '--trust-clock')
    expect(code, err).toBe(0)
    expect(out).toMatch(/^bounces +1$/m)
    expect(await world.get('/v1/records/contacts/1')).toMatchObject({ hardBounces: 1, emailBounced: true })
    expect(await world.get('/v1/records/contacts/1/history')).toMatchObject({ items: [] })
    // Another report of the same send: the record bounced again, and the campaign goes on counting it once.
    expect(await world.send(path, report({ address: 'ana@example.org' }))).toMatch(/^250/)
    expect(await world.get('/v1/campaigns/7')).toMatchObject({ hardBounces: 1 })
  })

  test('a server with pruning ahead of it stops at once', async () => {
    expect(await world.server.stop()).toBe(0)
  })
})
