// The container's files as far as they can be held to their promises without building: `npm run check:dockerfile` does that.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readStages } from '../scripts/dockerfile/stages.ts'
import { testedRuntimes } from '../scripts/runtimes/tested.ts'
import { settings } from '../src/settings/table.ts'
import { bareEnvironment, root } from './end-to-end/server.ts'

const file = (name: string): string => readFileSync(join(root, name), 'utf8')
const image = readStages(file('Dockerfile')).at(-1)

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** Something that answers as `/healthz` would, on a free port. */
async function healthz(host: string, status = 200): Promise<string> {
  const made = createServer((request, answer) => {
    answer.statusCode = request.url === '/healthz' ? status : 404
    answer.end()
  })
  server = made
  await new Promise<void>(done => made.listen(0, host, done))
  const address = made.address()
  return String(typeof address === 'object' ? address?.port : 0)
}

/** The exit code of HEALTHCHECK. */
function check(environment: Record<string, string>): Promise<number | null> {
  const [, ...words] = image?.healthcheck ?? []
  const child = spawn(process.execPath, words, { env: { ...bareEnvironment(), ...environment } })
  return new Promise(done => child.once('exit', code => done(code)))
}

describe('HEALTHCHECK asks where the server listens', () => {
  test('on loopback when nothing is set but the port', async () => {
    expect(await check({ REBOUND_HTTP_PORT: await healthz('127.0.0.1') })).toBe(0)
  })

  const hasIpv6 = Object.values(networkInterfaces()).some(each =>
    each?.some(({ address }) => address === '::1'),
  )
  const hosts = ['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::', '::1'] : [])]
  test.each(hosts)('on %s', async host => {
    expect(await check({ REBOUND_HTTP_HOST: host, REBOUND_HTTP_PORT: await healthz(host) })).toBe(0)
  })

  test('and says no where nobody answers, or not well', async () => {
    const port = await healthz('127.0.0.1', 503)
    expect(await check({ REBOUND_HTTP_PORT: port })).toBe(1)
    server?.close()
    expect(await check({ REBOUND_HTTP_PORT: port })).toBe(1)
  })
})

test('the image stops and starts without a shell in between, as its own user, with its data in a volume', () => {
  expect(image).toMatchObject({
    user: 'node',
    stopSignal: 'SIGTERM',
    command: ['node', 'dist/src/main.js', 'serve'],
    volumes: ['/data'],
    ports: [2525, 9925],
    environment: { NODE_ENV: 'production', REBOUND_DATA_DIR: '/data' },
  })
})

test('compose takes mail on port 25, writes to the volume alone, and waits longer than draining may last', () => {
  const [, rebound = '', database = ''] = file('compose.yaml').split(/^ {2}(?:rebound|database):$/m)
  expect(rebound).toMatch(/^ {6}- '25:\$\{REBOUND_SMTP_PORT:-2525\}'$/m)
  expect(rebound).toMatch(/^ {6}- '127\.0\.0\.1:9925:\$\{REBOUND_HTTP_PORT:-9925\}'$/m)
  expect(rebound).toMatch(/^ {4}read_only: true$/m)
  expect(rebound).toMatch(/^ {6}- rebound:\/data$/m)
  const grace = Number(/stop_grace_period: (\d+)s/.exec(rebound)?.[1])
  const draining = Number(settings.find(row => row.name === 'REBOUND_SHUTDOWN_SECONDS')?.fallback)
  expect(draining).toBeGreaterThan(0)
  expect(grace).toBeGreaterThan(draining)
  expect(database).toContain('image: mysql:8.4')
  expect(database).toMatch(/--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1'/)
})

test('every setting in .env reaches the server of compose: no line under `environment` replaces it', () => {
  const compose = file('compose.yaml')
  expect(compose).toMatch(/^ {4}env_file: \.env$/m)
  const lines = [...compose.matchAll(/^ {6}(REBOUND_\w+): (.*)$/gm)]
  expect(lines.length).toBeGreaterThan(2)
  // HTTP has to listen beyond loopback for the published port to reach it.
  for (const [, name = '', value = ''] of lines.filter(each => each[1] !== 'REBOUND_HTTP_HOST'))
    expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?`))
})

test('compose mounts only files that are there', () => {
  const mounted = [...file('compose.yaml').matchAll(/^ {6}- \.\/([^:]+):/gm)].map(match => match[1] ?? '')
  expect(mounted.length).toBeGreaterThan(3)
  expect(mounted.filter(path => !existsSync(join(root, path)))).toEqual([])
})

test('compose and the README start it without any privilege', () => {
  const compose = file('compose.yaml')
  expect(compose).toMatch(/^ {4}cap_drop: \[ALL\]$/m)
  expect(compose.match(/^ {4}security_opt: \['no-new-privileges:true'\]$/gm)).toHaveLength(4)
  expect(file('README.md')).toContain('--read-only')
  expect(file('README.md')).toContain('--cap-drop ALL --security-opt no-new-privileges')
})

test('images are named by exact version, and Node is one that is tested', () => {
  const bases = [...file('Dockerfile').matchAll(/^FROM node:(\S+)-bookworm-slim/gm)].map(match => match[1])
  expect(new Set(bases).size).toBe(1)
  expect(bases).toHaveLength(2)
  expect(testedRuntimes.map(({ version }) => version)).toContain(bases[0])
  expect(file('compose.yaml')).toMatch(/^ {4}image: mysql:\d+\.\d+\.\d+$/m)
})

test.each(testedRuntimes)('the README says that Node $version is tested', ({ version }) => {
  expect(file('README.md')).toContain(version)
})

test.each(['Dockerfile', 'compose.yaml', 'README.md'])('%s names no setting that is none', name => {
  const known = new Set(settings.map(row => row.name))
  const named = file(name).match(/\bREBOUND_[A-Z_]+[A-Z]\b/g) ?? []
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter(each => !known.has(each) && !each.startsWith('REBOUND_TEST_'))).toEqual([])
})

test('an instruction that the check does not know is an error, not passed over', () => {
  expect(() => readStages('FROM a\nADD b c')).toThrow(/ADD is not known/)
  expect(() => readStages('FROM a\nCMD node serve')).toThrow(/CMD node serve: write it as/)
  expect(() => readStages('FROM a\nCOPY --chown=b c d')).toThrow(/COPY --chown=b c d/)
})
