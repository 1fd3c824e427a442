// Under systemd, as far as that goes without it as PID 1: its sockets, its notifications, and what it thinks of the units.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { greetingOf } from '../../src/doctor/reach.ts'
import { settings } from '../../src/settings/table.ts'
import { within } from '../patience.ts'
import { hasTool } from '../tools.ts'
import { bareEnvironment, root, secret, startServer } from './server.ts'

const units = join(root, 'deploy/systemd')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebound-systemd-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>(done => server.close(() => done()))
  return port
}

describe.skipIf(!hasTool('systemd-socket-activate'))('a socket that systemd opened', () => {
  test('is taken over: the first connection starts the server and is greeted', async () => {
    const port = await freePort()
    const environment = {
      ...bareEnvironment(),
      REBOUND_SECRET: secret,
      REBOUND_DATA_DIR: join(folder, 'activated'),
      REBOUND_HOSTNAME: 'mx.activated.example',
      // Taken by nobody, since the socket is there: binding it would need rights.
      REBOUND_SMTP_PORT: '1',
      REBOUND_HTTP_PORT: '0',
    }
    const names = Object.keys(environment).flatMap(name => ['-E', name])
    const child = spawn(
      'systemd-socket-activate',
      [
        '-l',
        `127.0.0.1:${port}`,
        '--fdname=smtp',
        ...names,
        process.execPath,
        join(root, 'dist/src/main.js'),
        'serve',
      ],
      { env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let said = ''
    child.stderr.on('data', chunk => {
      said += String(chunk)
    })
    const exited = new Promise(done => child.once('exit', done))
    await expect.poll(() => said, { timeout: within(10_000) }).toContain('Listening on')
    const greeting = await retried(() => greetingOf('127.0.0.1', port))
    expect(greeting).toMatch(/^220 mx\.activated\.example /)
    expect(said).toContain(`"port":${port}`)
    child.kill('SIGTERM')
    await exited
  })
})

/** The server may need longer to start than a greeting is waited for; the socket keeps the connection. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + within(15_000)
  for (;;)
    try {
      return await work()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
}

describe.skipIf(!hasTool('systemd-notify') || !hasTool('python3'))('notifications', () => {
  test('readiness, signs of life and the end are told', async () => {
    const socket = join(folder, 'notify')
    const listener = spawn('python3', [join(import.meta.dirname, 'notify-socket.py'), socket])
    let told = ''
    listener.stdout.on('data', chunk => {
      told += String(chunk)
    })
    await expect.poll(() => told, { timeout: within(10_000) }).toContain('bound')
    // Half a second: a sign of life every sixth of one.
    const server = await startServer({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: '500000' })
    await expect.poll(() => told, { timeout: within(10_000) }).toMatch(/READY=1.*STATUS=takes mail/)
    await expect
      .poll(() => told.match(/WATCHDOG=1/g)?.length ?? 0, { timeout: within(10_000) })
      .toBeGreaterThan(2)
    expect(await server.stop()).toBe(0)
    await expect.poll(() => told, { timeout: within(10_000) }).toMatch(/STOPPING=1/)
    listener.kill('SIGTERM')
  })
})

describe('the units', () => {
  const names = readdirSync(units)

  test.skipIf(!hasTool('systemd-analyze'))('systemd finds nothing to say about them', () => {
    for (const name of names) {
      const text = readFileSync(join(units, name), 'utf8')
        .replaceAll('/usr/bin/node', process.execPath)
        .replaceAll('/etc/rebound/rebound.env', join(root, 'deploy/rebound.env'))
      writeFileSync(join(folder, name), text)
    }
    const { stdout, stderr, status } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', ...names.map(name => join(folder, name))],
      {
        encoding: 'utf8',
      },
    )
    // The user is made by whoever installs it.
    const said = `${stdout}${stderr}`
      .split('\n')
      .filter(line => line.includes(folder) || names.some(name => line.startsWith(name)))
    expect(said).toEqual([])
    expect(status).toBe(0)
  })

  test.skipIf(!hasTool('systemd-analyze'))('the service is hardened', () => {
    const { stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=yes', '--threshold=25', join(folder, 'rebound.service')],
      { encoding: 'utf8' },
    )
    const level = Number(
      /Overall exposure level for \S+ (\d+\.\d+)/.exec(stdout)?.[1] ?? /: (\d+\.\d+) /.exec(stdout)?.[1],
    )
    expect(level, stdout.slice(-300)).toBeLessThan(2.5)
  })

  // Else a service that failed until its socket did, once mended, is active with port 25 closed.
  test('a start of the service opens its socket again', () =>
    expect(readFileSync(join(units, 'rebound.socket'), 'utf8')).toMatch(/^RequiredBy=rebound\.service$/m))

  test('systemd waits longer than the server drains', () => {
    const text = readFileSync(join(units, 'rebound.service'), 'utf8')
    const drains = Number(settings.find(({ key }) => key === 'shutdownSeconds')?.fallback)
    expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(text)?.[1])).toBeGreaterThan(drains)
  })
})

test('the sample of settings names only settings that exist', () => {
  const text = readFileSync(join(root, 'deploy/rebound.env'), 'utf8')
  const named = [...text.matchAll(/^#? ?([A-Z_]+)=/gm)].map(match => match[1] ?? '')
  expect(named.length).toBeGreaterThan(8)
  const known = settings.map(({ name }) => name as string)
  expect(named.filter(name => !known.includes(name))).toEqual([])
})
