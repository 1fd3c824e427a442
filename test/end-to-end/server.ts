// A real server for a test: `node dist/src/main.js serve` on free ports with a data directory of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..', '..')
export const secret = 'test-secret-of-at-least-thirty-two-bytes'
export const domain = 'bounces.crm.example'

export interface Server {
  readonly process: ChildProcess
  readonly smtpPort: number
  readonly httpPort: number
  readonly url: string
  readonly dataDir: string
  readonly environment: Readonly<Record<string, string>>
  /** Everything said so far. */
  readonly said: () => string
  /** SIGTERM, then the exit code. */
  readonly stop: () => Promise<number | null>
  readonly exited: Promise<number | null>
}

/** The environment of the test run without anything that would configure Rebound. */
export function bareEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(REBOUND_|DATABASE_URL$)/.test(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']))
}

/** Starts a server and resolves once both ports are open; rejects with what it said when it ends before. */
export async function startServer(
  settings: Record<string, string> = {},
  command?: readonly string[],
): Promise<Server> {
  const dataDir = settings.REBOUND_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'rebound-e2e-'))
  const environment: Record<string, string> = {
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: '0',
    REBOUND_DOMAINS: domain,
    REBOUND_INBOX: 'returns',
    REBOUND_SECRET: secret,
    REBOUND_DATA_DIR: dataDir,
    ...settings,
  }
  const [file = process.execPath, ...args] = command ?? [
    process.execPath,
    join(root, 'dist/src/main.js'),
    'serve',
  ]
  const child = spawn(file, args, {
    cwd: root,
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const exited = new Promise<number | null>(done => child.once('exit', code => done(code)))
  const ports = new Promise<{ smtp: number; http: number }>((found, failed) => {
    const listen = (chunk: Buffer): void => {
      text += chunk.toString()
      const smtp = /"protocol":"smtp"[^\n]*?"port":(\d+)/.exec(text)
      const http = /"protocol":"http"[^\n]*?"port":(\d+)/.exec(text)
      if (smtp && http) found({ smtp: Number(smtp[1]), http: Number(http[1]) })
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    void exited.then(code => failed(new Error(`ended with ${code} before listening:\n${text}`)))
  })
  const { smtp, http } = await ports
  return {
    process: child,
    smtpPort: smtp,
    httpPort: http,
    url: `http://127.0.0.1:${http}`,
    dataDir,
    environment,
    said: () => text,
    exited,
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM')
      return exited
    },
  }
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs one command of the CLI to its end. */
export function rebound(
  words: readonly string[],
  environment: Record<string, string> = {},
  input?: Buffer | string,
): Promise<Ran> {
  return new Promise(done => {
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), ...words], {
      cwd: root,
      env: { ...bareEnvironment(), ...environment },
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.once('close', code =>
      done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
