// REBOUND_THRESHOLDS from the setting to the record: a mailbox that stays full over days loses its record's address.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { persist } from '../../src/store/database/failures.ts'
import { dialects } from '../store/databases.ts'
import { rebound } from './server.ts'
import { newWorld, report, type World } from './world.ts'

describe.each(dialects)('thresholds on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, { REBOUND_THRESHOLDS: 'mailbox-full=3/4d' })
  })
  afterAll(async () => world?.close())

  /** A bounce by SMTP, then so many days. */
  async function bounce(id: number, options: { category?: 'full' | 'spam'; days?: number } = {}) {
    const address = `c${id}@example.org`
    const path = await world.mint({ module: 'contacts', id, campaign: 7, to: address })
    const full = { status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' }
    const spam = { status: '5.7.1', diagnostic: '550 5.7.1 message rejected as spam' }
    expect(
      await world.send(path, report({ address, ...(options.category === 'spam' ? spam : full) })),
    ).toMatch(/^250/)
    const ago = (options.days ?? 2) * 86_400_000
    const { knex } = world.store
    const earlier = (column: string) => knex.raw('?? - ?', [column, ago])
    // The server writes beside us: evidence, when it has time.
    await persist(
      async () =>
        await knex('rebound_bounces')
          .where({ record_id: `${id}` })
          .update({ received_at: earlier('received_at'), recorded_at: earlier('recorded_at') }),
    )
  }
  const record = (id: number) => world.get(`/v1/records/contacts/${id}`)

  test('the bounce that reaches one makes the record hard, and event, campaign and metrics stay soft', async () => {
    await bounce(1)
    await bounce(1)
    expect(await record(1)).toMatchObject({ email: 'c1@example.org', emailBounced: true, softBounces: 2 })
    await bounce(1, { days: 0 })
    expect(await record(1)).toMatchObject({
      email: null,
      bouncedAddress: 'c1@example.org',
      hardBounces: 0,
      softBounces: 3,
    })
    expect(await world.get('/v1/campaigns/7')).toMatchObject({ hardBounces: 0, softBounces: 1 })
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
    expect(metrics).toMatch(/^rebound_bounces_total\{type="soft",category="mailbox-full".*\} 3$/m)
    expect(metrics).not.toMatch(/^rebound_bounces_total\{type="hard".*\} [^0]/m)
    const trail = await world.store.knex('rebound_audit').where({ action: 'promote' })
    expect(trail).toMatchObject([{ actor: 'threshold mailbox-full', record_id: '1' }])
  })

  test('bounces of one day are one, and a category without a threshold never counts', async () => {
    for (let i = 0; i < 4; i++) await bounce(2, { days: 0 })
    for (let i = 0; i < 4; i++) await bounce(3, { category: 'spam' })
    expect(await record(2)).toMatchObject({ email: 'c2@example.org', softBounces: 4 })
    expect(await record(3)).toMatchObject({ email: 'c3@example.org', softBounces: 4 })
  })

  test('without the setting nothing is promoted', async () => {
    await world.restart({ REBOUND_THRESHOLDS: '' })
    for (let i = 0; i < 4; i++) await bounce(4)
    expect(await record(4)).toMatchObject({ email: 'c4@example.org', softBounces: 4 })
  })
})

test('a category where the sender is at fault stops the start', async () => {
  const { code, err } = await rebound(['serve'], { REBOUND_THRESHOLDS: 'blocked=3/7d' })
  expect(code).toBe(2)
  expect(err).toContain('REBOUND_THRESHOLDS is "blocked=3/7d": "blocked" cannot make an address hard')
})
