// The doctor, whose DNS is a name server of the test's own.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openChecked } from '../../src/backend/checked-database.ts'
import { examineDatabase } from '../../src/doctor/database.ts'
import { examineDns } from '../../src/doctor/dns.ts'
import { examineDisk, examineSecretFile } from '../../src/doctor/machine.ts'
import { examinePort, examineReceiver } from '../../src/doctor/reach.ts'
import { entropyBits, examineSettings } from '../../src/doctor/settings.ts'
import type { DoctorFinding } from '../../src/model/doctor-finding.ts'
import type { Config } from '../../src/settings/config.ts'
import { readConfig } from '../../src/settings/read.ts'
import { dialects, emptyDatabase, newDatabase } from '../store/databases.ts'
import { type NameServer, startNameServer, type Zone } from './name-server.ts'

const domain = 'bounces.crm.example'
const good: Zone = {
  [`MX ${domain}`]: ['10 mx1.crm.example'],
  [`TXT ${domain}`]: ['v=spf1 ip4:192.0.2.1 -all'],
  'A mx1.crm.example': ['192.0.2.1'],
  'PTR 1.2.0.192.in-addr.arpa': ['mx1.crm.example'],
}

const shown = (findings: readonly DoctorFinding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ check, state, says }) => [check, `${state}: ${says}`]))

let server: NameServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function dns(zone: Zone, hostname = 'mx1.crm.example'): Promise<Record<string, string>> {
  server = await startNameServer(zone)
  return shown((await examineDns({ domains: [domain], hostname, resolvers: [server.address] })).findings)
}

describe('DNS', () => {
  test('all is well', async () => {
    expect(await dns(good)).toEqual({
      [`MX ${domain}`]: 'ok: leads to mx1.crm.example',
      'address of mx1.crm.example': 'ok: 192.0.2.1',
      [`SPF ${domain}`]: 'ok: v=spf1 ip4:192.0.2.1 -all',
      'PTR 192.0.2.1': 'ok: is mx1.crm.example, which leads back',
      REBOUND_HOSTNAME: 'ok: mx1.crm.example is an MX',
    })
  })

  test.each<[string, Zone, string, RegExp]>([
    ['no MX', { [`MX ${domain}`]: [], [`TXT ${domain}`]: [] }, `MX ${domain}`, /^fault: has no MX/],
    ['a null MX', { ...good, [`MX ${domain}`]: ['0 .'] }, `MX ${domain}`, /^fault: has a null MX/],
    [
      'a name server that fails',
      { ...good, [`MX ${domain}`]: 'fail' },
      `MX ${domain}`,
      /^unknown: .*ESERVFAIL/,
    ],
    [
      'an MX without address',
      { ...good, 'A mx1.crm.example': [] },
      'address of mx1.crm.example',
      /^fault: has neither/,
    ],
    [
      'no SPF',
      { ...good, [`TXT ${domain}`]: ['something else'] },
      `SPF ${domain}`,
      /^warning: there is no SPF/,
    ],
    [
      'two SPF records',
      { ...good, [`TXT ${domain}`]: ['v=spf1 -all', 'v=spf1 a -all'] },
      `SPF ${domain}`,
      /^fault: has several/,
    ],
    [
      'SPF for everybody',
      { ...good, [`TXT ${domain}`]: ['v=spf1 +all'] },
      `SPF ${domain}`,
      /^fault: lets everybody/,
    ],
    [
      'SPF for everybody, short',
      { ...good, [`TXT ${domain}`]: ['v=spf1 a all'] },
      `SPF ${domain}`,
      /^fault: lets everybody/,
    ],
    [
      'SPF without an end',
      { ...good, [`TXT ${domain}`]: ['v=spf1 a'] },
      `SPF ${domain}`,
      /^warning: does not say/,
    ],
    [
      'an MX that only our own network reaches',
      { ...good, 'A mx1.crm.example': ['10.0.0.5'] },
      'address of mx1.crm.example',
      /^warning: 10\.0\.0\.5, which is reached from your own network alone/,
    ],
    ['no PTR', { ...good, 'PTR 1.2.0.192.in-addr.arpa': [] }, 'PTR 192.0.2.1', /^warning: has no name/],
    [
      'another PTR',
      { ...good, 'PTR 1.2.0.192.in-addr.arpa': ['x.isp.example'] },
      'PTR 192.0.2.1',
      /^warning: is x\.isp/,
    ],
  ])('%s', async (_, zone, check, expected) => expect((await dns(zone))[check]).toMatch(expected))

  test('a greeting that names nobody', async () =>
    expect((await dns(good, 'nobody.crm.example')).REBOUND_HOSTNAME).toMatch(/^warning: .* has no address/))

  test('a domain of this machine alone asks nobody', async () => {
    const { findings } = await examineDns({
      domains: ['bounces.localhost'],
      hostname: 'x',
      resolvers: ['127.0.0.1:1'],
    })
    expect(findings[0]).toMatchObject({ state: 'warning', fix: expect.stringContaining('REBOUND_DOMAINS') })
  })
})

describe('what can be reached', () => {
  let greeter: Server
  let port: number
  beforeAll(async () => {
    greeter = createServer(socket => {
      // Who only looks whether somebody is there hangs up.
      socket.on('error', () => {})
      socket.end('220 mx1.crm.example ESMTP Rebound\r\n')
    })
    await new Promise<void>(done => greeter.listen(0, '127.0.0.1', done))
    port = (greeter.address() as AddressInfo).port
  })
  afterAll(() => void greeter.close())
  const hosts = [{ name: 'mx1.crm.example', addresses: ['127.0.0.1'] }]

  test.each([
    ['ourselves', 'mx1.crm.example', /^ok: is this Rebound/],
    ['somebody else', 'other.example', /^warning: is answered by somebody else: 220 mx1/],
  ])('port 25 answered by %s', async (_, hostname, expected) => {
    const [found] = Object.values(shown(await examinePort(hosts, { hostname, port })))
    expect(found).toMatch(expected)
  })

  test('a closed port says what it cannot know', async () => {
    const [found] = await examinePort(hosts, { hostname: 'x', port: 1 })
    expect(found).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('from here (ECONNREFUSED)'),
    })
  })

  test('the receiver of webhooks', async () => {
    const state = async (url: string | null, allowInside: boolean) =>
      await examineReceiver(url, { allowInside })
    expect(await state(null, false)).toMatchObject({ state: 'ok' })
    const url = `http://127.0.0.1:${port}/hook`
    expect(await state(url, true)).toMatchObject({ state: 'ok' })
    expect(await state(url, false)).toMatchObject({
      state: 'fault',
      says: expect.stringContaining('loopback'),
      fix: expect.stringContaining('REBOUND_WEBHOOK_PRIVATE=allow'),
    })
    expect(await state('http://127.0.0.1:1/hook', true)).toMatchObject({ state: 'fault' })
  })
})

describe('settings', () => {
  const strong = 'c0ffee5a17e94b0d8f2a6b7c3d1e0f9a8b7c6d5e4f3a2b1c'
  const states = (environment: Record<string, string>): Record<string, string> => {
    const result = readConfig(environment)
    if (!result.ok) throw new Error(result.faults.join())
    return Object.fromEntries(examineSettings(result.config).map(({ check, state }) => [check, state]))
  }
  test.each<[Record<string, string>, string, string | undefined]>([
    [{}, 'REBOUND_SECRET', 'ok'],
    [{ REBOUND_SECRET: strong }, 'REBOUND_SECRET', 'ok'],
    [{ REBOUND_SECRET: 'a'.repeat(40) }, 'REBOUND_SECRET', 'fault'],
    [{ REBOUND_SECRET: `${strong},${'ab'.repeat(20)}` }, 'REBOUND_SECRET', 'fault'],
    [{ REBOUND_API_TOKEN: strong }, 'REBOUND_API_TOKEN', 'ok'],
    [{ REBOUND_API_TOKEN: '9f8e7d6c5b4a321' }, 'REBOUND_API_TOKEN', 'fault'],
    [{ REBOUND_API_TOKENS: `anna:${'ab'.repeat(10)}` }, 'REBOUND_API_TOKENS of anna', 'fault'],
    [{ REBOUND_READ_TOKENS: `eve:${strong}` }, 'REBOUND_READ_TOKENS of eve', 'ok'],
    [{ REBOUND_API_TOKEN: strong }, 'REBOUND_METRICS', 'warning'],
    [{ REBOUND_API_TOKENS: `anna:${strong}` }, 'REBOUND_METRICS', 'warning'],
    [{ REBOUND_API_TOKEN: strong, REBOUND_METRICS: 'token' }, 'REBOUND_METRICS', undefined],
    [{ REBOUND_TRUST_LEGACY: 'no' }, 'REBOUND_TRUST_LEGACY', undefined],
    [{ REBOUND_THRESHOLDS: 'off' }, 'REBOUND_THRESHOLDS', 'warning'],
    [{}, 'REBOUND_THRESHOLDS', 'ok'],
    [{ REBOUND_TRUST_LEGACY: 'remove' }, 'REBOUND_TRUST_LEGACY', 'warning'],
    [{ REBOUND_BRAKE: 'off' }, 'REBOUND_BRAKE', 'warning'],
    [{ REBOUND_BRAKE: 'on' }, 'REBOUND_BRAKE', 'ok'],
  ])('%o: %s is %s', (environment, check, expected) => expect(states(environment)[check]).toBe(expected))

  test('random text has more entropy than repeated text', () =>
    expect(entropyBits(strong)).toBeGreaterThan(3 * entropyBits('ab'.repeat(24))))
})

describe('the machine', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rebound-doctor-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('says how much room there is', async () => {
    const [disk] = await examineDisk(folder, join(folder, 'rebound.sqlite'))
    expect(disk?.says).toMatch(/MB free, \d+ %$/)
    expect(await examineDisk(join(folder, 'none'), null)).toMatchObject([{ state: 'warning' }])
  })

  test('a file system that forgets or is shared is a fault', async () => {
    const found = await examineDisk(folder, '/dev/shm/rebound.sqlite')
    expect(found[1]).toMatchObject({ state: 'fault', says: expect.stringContaining('tmpfs') })
  })

  test('a secret that others may read is a fault', async () => {
    expect(await examineSecretFile(folder)).toBeNull()
    writeFileSync(join(folder, 'secret'), 'x', { mode: 0o600 })
    expect(await examineSecretFile(folder)).toMatchObject({ state: 'ok' })
    chmodSync(join(folder, 'secret'), 0o644)
    expect(await examineSecretFile(folder)).toMatchObject({
      state: 'fault',
      fix: expect.stringContaining('chmod 600'),
    })
  })
})

function configOf(environment: Record<string, string>): Config {
  const result = readConfig({ REBOUND_SECRET: 'k'.repeat(32), ...environment })
  if (!result.ok) throw new Error(result.faults.join())
  return result.config
}

describe.each(dialects)('the database on %s', dialect => {
  test('that works', async () => {
    const { url, drop } = await newDatabase(dialect)
    const found = shown(await examineDatabase(configOf({ DATABASE_URL: url })))
    await drop()
    expect(found).toMatchObject({
      migrations: 'ok: all have run',
      clock: expect.stringMatching(/^ok/),
      latency: expect.stringMatching(/a commit takes [\d.]+ ms$/),
      incidents: 'ok: none lasts',
      'age of the signing key': 'unknown: no server has run with it yet',
    })
    expect(found.durability).toBeDefined()
  })

  test('whose return paths another key signed is a fault, as the start says', async () => {
    const { url, store, drop } = await newDatabase(dialect)
    const keys = (secret: string, environment: object = {}) =>
      examineDatabase(configOf({ DATABASE_URL: url, REBOUND_SECRET: secret, ...environment })).then(
        findings => shown(findings)['signing keys'],
      )
    const [old, other] = ['o'.repeat(32), 'n'.repeat(32)]
    const { store: started } = await openChecked(configOf({ DATABASE_URL: url, REBOUND_SECRET: old }))
    await started.close()
    expect(await keys(old)).toMatch(/^ok/)
    expect(await keys(`${other},${old}`)).toMatch(/^ok/)
    expect(await keys(other)).toMatch(/^fault: 1 that signed .* is not among yours/)
    // The new key is not written down by looking.
    expect(await store.knex('rebound_keys')).toHaveLength(1)
    await store.knex('rebound_keys').update({ retired_at: Date.now() - 62 * 86_400_000 })
    expect(await keys(other)).toMatch(/^ok/)
    await drop()
  })

  test('that is empty is left so', async () => {
    const { url, store, drop } = await emptyDatabase(dialect)
    const found = shown(await examineDatabase(configOf({ DATABASE_URL: url })))
    expect(await store.knex.schema.hasTable('rebound_bounces')).toBe(false)
    await drop()
    expect(Object.values(found).join()).toMatch(/have not run|not there yet/)
  })
})

test('a database that is away is a fault with the way out', async () => {
  const [found] = await examineDatabase(configOf({ DATABASE_URL: 'mysql://nobody:x@127.0.0.1:1/none' }))
  expect(found).toMatchObject({ state: 'fault', fix: 'Start it, or mend DATABASE_URL.' })
  expect(found?.says).not.toContain('nobody:x')
})

test('a file that is not a database is not taken for one that is away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-doctor-'))
  writeFileSync(join(folder, 'x.sqlite'), 'no database, but longer than a header of one'.repeat(100))
  const [found] = await examineDatabase(configOf({ DATABASE_URL: `sqlite:${join(folder, 'x.sqlite')}` }))
  rmSync(folder, { recursive: true })
  expect(found).toMatchObject({ state: 'fault', says: expect.stringContaining('is not a database') })
})

describe.runIf(dialects.includes('mysql'))('the findings on mysql', () => {
  const foundWith = async (change: (url: URL) => void): Promise<DoctorFinding | undefined> => {
    const { url: text, drop } = await newDatabase('mysql')
    const url = new URL(text)
    change(url)
    const [found] = await examineDatabase(configOf({ DATABASE_URL: url.toString() }))
    await drop()
    return found
  }
  test.each<[string, (url: URL) => void, RegExp, RegExp]>([
    [
      'a wrong password',
      url => {
        url.password = 'wrong'
      },
      /lets this user not in/,
      /user and password/,
    ],
    [
      'a database that is not there',
      url => {
        url.pathname = '/nowhere'
      },
      /is not there/,
      /CREATE DATABASE/,
    ],
  ])('%s', async (_, change, says, fix) => {
    const found = await foundWith(change)
    expect(found).toMatchObject({
      state: 'fault',
      says: expect.stringMatching(says),
      fix: expect.stringMatching(fix),
    })
  })
})
