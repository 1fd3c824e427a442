// `rebound forget`: after it neither the database nor the data directory holds the address, in no spelling.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { dumpOf } from '../store/dump.ts'
import { domain } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const address = 'zoe.quux@example.org'

/** Every file below, as it lies on the disk. */
function filesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .map(path => readFileSync(path, 'latin1'))
    .join('\n')
}

describe.each(dialects)('on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, { REBOUND_LEGACY: 'bounces+{user}={domain}' })
  })
  afterAll(async () => world?.close())

  test('an address is erased everywhere, and what it counted stays', async () => {
    const { mint, send, store } = world
    const contact = { module: 'contacts', id: 42, campaign: 7, to: address }
    const path = await mint(contact)
    const stored = await mint({
      ...contact,
      id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
      mail: 'm'.repeat(60),
    })
    expect(stored).toMatch(/^s-/)
    const words = `550 5.1.1 <ZOE.QUUX@example.org>: see https://x.example/?u=zoe.quux%40example.org&v=zoe.quux+40example.org`
    const other = await mint({ ...contact, id: 43, to: 'mia@example.org' })
    for (const [to, raw] of [
      [path, report({ address, diagnostic: words })],
      [stored, report({ address: 'Zoe.Quux@Example.org' })],
      [`bounces+zoe.quux=example.org@${domain}`, report({ address })],
      [other, report({ address: 'mia@example.org' })],
      [
        `postmaster@${domain}`,
        `Subject: hello\r\n\r\n${Buffer.from(`I am ${address}`).toString('base64')}\r\n`,
      ],
      [`abuse@${domain}`, 'Subject: from =?utf-8?B?em9lLnF1dXhAZXhhbXBsZS5vcmc=?=\r\n\r\nno\r\n'],
      [`abuse@${domain}`, 'Subject: somebody else\r\n\r\nmia@example.org\r\n'],
    ] as const)
      expect(await send(to, raw)).toMatch(/^250/)
    expect((await world.run('records', 'reset', 'contacts', '42')).code).toBe(0)
    // Evidence is written a moment after its mail.
    await expect
      .poll(async () => (await store.knex('rebound_evidence')).length, { timeout: within(15_000) })
      .toBe(4)
    expect(await dumpOf(store)).toMatch(/quux/i)
    expect(await dumpOf(store)).toContain('em9lLnF1dXh')

    const dry = await world.run('forget', address, '--dry-run', '--json')
    const would = JSON.parse(dry.out)
    expect(would).toMatchObject({
      dryRun: true,
      records: 2,
      bounces: 3,
      evidence: 3,
      returnPaths: 1,
      mails: 2,
      isWiped: null,
    })
    expect(await dumpOf(store)).toMatch(/quux/i)

    const done = await world.run('forget', address.toUpperCase(), '--json')
    expect(done.code, done.err).toBe(0)
    expect(done.out + done.err).not.toMatch(/quux/i)
    expect(JSON.parse(done.out)).toEqual({ ...would, dryRun: false, isWiped: true })

    const left = await dumpOf(store)
    expect(left).not.toMatch(/quux/i)
    expect(left).not.toContain('em9lLnF1dXh')
    expect(left).toContain('mia@example.org')
    const disk = filesOf(world.server.dataDir)
    expect(disk).not.toMatch(/quux/i)
    expect(disk).not.toContain('em9lLnF1dXh')
    const [audited] = await store.knex('rebound_audit').where({ action: 'forget' })
    expect(JSON.parse(audited.before)).toMatchObject({ bounces: 3 })

    expect(await world.get('/v1/campaigns/7')).toMatchObject({ sent: 3, hardBounces: 3 })
    expect(await world.get('/v1/records/contacts/42')).toMatchObject({ email: null, bouncedAddress: null })
    const history = (await world.get('/v1/records/contacts/42/history')) as { items: { address: string }[] }
    expect(history.items[0]?.address).toMatch(/^forgotten-[0-9a-f]{32}$/)
  })

  test('a report that comes later is taken, counted once, and can be forgotten again', async () => {
    const path = await world.mint({ module: 'contacts', id: 42, campaign: 7, to: address })
    expect(await world.send(path, report({ address }))).toMatch(/^250/)
    expect(await world.get('/v1/campaigns/7')).toMatchObject({ hardBounces: 3 })
    expect(await world.get('/v1/records/contacts/42')).toMatchObject({ emailBounced: true, email: null })
    await expect
      .poll(async () => (await world.store.knex('rebound_evidence')).length, { timeout: within(15_000) })
      .toBe(2)
    const { code, out } = await world.run('forget', address)
    expect(code).toBe(0)
    expect(out).toMatch(/^history +1$/m)
    expect(await dumpOf(world.store)).not.toMatch(/quux/i)
  })

  test('what is no address is refused', async () => {
    const { code, err } = await world.run('forget', 'zoe')
    expect(code).toBe(2)
    expect(err).toContain('write it bare')
  })
})
