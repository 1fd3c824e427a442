// The process: how it starts, what stops the start, and how it ends.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { bareEnvironment, domain, rebound, root, startServer } from './server.ts'
import { newWorld, type World } from './world.ts'

const dataDir = (): string => mkdtempSync(join(tmpdir(), 'rebound-process-'))

describe('a start that cannot work exits 2 with every fault', () => {
  const cases: [string, Record<string, string>, RegExp[]][] = [
    [
      'two bad settings',
      { REBOUND_SMTP_PORT: 'x', REBOUND_NAME: 'y' },
      [/REBOUND_SMTP_PORT is "x": write/, /REBOUND_NAME: there is no such setting/],
    ],
    ['http for all without a token', { REBOUND_HTTP_HOST: '0.0.0.0' }, [/REBOUND_API_TOKEN/]],
    [
      'a certificate that is none',
      { REBOUND_TLS_CERT: join(root, 'package.json'), REBOUND_TLS_KEY: join(root, 'package.json') },
      [/REBOUND_TLS_CERT|REBOUND_TLS_KEY/],
    ],
    [
      'a short key, http for all, a certificate that is none and a bad pattern',
      {
        REBOUND_SECRET: 'short',
        REBOUND_HTTP_HOST: '0.0.0.0',
        REBOUND_TLS_CERT: join(root, 'package.json'),
        REBOUND_TLS_KEY: join(root, 'package.json'),
        REBOUND_LEGACY: '{x}',
      },
      [/REBOUND_SECRET: every key/, /REBOUND_HTTP_HOST/, /REBOUND_TLS_CERT/, /REBOUND_LEGACY/],
    ],
  ]
  test.each(cases)('%s', async (_what, settings, expected) => {
    const ran = await rebound(['serve'], { REBOUND_DATA_DIR: dataDir(), ...settings })
    expect(ran.code, ran.err).toBe(2)
    for (const each of expected) expect(ran.err).toMatch(each)
    expect(ran.err).not.toMatch(/ at .*\.js:\d+/)
  })

  test('a database whose paths were signed with a key we do not have', async () => {
    const directory = dataDir()
    const first = await startServer({ REBOUND_DATA_DIR: directory, REBOUND_SECRET: 'a'.repeat(32) })
    expect(await first.stop()).toBe(0)
    const ran = await rebound(['serve'], { REBOUND_DATA_DIR: directory, REBOUND_SECRET: 'b'.repeat(32) })
    expect(ran.code, ran.err).toBe(2)
    expect(ran.err).toMatch(/REBOUND_SECRET/)
    // Rotation: the new key first, the old one behind it.
    const rotated = await startServer({
      REBOUND_DATA_DIR: directory,
      REBOUND_SECRET: `${'b'.repeat(32)},${'a'.repeat(32)}`,
    })
    expect(await rotated.stop()).toBe(0)
  })

  test.each([
    ['serve', 2],
    ['migrate', 1],
  ])('a data directory that cannot be made stops %s', async (command, code) => {
    // Where a parent is there and answers that it is not, Node's own recursive mkdir would never end.
    const impossible = existsSync('/proc/self') ? '/proc/rebound' : '/dev/null/rebound'
    const ran = await rebound([command], { REBOUND_DATA_DIR: impossible })
    expect(ran.code, ran.err).toBe(code)
    expect(ran.err).toMatch(/REBOUND_DATA_DIR/)
    expect(ran.err).toContain(impossible)
    expect(ran.err).not.toMatch(/ at .*\.js:\d+/)
  })

  const notADatabase = join(dataDir(), 'package.json')
  writeFileSync(notADatabase, readFileSync(join(root, 'package.json')))
  test.each([
    [
      'mysql://rebound:hunter2@127.0.0.1:1/crm',
      /MySQL 127\.0\.0\.1:1\/crm does not answer .*ECONNREFUSED.*: start it, or/,
    ],
    [
      'mysql://rebound:hunter2@db.invalid/crm',
      /MySQL db\.invalid\/crm does not answer .*db\.invalid.*: start it, or/,
    ],
    [`sqlite:${notADatabase}`, /package\.json cannot be used .*: write sqlite:/],
    [`sqlite:${root}`, /cannot be used .*: write sqlite:/],
    [`sqlite:${notADatabase}/x`, /cannot be used .*: write sqlite:/],
  ])('a database that cannot be used exits 1 and names the setting: %s', async (url, expected) => {
    const ran = await rebound(['serve'], {
      REBOUND_DATA_DIR: dataDir(),
      REBOUND_SECRET: 'a'.repeat(32),
      DATABASE_URL: url,
    })
    expect(ran.code, ran.err).toBe(1)
    expect(ran.err).toMatch(/^DATABASE_URL: /m)
    expect(ran.err).toMatch(expected)
    expect(ran.err).not.toContain('hunter2')
    expect(ran.err).not.toMatch(/ at .*\.js:\d+/)
  })

  test('a taken port exits 1 and says which', async () => {
    const server = await startServer()
    const ran = await rebound(['serve'], {
      ...server.environment,
      REBOUND_DATA_DIR: dataDir(),
      REBOUND_SMTP_PORT: String(server.smtpPort),
    })
    await server.stop()
    expect(ran.code).toBe(1)
    expect(ran.err).toMatch(new RegExp(`Port ${server.smtpPort}.*taken`))
    // Nothing that was under way fails at a database that is closed.
    expect(ran.err).not.toMatch(/does not answer| at .*\.js:\d+/)
  })
})

test('what a server keeps is for its user alone, whatever the umask', async () => {
  const directory = join(dataDir(), 'made', 'here')
  const command = [process.execPath, join(root, 'dist/src/main.js'), 'serve']
  const server = await startServer({ REBOUND_DATA_DIR: directory, REBOUND_SECRET: '' }, [
    '/bin/sh',
    '-c',
    'umask 0 && exec "$@"',
    'sh',
    ...command,
  ])
  const modes = Object.fromEntries(
    readdirSync(directory).map(name => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]),
  )
  await server.stop()
  expect(modes).toEqual({
    'rebound.sqlite': '600',
    'rebound.sqlite-server': '600',
    'rebound.sqlite-wal': '600',
    'rebound.sqlite-shm': '600',
    secret: '600',
  })
})

describe('wrong usage exits 2 with the nearest right spelling', () => {
  test.each([
    [['recrods', 'show'], /records/],
    [['classify', '--jsn', 'x'], /--json/],
    [['address', 'mint', '--module', 'contact', '--id', '1', '--to', 'a@example.org'], /contacts/],
    [['bounces', 'list', '--limit', '-1'], /1 to 1000/],
  ])('%j', async (words, expected) => {
    const ran = await rebound(words, { REBOUND_DATA_DIR: dataDir() })
    expect(ran.code, ran.err).toBe(2)
    expect(ran.err).toMatch(expected)
    expect(ran.out).toBe('')
  })
})

test('a reader that closes the pipe ends a command quietly', () => {
  const mails = 'From ana@example.org Tue Nov 24 10:00:00 2026\nSubject: hello\n\nhello\n\n'.repeat(2_000)
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', 'set -o pipefail; node dist/src/main.js classify --json - | head -n 1'],
    { cwd: root, input: mails, encoding: 'utf8', env: bareEnvironment() },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'ordinary' })
})

/** A session that talks line by line. */
class Talk {
  readonly #socket: Socket
  #text = ''
  readonly closed: Promise<void>

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.on('data', chunk => {
      this.#text += chunk.toString()
    })
    this.#socket.on('error', () => {})
    this.closed = new Promise(done => this.#socket.once('close', () => done()))
  }

  /** What was said and not waited for. */
  get heard(): string {
    return this.#text
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`)
  }

  async hear(code: RegExp): Promise<string> {
    const until = Date.now() + within(10_000)
    for (;;) {
      const found = code.exec(this.#text)
      if (found) {
        this.#text = this.#text.slice(found.index + found[0].length)
        return found[0]
      }
      if (Date.now() > until) throw new Error(`waited for ${code}, heard ${this.#text}`)
      await new Promise(done => setTimeout(done, 10))
    }
  }
}

async function inTheMiddleOfData(port: number, to: string): Promise<Talk> {
  const talk = new Talk(port)
  await talk.hear(/^220 .*\r\n/m)
  talk.say('EHLO mx.example.net')
  await talk.hear(/^250 .*\r\n/m)
  talk.say('MAIL FROM:<>')
  await talk.hear(/^250 .*\r\n/m)
  talk.say(`RCPT TO:<${to}>`)
  await talk.hear(/^250 .*\r\n/m)
  talk.say('DATA')
  await talk.hear(/^354 .*\r\n/m)
  talk.say('Subject: hello\r\n\r\nhalf')
  return talk
}

describe.each(dialects)('on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect)
  })
  afterAll(() => world?.close())

  test('ready once it listens; SIGTERM drains: running DATA finishes, is answered and kept; exit 0', async () => {
    const { server, store } = world
    const readyz = () => fetch(`${server.url}/readyz`)
    expect((await readyz()).status).toBe(200)
    const path = await world.mint({ module: 'contacts', id: 9, to: 'a@example.org' })
    const talk = await inTheMiddleOfData(server.smtpPort, path)
    server.process.kill('SIGTERM')
    // Load balancers hear of it while the last mails come in.
    let answer = await readyz()
    while (answer.status === 200 && server.process.exitCode === null) answer = await readyz()
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('draining')
    const late = new Talk(server.smtpPort)
    await late.closed
    expect(late.heard).not.toMatch(/^220/m)
    talk.say('the other half\r\n.')
    await talk.hear(/^250 .*\r\n/m)
    await talk.closed
    expect(await server.exited).toBe(0)
    expect(await store.knex('rebound_bounces').select('module', 'record_id', 'kind')).toEqual([
      { module: 'contacts', record_id: '9', kind: 'ordinary' },
    ])
  })
})

describe('SIGTERM', () => {
  test('npm start: the signal reaches the server, a second one means nothing, its exit 0 comes back', async () => {
    const directory = dataDir()
    const child = spawn('npm', ['start'], {
      cwd: root,
      env: {
        ...bareEnvironment(),
        REBOUND_SMTP_HOST: '127.0.0.1',
        REBOUND_SMTP_PORT: '0',
        REBOUND_HTTP_PORT: '0',
        REBOUND_DOMAINS: domain,
        REBOUND_DATA_DIR: directory,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    const up = new Promise<void>(done => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', chunk => {
          text += chunk
          if (text.includes('Next, in a second terminal')) done()
        })
    })
    const exited = new Promise<number | null>(done => child.once('exit', code => done(code)))
    await Promise.race([up, exited])
    child.kill('SIGTERM')
    await new Promise(done => setTimeout(done, 50))
    child.kill('SIGTERM')
    expect(await exited, text).toBe(0)
  })
})

test('a start with a short token warns of it, and starts', async () => {
  const server = await startServer({ REBOUND_API_TOKEN: 'hunter2' })
  await server.stop()
  expect(server.said()).toContain('REBOUND_API_TOKEN has fewer than 16 characters')
  expect(server.said()).not.toContain('hunter2')
})

test('a second server on one SQLite file exits 1 and names file and process; commands run beside the first', async () => {
  const server = await startServer()
  const second = await rebound(['serve'], { ...server.environment })
  const command = await rebound(['records', 'list'], { ...server.environment })
  await server.stop()
  expect(second.code, second.err).toBe(1)
  expect(second.err).toContain(`rebound.sqlite is used by another server, process ${server.process.pid}`)
  expect(second.err).not.toMatch(/ at .*\.js:\d+/)
  expect(command.code, command.err).toBe(0)
})
