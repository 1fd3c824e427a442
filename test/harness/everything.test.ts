// The whole server against the whole harness: every writer with every scenario comes out as the table says, on each database.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyPair } from '../../src/harness/mix.ts'
import { domain, rebound, type Server, startServer } from '../end-to-end/server.ts'
import { newMysqlDatabase } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'

describe.each(dialects)('on %s', dialect => {
  let server: Server
  let drop = async (): Promise<void> => {}
  let target: Record<string, string>

  beforeAll(async () => {
    const settings: Record<string, string> = {}
    if (dialect === 'mysql') {
      const database = await newMysqlDatabase()
      settings.DATABASE_URL = database.url
      drop = database.drop
    }
    server = await startServer(settings)
    target = { REBOUND_SMTP_PORT: String(server.smtpPort), REBOUND_HTTP_PORT: String(server.httpPort) }
  })
  afterAll(async () => {
    await server?.stop()
    await drop()
  })

  test('bounce --all --verify prints only agreement', { timeout: within(180_000) }, async () => {
    const { code, out, err } = await rebound(['bounce', '--all', '--verify', '--seed', '1'], target)
    const rows = out.trim().split('\n').slice(1)
    expect(rows.filter(row => !row.endsWith('agrees'))).toEqual([])
    expect(rows).toHaveLength(everyPair().length)
    expect(err).toMatch(/all agree\.\nThe counts of campaign harness-\d+ agree\./)
    expect(code).toBe(0)
  })

  test('a realistic stream is acknowledged and understood to the last mail', async () => {
    const words = ['bounce', '--rate', '50', '--seconds', '6', '--mix', 'realistic', '--seed', '3', '--json']
    const { code, out, err } = await rebound(words, target)
    expect(err).toMatch(/^The counts of campaign harness-\d+ agree\./)
    expect(JSON.parse(out)).toMatchObject({ sent: 300, acknowledged: 300, asExpected: 300, problems: [] })
    expect(code).toBe(0)
  })

  test('a report to the inbox finds its record by the return path in the returned copy', async () => {
    const item = { module: 'contacts', id: '42', to: 'ana@example.org' }
    const response = await fetch(`${server.url}/v1/return-paths`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [item] }),
    })
    const { items } = (await response.json()) as { items: { address: string }[] }
    const original = items[0]?.address ?? ''
    const words = ['bounce', 'gmail', 'unknown-user', '--to', `returns@${domain}`, '--original-to', original]
    const { code, out, err } = await rebound(words, target)
    expect(out).toMatch(/^gmail unknown-user: 250 /)
    expect(err).toContain(`address read ${original}`)
    expect(code).toBe(0)
    const record = await fetch(`${server.url}/v1/records/contacts/42`)
    expect(await record.json()).toMatchObject({
      email: null,
      bouncedAddress: 'ana@example.org',
      hardBounces: 1,
    })
  })
})
