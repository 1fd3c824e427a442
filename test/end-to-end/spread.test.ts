// REBOUND_SPREAD from the setting to the records: beside mail, once, and only for what comes while it is on.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { newWorld, report, type World } from './world.ts'

describe.each(dialects)('one address on several records, on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect)
  })
  afterAll(async () => world?.close())

  const bounce = async (id: string, address: string): Promise<void> => {
    const path = await world.mint({ module: 'contacts', id, to: address })
    expect(await world.send(path, report({ address }))).toMatch(/^250 /)
  }
  const lead = async (id: string, email: string): Promise<void> => {
    await world.ask('PUT', `/v1/records/leads/${id}`, { email })
  }
  const emailOf = async (id: string) => (await world.get(`/v1/records/leads/${id}`)).email

  test('only the record that was mailed loses it, unless the setting says more', async () => {
    await lead('1', 'ana@example.org')
    await bounce('1', 'ana@example.org')
    await world.restart({ REBOUND_SPREAD: 'yes' })
    await lead('2', 'ben@example.org')
    await bounce('2', 'ben@example.org')
    await expect.poll(() => emailOf('2'), { timeout: within(20_000) }).toBeNull()
    const { items } = (await world.get('/v1/records/leads/2/history')) as { items: object[] }
    expect(items).toMatchObject([{ concern: 'shared', effect: 'removed', linkedBy: 'signed' }])
    // What came before it was on stays as it was.
    expect(await emailOf('1')).toBe('ana@example.org')
    const text = await (await fetch(`${world.server.url}/metrics`)).text()
    expect(text).toMatch(/^rebound_effects_total\{effect="removed"\} 2$/m)
    expect(text).toMatch(/^rebound_bounces_total\{type="hard",category="unknown-user",provider="other"\} 1$/m)
  })

  test('what comes while no server looks is caught up with, and the undo of one gives it back to all', async () => {
    await world.restart({ REBOUND_SPREAD: 'yes' })
    await lead('3', 'eve@example.org')
    await bounce('3', 'eve@example.org')
    await world.restart({ REBOUND_SPREAD: 'yes' })
    await expect.poll(() => emailOf('3'), { timeout: within(20_000) }).toBeNull()
    const { items } = (await world.get('/v1/records/contacts/3/history')) as { items: { id: string }[] }
    await world.ask('POST', `/v1/bounces/${items[0]?.id}/undo`, {})
    expect(await emailOf('3')).toBe('eve@example.org')
  })
})
