// The whole server, durable on SQLite, beside a bare smtp-server that reads and forgets.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { composedMails } from './mails.ts'
import { compare, type Round } from './rounds.ts'

const root = resolve(import.meta.dirname, '..', '..')
const connections = 32
const messagesPerConnection = 60

interface Target {
  readonly port: number
  /** Return paths to send to, one a message. */
  readonly addresses: readonly string[]
  readonly stop: () => Promise<void>
}

/** Wanted: at least half the rate of the bare server. */
export async function benchServer(): Promise<void> {
  const mails = composedMails().filter(mail => mail.length < 12_000)
  const sink = await startSink()
  const rebound = await startRebound()
  let turn = 0
  const load = (target: Target) => (): Promise<Round> => send(target, mails, turn++)
  try {
    await compare(
      `${connections} connections, ${messagesPerConnection} reports each, connections kept`,
      'mails/s',
      5,
      { name: 'bare smtp-server, nothing kept', run: load(sink) },
      { name: 'Rebound, each committed before its 250', run: load(rebound) },
    )
  } finally {
    await sink.stop()
    await rebound.stop()
  }
}

async function start(
  args: readonly string[],
  env: Record<string, string>,
  ready: RegExp,
): Promise<{ port: number; text: () => string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const port = await new Promise<number>((found, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        text += chunk
        const match = ready.exec(text)
        if (match) found(Number(match[1]))
      })
    child.once('exit', code => failed(new Error(`ended with ${code}:\n${text}`)))
  })
  const stop = async (): Promise<void> => {
    const gone = new Promise(done => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
  }
  return { port, text: () => text, stop }
}

async function startSink(): Promise<Target> {
  const { port, stop } = await start(
    ['--import', 'tsx', join(root, 'scripts/bench/sink.ts')],
    {},
    /port (\d+)/,
  )
  return { port, stop, addresses: ['sink@bounces.example'] }
}

async function startRebound(): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const env = {
    REBOUND_DATA_DIR: directory,
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: '0',
    REBOUND_LOG_LEVEL: 'info',
    REBOUND_DOMAINS: 'bounces.example',
  }
  const server = await start(
    [join(root, 'dist/src/main.js'), 'serve'],
    env,
    /"protocol":"smtp"[^\n]*?"port":(\d+)/,
  )
  const http = Number(/"protocol":"http"[^\n]*?"port":(\d+)/.exec(server.text())?.[1])
  const addresses: string[] = []
  for (let block = 0; block < 5; block++) {
    const items = Array.from({ length: 1000 }, (_, index) => ({
      module: 'contacts',
      id: block * 1000 + index,
      campaign: index % 20,
      to: 'ana@example.org',
    }))
    const answer = await fetch(`http://127.0.0.1:${http}/v1/return-paths`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    })
    addresses.push(
      ...((await answer.json()) as { items: { address: string }[] }).items.map(item => item.address),
    )
  }
  return {
    port: server.port,
    addresses,
    stop: async () => {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Every connection says its messages one after the other, waiting for each answer. */
async function send(target: Target, mails: readonly Buffer[], turn: number): Promise<Round> {
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, (_, index) => talk(target, mails, turn * connections + index)),
  )
  return { done: connections * messagesPerConnection, seconds: (performance.now() - started) / 1000 }
}

function talk(target: Target, mails: readonly Buffer[], talker: number): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect(target.port, '127.0.0.1')
    let sent = 0
    let awaited: 'greeting' | 'hello' | 'sender' | 'recipient' | 'data' | 'end' = 'greeting'
    let text = ''
    const say = (line: string, next: typeof awaited): void => {
      awaited = next
      socket.write(line)
    }
    const answer = (code: string): void => {
      if (code[0] !== '2' && code[0] !== '3') failed(new Error(`${awaited}: ${code}`))
      else if (awaited === 'greeting') say('EHLO bench.example\r\n', 'hello')
      else if (awaited === 'hello' || awaited === 'end') {
        if (sent === messagesPerConnection) {
          socket.end('QUIT\r\n')
          done()
        } else say('MAIL FROM:<>\r\n', 'sender')
      } else if (awaited === 'sender') {
        const serial = talker * messagesPerConnection + sent
        say(`RCPT TO:<${target.addresses[serial % target.addresses.length]}>\r\n`, 'recipient')
      } else if (awaited === 'recipient') say('DATA\r\n', 'data')
      else {
        // A message id of its own makes it an event of its own.
        const serial = talker * messagesPerConnection + sent++
        const mail =
          mails[serial % mails.length]?.toString('latin1').replace(/^message-id:[^\n]*\n/im, '') ?? ''
        const body = `Message-ID: <${serial}@bench.example>\r\n${mail}`
          .replace(/\r?\n/g, '\r\n')
          .replace(/^\./gm, '..')
        awaited = 'end'
        socket.write(`${body}\r\n.\r\n`, 'latin1')
      }
    }
    socket.on('data', chunk => {
      text += chunk
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        if (line[3] !== '-') answer(line.slice(0, 3))
      }
    })
    socket.on('error', failed)
    socket.on('close', () => failed(new Error('closed')))
  })
}
