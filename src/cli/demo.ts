// `npm run demo`: a server of its own on free ports, a dozen contacts whose mail comes back, and what came of it.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Api, apiAt, type CampaignSeen } from '../harness/api.ts'
import { type LoadResult, load } from '../harness/load.ts'
import type { Pair } from '../harness/mix.ts'
import { type Run, type Trial, verify } from '../harness/verify.ts'
import { CommandError, type Io, table } from './terminal.ts'

/** What comes back to the contacts of the demo, one each. */
const cast: readonly Pair[] = [
  { writer: 'postfix', scenario: 'unknown-user' },
  { writer: 'office-365', scenario: 'unknown-user' },
  { writer: 'qmail', scenario: 'unknown-domain' },
  { writer: 'gmail', scenario: 'mailbox-full' },
  { writer: 'exchange', scenario: 'mailbox-disabled' },
  { writer: 'exim', scenario: 'spam-block' },
  { writer: 'sendmail', scenario: 'ip-block' },
  { writer: 'yahoo', scenario: 'auth-failure' },
  { writer: 'postfix', scenario: 'delayed' },
  { writer: 'mailbox', scenario: 'vacation-fr' },
  { writer: 'mailbox', scenario: 'complaint' },
  { writer: 'mailbox', scenario: 'ordinary' },
]

const stream = { rate: 50, seconds: 6, mix: 'realistic', connections: 10 } as const
const startMs = 30_000
const stopMs = 25_000

/**
 * Runs the demo to its end; everything it made is removed, also when a signal ends it (then the process exits with
 * 128 and the signal's number).
 * @returns 0, or 1 when something came out otherwise than it should. Throws CommandError when the server does not start.
 */
export async function demo(io: Io): Promise<number> {
  const interruption = watchSignals()
  const directory = await mkdtemp(join(tmpdir(), 'rebound-demo-'))
  const server = startServer(directory)
  try {
    return await Promise.race([perform(server, io), interruption.came])
  } finally {
    const code = interruption.exitCode()
    // What an interrupted demo recorded is thrown away: nothing to drain.
    await stopServer(server, code === null ? 'SIGTERM' : 'SIGKILL')
    await rm(directory, { recursive: true, force: true })
    // The show would go on with the connections that it has open.
    if (code !== null) process.exit(code)
    interruption.ignore()
  }
}

async function perform(server: ChildProcess, io: Io): Promise<number> {
  const { smtp, http } = await portsOf(server)
  io.err(`A server of its own takes mail on port ${smtp} and answers on http://127.0.0.1:${http}.`)
  return await show(smtp, http, io)
}

interface Interruption {
  /** Resolves with the exit code at the first signal that would end this process; later ones mean nothing, npm repeats them. */
  readonly came: Promise<number>
  /** Null as long as there was none. */
  readonly exitCode: () => number | null
  readonly ignore: () => void
}

function watchSignals(): Interruption {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let code: number | null = null
  let heard = (_: NodeJS.Signals): void => {}
  const came = new Promise<number>(resolve => {
    heard = signal => {
      code ??= 128 + constants.signals[signal]
      resolve(code)
    }
  })
  for (const signal of signals) process.on(signal, heard)
  return {
    came,
    exitCode: () => code,
    ignore: () => {
      for (const signal of signals) process.off(signal, heard)
    },
  }
}

async function show(smtp: number, http: number, io: Io): Promise<number> {
  const base = `http://127.0.0.1:${http}`
  const api: Api = apiAt(base)
  const now = new Date()
  const run = (offset: number): Run => {
    const runId = String(now.getTime() + offset)
    return {
      target: { host: '127.0.0.1', port: smtp },
      api,
      seed: 'demo',
      at: now,
      runId,
      recipient: 'ana@example.org',
    }
  }

  io.err(
    `\n${cast.length} contacts got a mail of campaign “Autumn”. This came back, and this is what the CRM now knows:\n`,
  )
  const first = await verify(cast, run(0))
  io.out(
    table(['came back from', 'saying', 'read as', 'because', 'contact now'], first.trials.map(trialRow), 60),
  )
  io.out('')
  io.out(campaignTable('Autumn', first.campaign))

  io.err(
    `\nNow ${stream.rate * stream.seconds} more, ${stream.rate} a second, as a CRM of some size sees them …\n`,
  )
  const second = await load(stream, run(1))
  io.out(loadTable(second))
  io.out('')
  io.out(campaignTable('the stream', second.campaign))

  io.err('\nAnd some of what Prometheus scrapes at /metrics:\n')
  io.out(await metrics(base))

  const isRight =
    first.trials.every(trial => trial.differences.length === 0) &&
    first.campaignDifferences.length === 0 &&
    second.asExpected === second.sent &&
    second.campaignDifferences.length === 0
  for (const { composed, differences } of first.trials)
    for (const difference of differences) io.err(`${composed.writer} ${composed.scenario}: ${difference}`)
  for (const [problem, count] of second.problems) io.err(`${count} × ${problem}`)
  io.err(
    isRight
      ? '\nEverything came out as it should. Your own server: npm start'
      : '\nNot everything came out as it should: see above.',
  )
  return isRight ? 0 : 1
}

function trialRow({ composed, event, record }: Trial): string[] {
  const readAs = event === null ? ['–'] : [event.kind, event.type, event.category]
  const because = event?.decidedBy ? `${event.decidedBy} ${event.decidedRule ?? ''}`.trim() : ''
  const now = record?.emailBounced
    ? record.email === null
      ? 'flagged, address removed'
      : 'flagged, address kept'
    : 'unchanged'
  return [composed.writer, composed.scenario, readAs.filter(word => word !== null).join(' '), because, now]
}

function campaignTable(name: string, campaign: CampaignSeen): string {
  const { sent, hardBounces, softBounces, blockedBounces, complaints } = campaign
  return table(
    ['campaign', 'sent', 'hard', 'soft', 'of them blocked', 'complaints'],
    [[name, sent, hardBounces, softBounces, blockedBounces, complaints]],
  )
}

function loadTable({ sent, acknowledged, asExpected, p50Milliseconds, p99Milliseconds }: LoadResult): string {
  return table(
    ['sent', 'acknowledged', 'as expected', 'p50', 'p99'],
    [
      [
        sent,
        acknowledged,
        asExpected,
        `${p50Milliseconds.toFixed(1)} ms`,
        `${p99Milliseconds.toFixed(1)} ms`,
      ],
    ],
  )
}

/** Counters that moved, without the long list of those that did not. */
async function metrics(base: string): Promise<string> {
  const text = await (await fetch(`${base}/metrics`)).text()
  const wanted = /^rebound_(messages_total|bounced_sends_total|sends_total|message_seconds_(sum|count))[ {]/
  return text
    .split('\n')
    .filter(line => wanted.test(line) && !line.endsWith(' 0'))
    .join('\n')
}

/** The server as `npm start` runs it, but for ports, domain and data. */
function startServer(directory: string): ChildProcess {
  const kept = Object.entries(process.env).filter(([name]) => !/^(REBOUND_|DATABASE_URL$)/.test(name))
  return spawn(process.execPath, [fileURLToPath(new URL('../main.js', import.meta.url)), 'serve'], {
    cwd: directory,
    env: {
      ...Object.fromEntries(kept),
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

/** Both ports, from the log; throws CommandError with what the server said when it ends or stays silent. */
async function portsOf(server: ChildProcess): Promise<{ smtp: number; http: number }> {
  let said = ''
  return await new Promise((found, failed) => {
    const fail = (why: string): void => failed(new CommandError(`The server ${why}:\n${said}`, 1))
    const timer = setTimeout(() => fail(`said nothing of its ports in ${startMs / 1000} s`), startMs)
    server.once('error', error => fail(`did not start (${error.message})`))
    server.once('exit', code => fail(`ended with ${code}`))
    server.stderr?.on('data', chunk => {
      said = (said + String(chunk)).slice(-100_000)
      const smtp = /"protocol":"smtp"[^\n]*?"port":(\d+)/.exec(said)?.[1]
      const http = /"protocol":"http"[^\n]*?"port":(\d+)/.exec(said)?.[1]
      if (smtp === undefined || http === undefined) return
      clearTimeout(timer)
      found({ smtp: Number(smtp), http: Number(http) })
    })
  })
}

/** Sends `signal`, and SIGKILL to one that will not drain. */
async function stopServer(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>(done => server.once('exit', () => done()))
  server.kill(signal)
  const timer = setTimeout(() => server.kill('SIGKILL'), stopMs)
  await gone
  clearTimeout(timer)
}
