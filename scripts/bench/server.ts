// The whole server, durable, beside a bare smtp-server and beside the naive way, each message another record's.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canStartMariadb, startMariadb } from '../../test/mariadb.ts'
import { hasOpenssl, makeCertificate } from '../../test/smtp/certificate-files.ts'
import { type Child, root, startNode } from './child.ts'
import type { LoadOrder, LoadResult } from './load-client.ts'
import { median } from './rounds.ts'
import {
  mintedAddresses,
  mysqlCount,
  sqliteCount,
  startNaive,
  startRebound,
  startSink,
  type Target,
} from './targets.ts'

export interface ServerBenchOptions {
  readonly rounds: number
  /** Messages a round and target. */
  readonly messages: number
  readonly warmUp: number
  readonly loads: readonly Pick<LoadOrder, 'connections' | 'startTls'>[]
}

export const usual: ServerBenchOptions = {
  rounds: 5,
  messages: 2_000,
  warmUp: 6_000,
  loads: [
    { connections: 20, startTls: false },
    { connections: 60, startTls: false },
    ...(hasOpenssl ? [{ connections: 20, startTls: true }] : []),
  ],
}

interface Measured {
  readonly target: Target
  rates: number[]
  /** CPU microseconds a message. */
  costs: number[]
  sent: number
}

/** Prints rates, ratios and CPU a message; throws when what was acknowledged is not what is stored. */
export async function benchServer(options: ServerBenchOptions = usual): Promise<void> {
  const { rounds, messages, warmUp, loads } = options
  const addresses = mintedAddresses(warmUp + (rounds * loads.length + 2) * messages)
  const directory = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const mariadb = canStartMariadb ? await startMariadb({ flags: ['--innodb-buffer-pool-size=512M'] }) : null
  const targets: Target[] = []
  const env = hasOpenssl ? certificate(directory) : {}
  const load = await startLoad()
  try {
    targets.push(await startSink(addresses))
    targets.push(await naiveOnSqlite(directory, addresses), await reboundOnSqlite(directory, addresses, env))
    if (mariadb === null) console.log('  (no mariadbd here: SQLite alone)')
    else
      targets.push(
        await naiveOnMysql(await mariadb.newDatabase(), addresses),
        await reboundOnMysql(await mariadb.newDatabase(), addresses, env),
      )
    const all = targets.map((target): Measured => ({ target, rates: [], costs: [], sent: 0 }))
    for (const each of all)
      await round(load, each, { connections: 20, startTls: false, rate: null, messages: warmUp })
    // The last load is the one of which half the rate is asked for its latency.
    for (const { connections, startTls } of [...loads].reverse()) {
      for (const each of all) Object.assign(each, { rates: [], costs: [] })
      for (let at = 0; at < rounds; at++)
        for (const each of all) {
          const before = each.target.child.cpuSeconds()
          const order = { connections, startTls, rate: null, messages }
          const { acknowledged, seconds } = await round(load, each, order)
          each.rates.push(acknowledged / seconds)
          each.costs.push(((each.target.child.cpuSeconds() - before) / acknowledged) * 1e6)
        }
      const kept = `${connections} connections kept${startTls ? ', with STARTTLS' : ''}`
      print(all, `${kept}, ${messages} reports of 5 KB a round, every message another record's`)
    }
    await printLatency(load, all, messages)
    for (const { target, sent } of all) {
      const stored = await target.stored()
      if (stored !== null && stored !== sent)
        throw new Error(`${target.name}: ${sent} acknowledged, ${stored} stored`)
    }
    console.log('  what was acknowledged is what is stored')
  } finally {
    for (const target of targets) await target.stop()
    await load.stop()
    await mariadb?.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

export async function startLoad(): Promise<Child> {
  const script = join(root, 'scripts/bench/load-client.ts')
  return (await startNode(['--import', 'tsx', script], {}, /load client ready/)).child
}

/** Has the load client send; adds to what was sent. */
export async function round(
  load: Child,
  to: { readonly target: Target; sent: number },
  order: Omit<LoadOrder, 'port' | 'addresses' | 'first'>,
): Promise<LoadResult> {
  const { port, addresses } = to.target
  const answer = new Promise<LoadResult>((done, failed) => {
    load.process.once('message', message => done(message as LoadResult))
    load.process.once('exit', () => failed(new Error(`the load client ended:\n${load.text().slice(-2000)}`)))
  })
  load.process.send({
    ...order,
    port,
    addresses: addresses.slice(to.sent, to.sent + order.messages),
    first: to.sent,
  })
  const result = await answer
  load.process.removeAllListeners('exit')
  to.sent += result.acknowledged
  return result
}

function print(all: readonly Measured[], what: string): void {
  const [sink] = all
  const ratio = (of: Measured, to: Measured): string =>
    `×${median(of.rates.map((rate, at) => rate / (to.rates[at] ?? Number.NaN))).toFixed(2)}`
  console.log(`  ${what}`)
  console.log(
    `  ${'server'.padEnd(36)} ${'mails/s'.padStart(8)} ${'of sink'.padStart(8)} ${'of naive'.padStart(8)} ${'CPU µs'.padStart(8)} ${'in sinks'.padStart(8)}`,
  )
  for (const [at, each] of all.entries()) {
    const naive = at > 0 && at % 2 === 0 ? all[at - 1] : undefined
    const cells = [
      Math.round(median(each.rates)).toString(),
      sink ? ratio(each, sink) : '',
      naive ? ratio(each, naive) : '',
      Math.round(median(each.costs)).toString(),
      sink ? (median(each.costs) / median(sink.costs)).toFixed(1) : '',
    ]
    console.log(`  ${each.target.name.padEnd(36)} ${cells.map(cell => cell.padStart(8)).join(' ')}`)
  }
}

/** At half the rate that each reached. */
async function printLatency(load: Child, all: readonly Measured[], messages: number): Promise<void> {
  for (const each of all) {
    const rate = median(each.rates) / 2
    const { p50, p99 } = await round(load, each, { messages, connections: 20, startTls: false, rate })
    console.log(
      `  ${each.target.name.padEnd(36)} at ${Math.round(rate)} a second: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    )
  }
}

type Env = Readonly<Record<string, string>>

function certificate(directory: string): Env {
  const { certFile, keyFile } = makeCertificate(directory, 'bench', 'rsa')
  return { REBOUND_TLS_CERT: certFile, REBOUND_TLS_KEY: keyFile }
}

// Every message goes to a path of its own; a report of several recipients is several events.
const paths = 'distinct return_path'

const naiveOnSqlite = (directory: string, addresses: readonly string[]): Promise<Target> => {
  const path = join(directory, 'naive.sqlite')
  return startNaive('naive on SQLite', path, addresses, sqliteCount(path, 'bounces', '*'))
}

const reboundOnSqlite = (directory: string, addresses: readonly string[], env: Env): Promise<Target> => {
  const path = join(directory, 'rebound.sqlite')
  const count = sqliteCount(path, 'rebound_bounces', paths)
  return startRebound('Rebound on SQLite', { url: `sqlite:${path}`, addresses, count, env })
}

const naiveOnMysql = (url: string, addresses: readonly string[]): Promise<Target> =>
  startNaive('naive on MariaDB', url, addresses, mysqlCount(url, 'bounces', '*'))

const reboundOnMysql = (url: string, addresses: readonly string[], env: Env): Promise<Target> =>
  startRebound('Rebound on MariaDB', {
    url,
    addresses,
    count: mysqlCount(url, 'rebound_bounces', paths),
    env,
  })
