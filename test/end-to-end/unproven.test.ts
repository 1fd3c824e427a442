// What no return path of ours proves: refused unless a setting lets it in, and then bounded by network and day.

import { afterAll, describe, expect, it } from 'vitest'
import { domain } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const worlds: World[] = []
afterAll(async () => {
  for (const world of worlds) await world.close()
})
async function open(settings: Record<string, string>): Promise<World> {
  const world = await newWorld('sqlite', settings)
  worlds.push(world)
  return world
}

const about = (n: number): string => report({ address: `somebody-${n}@example.org` })
const stored = async (world: World): Promise<number> => (await world.store.knex('rebound_bounces')).length

/** Local parts that we did not sign, each of its own kind. */
const unsigned = [
  'returns',
  'returns+tag',
  'Returns',
  'bounce-contacts-1-7',
  'b-0123456789abcdefghijklmnopqrstuv',
  's-0123456789abcdef',
  'prvs=1234abcdef=returns',
  'SRS0=abcd=xy=example.org=returns',
  'anybody',
  'mailer-daemon',
] as const

describe('without REBOUND_INBOX', () => {
  it('every stored event has a path that we signed, whatever is sent to', async () => {
    const world = await open({ REBOUND_INBOX: '' })
    for (const [n, local] of unsigned.entries())
      expect(await world.send(`${local}@${domain}`, about(n))).toMatch(/550 5\.1\.1 /)
    const path = await world.mint({ module: 'contacts', id: '1', campaign: 7, to: 'ana@example.org' })
    expect(await world.send(path, about(99))).toMatch(/^250 /)
    // Mail to postmaster is kept in a table of its own, and makes no event.
    expect(await world.send(`postmaster@${domain}`, about(100))).toMatch(/^250 /)
    expect(await world.store.knex('rebound_role_mail').select('id')).toHaveLength(1)
    const rows = await world.store.knex('rebound_bounces')
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toMatchObject({ linked_by: 'signed', return_path: path })
  })
})

describe('REBOUND_UNPROVEN_PER_DAY', () => {
  const settings = {
    REBOUND_UNSIGNED: 'observe',
    REBOUND_LEGACY: 'bounce-{module}-{id}-{campaign}',
    REBOUND_UNPROVEN_PER_DAY: '3',
  }
  const claims = [`returns@${domain}`, `anybody@${domain}`, `bounce-contacts-1-7@${domain}`]

  it('bounds what a stranger brings, and never what is proven', async () => {
    const world = await open({ ...settings, REBOUND_TRUSTED_NETWORKS: 'none' })
    const path = await world.mint({ module: 'contacts', id: '1', campaign: 7, to: 'ana@example.org' })
    for (const [n, to] of claims.entries()) expect(await world.send(to, about(n))).toMatch(/^250 /)
    const before = await stored(world)
    for (const [n, to] of claims.entries())
      expect(await world.send(to, about(n + 10))).toMatch(/451 4\.7\.0 Enough reports/)
    expect(await stored(world)).toBe(before)
    expect(await world.send(path, about(20))).toMatch(/^250 /)
    expect(await stored(world)).toBe(before + 1)
    // A claim whose returned mail proves it is proven.
    const original = [`X-Rebound-Ref: ${path.slice(0, path.indexOf('@'))}`]
    expect(await world.send(claims[0] ?? '', report({ address: 'ana@example.org', original }))).toMatch(
      /^250 /,
    )
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
    expect(metrics).toContain('rebound_deferred_total{reason="unproven"} 3')
    await world.server.stop()
    expect(world.server.said()).toMatch(/"reason":"unproven","msg":"message answered"/)
  })

  it('is not for trusted networks', async () => {
    const world = await open(settings)
    for (let n = 0; n < 5; n++) expect(await world.send(claims[0] ?? '', about(n))).toMatch(/^250 /)
    expect(await stored(world)).toBe(5)
  })
})
