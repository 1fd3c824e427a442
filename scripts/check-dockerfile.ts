// Builds the Dockerfile's stages with its own commands, without a container engine, and works the result as its operator
// would, in a read-only root file system: `npm run check:dockerfile`. What it cannot show is the base image itself.

import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Built, build } from './dockerfile/build.ts'
import { type Container, container } from './dockerfile/container.ts'
import { readStages } from './dockerfile/stages.ts'

const context = resolve(import.meta.dirname, '..')
const say = (line: string): void => console.log(line)
const claim = (words: string, holds: boolean, seen = ''): void => {
  if (!holds) throw new Error(`does not hold: ${words}${seen && `\n${seen}`}`)
  say(`ok  ${words}`)
}

interface Ran {
  readonly code: number | null
  /** Both streams. */
  readonly text: string
}

async function ended(child: ChildProcess): Promise<Ran> {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (text += chunk))
  return await new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', code => done({ code, text }))
  })
}

function looksRight({ stage, root }: Built): void {
  const app = join(root, stage.workdir)
  const modules = join(app, 'node_modules')
  claim('the last stage runs as another user than root', stage.user !== 'root')
  for (const absent of ['typescript', 'vitest', '@biomejs/biome', 'tsx'])
    claim(`no ${absent} in the last stage`, !existsSync(join(modules, absent)))
  claim('no sources in the last stage', !existsSync(join(app, 'src')))
  const sqlite = join(modules, 'better-sqlite3')
  claim(
    'of SQLite’s build only the library is in the last stage',
    readdirSync(join(sqlite, 'build/Release')).join() === 'better_sqlite3.node' &&
      !existsSync(join(sqlite, 'deps')),
  )
}

/** Tries to write where an image may not. Prints where it could. */
const trespass = `
const fs = require('node:fs')
for (const folder of ['/', '/app', '/app/dist', '/tmp', '/var/tmp', '/usr/bin', '/etc'])
  try { fs.writeFileSync(folder + '/trespass', ''); console.log('could write to ' + folder) } catch {}
fs.writeFileSync('/data/trespass', ''); fs.unlinkSync('/data/trespass'); console.log('uid ' + process.getuid())`

async function isReadOnly(box: Container): Promise<void> {
  if (box.shortcoming !== null) {
    say(`NOT SHOWN: ${box.shortcoming}`)
    return
  }
  const { code, text } = await ended(box.start(['node', '-e', trespass], {}))
  claim('only the volume is writable, /tmp is not', code === 0 && !text.includes('could write'), text)
}

async function works({ stage }: Built, box: Container): Promise<void> {
  const [smtp = 0, http = 0] = await freePorts(2)
  const settings = {
    // As the README starts it, but for the ports: others may listen on this machine.
    REBOUND_HTTP_HOST: '0.0.0.0',
    REBOUND_API_TOKEN: 'token-of-the-dockerfile-check',
    REBOUND_DOMAINS: 'bounces.crm.example',
    REBOUND_MAX_CLIENTS_PER_IP: '200',
    REBOUND_LOG_LEVEL: 'warn',
    REBOUND_SMTP_PORT: String(smtp),
    REBOUND_HTTP_PORT: String(http),
  }
  claim('EXPOSE names the default ports', stage.ports.join() === '2525,9925')
  const unhealthy = await ended(box.start(stage.healthcheck, settings))
  claim('HEALTHCHECK answers 1 before it is started', unhealthy.code === 1, unhealthy.text)

  const server = box.start(stage.command, settings)
  const exit = ended(server)
  try {
    await Promise.race([
      new Promise<void>(up => server.stdout?.on('data', chunk => String(chunk).includes('is up.') && up())),
      exit.then(({ code, text }) => Promise.reject(new Error(`ended with ${code}:\n${text}`))),
    ])
    const healthy = await ended(box.start(stage.healthcheck, settings))
    claim('HEALTHCHECK answers 0 while it runs', healthy.code === 0, healthy.text)
    const harness = async (...words: string[]): Promise<void> => {
      const { code, text } = await ended(
        box.start(['node', 'dist/src/main.js', 'bounce', ...words], settings),
      )
      claim(`bounce ${words.join(' ')}`, code === 0, text)
      for (const line of text
        .trim()
        .split('\n')
        .filter(row => !row.endsWith(' agrees'))
        .slice(-4, -1))
        say(`      ${line.slice(0, 100)}`)
    }
    await harness('--all', '--verify')
    // Enough for SQLite to want temporary files, were it allowed any: some thousand, and not one 451.
    await harness('--rate', '200', '--seconds', '20', '--mix', 'realistic')
    server.kill(stage.stopSignal)
    const { code, text } = await exit
    claim(`STOPSIGNAL ${stage.stopSignal} ends it with 0`, code === 0, text)
    claim('it had nothing to warn of', !/"level":"(warn|error|fatal)"/.test(text), text)
  } finally {
    server.kill('SIGKILL')
  }
  for (const file of ['rebound.sqlite', 'secret'])
    claim(`${file} is in the volume`, existsSync(join(box.volume, file)))
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>(done => server.listen(0, done))
      return server
    }),
  )
  return servers.map(server => {
    const address = server.address()
    server.close()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  })
}

const scratch = mkdtempSync(join(tmpdir(), 'rebound-dockerfile-'))
try {
  const image = build(readStages(readFileSync(join(context, 'Dockerfile'), 'utf8')), context, scratch, say)
  looksRight(image)
  const box = await container(image)
  await isReadOnly(box)
  await works(image, box)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
