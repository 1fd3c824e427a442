// A server for one command: a process of its own on free ports, with a database that is thrown away.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watchSignals } from './interruption.ts'
import { CommandError } from './terminal.ts'

export interface ServerPorts {
  readonly smtp: number
  readonly http: number
}

const startMs = 30_000
const stopMs = 25_000

/**
 * Runs `work` beside a server of its own. Everything that it made is removed, also when a signal ends it: then the
 * process exits with 128 and the signal's number. Throws CommandError with the server's log when it does not start.
 */
export async function withOwnServer(work: (ports: ServerPorts) => Promise<number>): Promise<number> {
  const interruption = watchSignals()
  const directory = await mkdtemp(join(tmpdir(), 'rebound-own-'))
  const server = spawnServer(directory)
  try {
    return await Promise.race([portsOf(server).then(work), interruption.came])
  } finally {
    const code = interruption.exitCode()
    // What an interrupted run recorded is thrown away: nothing to drain.
    await stopServer(server, code === null ? 'SIGTERM' : 'SIGKILL')
    await rm(directory, { recursive: true, force: true })
    // `work` would go on with the connections that it has open.
    if (code !== null) process.exit(code)
    interruption.ignore()
  }
}

/** The server as `rebound serve` runs it, but for ports, domain and data. */
function spawnServer(directory: string): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(REBOUND_|DATABASE_URL$)/.test(name))
  return spawn(process.execPath, [fileURLToPath(new URL('../main.js', import.meta.url)), 'serve'], {
    cwd: directory,
    env: {
      ...Object.fromEntries(inherited),
      REBOUND_DATA_DIR: directory,
      DATABASE_URL: `sqlite:${join(directory, 'rebound.sqlite')}`,
      REBOUND_DOMAINS: 'bounces.crm.example',
      REBOUND_SMTP_HOST: '127.0.0.1',
      REBOUND_SMTP_PORT: '0',
      REBOUND_HTTP_HOST: '127.0.0.1',
      REBOUND_HTTP_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** Both ports, from the log. */
async function portsOf(server: ChildProcess): Promise<ServerPorts> {
  let log = ''
  return await new Promise((found, failed) => {
    const fail = (why: string): void => failed(new CommandError(`The server ${why}:\n${log}`, 1))
    const timer = setTimeout(() => fail(`did not listen within ${startMs / 1000} s`), startMs)
    server.once('error', error => fail(`did not start (${error.message})`))
    server.once('exit', code => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
    server.stderr?.on('data', chunk => {
      log = (log + String(chunk)).slice(-100_000)
      const smtp = /"protocol":"smtp"[^\n]*?"port":(\d+)/.exec(log)?.[1]
      const http = /"protocol":"http"[^\n]*?"port":(\d+)/.exec(log)?.[1]
      if (smtp === undefined || http === undefined) return
      clearTimeout(timer)
      found({ smtp: Number(smtp), http: Number(http) })
    })
  })
}

/** Sends `signal`, and SIGKILL to a server that does not drain. */
async function stopServer(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>(done => server.once('exit', () => done()))
  server.kill(signal)
  const timer = setTimeout(() => server.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(timer)
}
