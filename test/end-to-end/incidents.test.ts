// A dead smarthost at noon, as an administrator lives through it: by SMTP, HTTP, command line and metrics.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { type Receiver, startReceiver } from '../webhook/receiver.ts'
import { newWorld, report, type World } from './world.ts'

const smarthost = 'smtp.crn.example'
const addressOf = (n: number): string => `p${n}@${n % 3 === 0 ? 'gmail.com' : `d${n}.example`}`

const isOfIncident = ({ type }: { type: string }): boolean => type.startsWith('incident.')

const refusal = (address: string): string =>
  report({
    address,
    remoteMta: smarthost,
    diagnostic: `550 5.1.1 <${address}>: Recipient address rejected: User unknown`,
  })

describe.each(dialects)('a mistyped smarthost on %s', dialect => {
  let world: World
  let receiver: Receiver
  beforeAll(async () => {
    receiver = await startReceiver()
    world = await newWorld(dialect, {
      REBOUND_WEBHOOK_URL: receiver.url,
      REBOUND_WEBHOOK_SECRET: 'x'.repeat(40),
      REBOUND_WEBHOOK_PRIVATE: 'allow',
    })
  })
  afterAll(async () => {
    await world?.close()
    await receiver?.off()
  })

  const send = async (from: number, to: number): Promise<void> => {
    const items = Array.from({ length: to - from }, (_, at) => ({
      module: 'contacts',
      id: `${from + at}`,
      campaign: '7',
      to: addressOf(from + at),
    }))
    const { items: minted } = (await world.ask('POST', '/v1/return-paths', { items })) as {
      items: { address: string }[]
    }
    for (const [at, { address }] of minted.entries())
      expect(await world.send(address, refusal(addressOf(from + at)))).toMatch(/^250 /)
  }
  const stillRemoved = async (): Promise<number> =>
    (await world.store.knex('rebound_contacts').whereNull('email')).length
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${world.server.url}/metrics`)).text()
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
  }

  test('costs nobody an address, and is mended by one command', async () => {
    await send(0, 40)
    await expect.poll(stillRemoved, { timeout: within(20_000) }).toBe(0)
    await expect.poll(() => metric('rebound_incidents_open'), { timeout: within(20_000) }).toBe(1)
    await send(40, 60)
    expect(await stillRemoved()).toBe(0)
    const { items } = (await world.get('/v1/incidents')) as { items: Record<string, unknown>[] }
    expect(items).toMatchObject([{ sign: 'host', subject: smarthost, held: 60, endedAt: null }])
    expect(await world.get('/v1/records/contacts/45')).toMatchObject({
      email: addressOf(45),
      emailBounced: true,
    })
    expect((await world.run('incidents')).out).toMatch(/host +smtp\.crn\.example/)

    expect(await world.run('incidents', 'drop', '1')).toMatchObject({ code: 2 })
    const dropped = await world.run('incidents', 'drop', '1', '--reason', 'the smarthost was mistyped')
    expect(dropped).toMatchObject({ code: 0, out: '60 bounces were undone, 0 were left as they are.\n' })
    expect(await world.get('/v1/records/contacts/45')).toMatchObject({ emailBounced: false, hardBounces: 0 })
    expect(await world.get('/v1/campaigns/7')).toMatchObject({ hardBounces: 0 })
    await expect.poll(() => metric('rebound_incidents_open'), { timeout: within(40_000) }).toBe(0)
    expect(world.server.said()).toContain('removals are held')
    const told = () => receiver.received.map(({ body }) => JSON.parse(body)).filter(isOfIncident)
    await expect.poll(told, { timeout: within(20_000) }).toMatchObject([
      { type: 'incident.opened', data: { id: '1', sign: 'host', subject: smarthost, endedAt: null } },
      { type: 'incident.ended', data: { id: '1', decision: 'drop', reason: 'the smarthost was mistyped' } },
    ])
  })

  test('with the brake off it takes them, and the time machine gives them back', async () => {
    await world.restart({ REBOUND_BRAKE: 'off' })
    const since = new Date(Date.now() - 1_000).toISOString()
    await send(100, 125)
    await world.send(
      (
        (await world.ask('POST', '/v1/return-paths', {
          items: [{ module: 'contacts', id: 'other', to: 'x@other.example' }],
        })) as { items: { address: string }[] }
      ).items[0]?.address ?? '',
      refusal('x@other.example').replaceAll(smarthost, 'mx.other.example'),
    )
    expect(await stillRemoved()).toBe(26)
    // On MySQL lists hold back what is younger than a transaction may be.
    const words = ['bounces', 'undo', '--since', since, '--host', smarthost]
    const dryRun = () => world.run(...words, '--dry-run')
    await expect
      .poll(async () => (await dryRun()).err, { timeout: within(30_000), interval: 500 })
      .toContain('25 events would be undone; 25 of them removed an address.')
    expect(await stillRemoved()).toBe(26)
    expect(await world.run(...words, '--provider', 'google', '--json')).toMatchObject({ code: 0 })
    expect(await stillRemoved()).toBe(18)
    const conditions = { from: since, host: smarthost.toUpperCase(), campaign: 7 }
    expect(await world.ask('POST', '/v1/bounces/undo', { ...conditions, dryRun: true })).toEqual({
      found: 17,
      removed: 17,
      undone: 0,
      left: [],
      hasMore: false,
    })
    expect(await world.ask('POST', '/v1/bounces/undo', { ...conditions, campaign: 8 })).toMatchObject({
      found: 0,
    })
    // One record has another address by now: its bounce stays, and the answer says why.
    await world.ask('PUT', '/v1/records/contacts/101', { email: 'new@d101.example' })
    expect(await world.ask('POST', '/v1/bounces/undo', conditions)).toMatchObject({
      found: 17,
      undone: 16,
      left: [{ why: expect.stringContaining('new@d101.example') }],
    })
    const rest = await world.run(...words, '--category', 'unknown-user')
    expect(rest).toMatchObject({ code: 1 })
    expect(rest.err).toContain('0 of 1 events were undone; 1 of them had removed an address.')
    expect(await stillRemoved()).toBe(1)
    expect(await world.run('bounces', 'undo')).toMatchObject({ code: 2 })
    expect(await world.run(...words, '--provider', 'nobody')).toMatchObject({ code: 2 })
  })
})
