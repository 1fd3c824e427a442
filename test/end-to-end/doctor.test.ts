// `rebound doctor`, with a canary that flies through a real server.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../store/databases.ts'
import { bareEnvironment, rebound, root } from './server.ts'
import { newWorld, type World } from './world.ts'

describe.each(dialects)('the doctor on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, {
      REBOUND_WEBHOOK_URL: 'http://127.0.0.1:9/',
      REBOUND_WEBHOOK_SECRET: 'x'.repeat(40),
      REBOUND_WEBHOOK_PRIVATE: 'allow',
    })
  })
  afterAll(async () => world?.close())
  const metrics = async (): Promise<string> => (await fetch(`${world.server.url}/metrics`)).text()

  test('the canary comes back, and nothing else sees it', async () => {
    const before = await metrics()
    const { out, code } = await world.run(
      'doctor',
      '--json',
      '--canary',
      `127.0.0.1:${world.server.smtpPort}`,
    )
    const findings = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { check: string; state: string; says: string })
    expect(findings.at(-1)).toMatchObject({
      check: `canary through 127.0.0.1:${world.server.smtpPort}`,
      state: 'ok',
      says: expect.stringMatching(/^came back as a recorded event after/),
    })
    // The receiver of webhooks is away: a fault.
    expect(code).toBe(1)
    const after = await metrics()
    expect(after).toMatch(/^rebound_canary_seconds (?!0$)/m)
    expect(after).toMatch(/^rebound_canary_timestamp_seconds \d/m)
    const counts = (text: string) =>
      text
        .split('\n')
        .filter(line => /^rebound_(bounces|bounced_sends|messages|effects|decided)_total/.test(line))
    expect(counts(after)).toEqual(counts(before))
    for (const table of ['rebound_bounces', 'rebound_outbox', 'rebound_contacts', 'rebound_return_paths'])
      expect(await world.store.knex(table)).toEqual([])
  })

  test('a canary that is refused says by what', async () => {
    const { out, code } = await world.run('doctor', '--canary', '127.0.0.1:1')
    expect(out).toMatch(/FAULT +canary through 127\.0\.0\.1:1: was not taken: .*ECONNREFUSED/)
    expect(code).toBe(1)
    expect(await world.run('doctor', '--canary', 'nowhere')).toMatchObject({ code: 2 })
    expect(await world.run('doctor', '--resolver', 'x')).toMatchObject({ code: 2 })
  })
})

describe('before any server has run', () => {
  let dataDir: string
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'rebound-doctor-'))
  })
  afterAll(() => rmSync(dataDir, { recursive: true }))

  test('a canary is not sent, and makes neither secret nor database', async () => {
    const { out, code } = await rebound(['doctor', '--canary', '127.0.0.1:1'], { REBOUND_DATA_DIR: dataDir })
    expect(out).toMatch(/FAULT +canary through 127\.0\.0\.1:1: was not sent: no server has run/)
    expect(code).toBe(1)
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('a folder that its user may not write is a fault', () => {
    chmodSync(dataDir, 0o555)
    // Root may write anywhere.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const { stdout } = spawnSync(process.execPath, [join(root, 'dist/src/main.js'), 'doctor'], {
      cwd: '/',
      env: { ...bareEnvironment(), REBOUND_DATA_DIR: dataDir },
      encoding: 'utf8',
      ...nobody,
    })
    chmodSync(dataDir, 0o755)
    expect(stdout).toMatch(
      /FAULT +rights: the user of this command may not write \S+\n +→ Run the command as/,
    )
  })
})
