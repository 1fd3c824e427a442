// Does the reader's thread pay? The whole server with it and without it, in turn, on both databases.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canStartMariadb, startMariadb } from '../../test/mariadb.ts'
import { median } from './rounds.ts'
import { round, startLoad } from './server.ts'
import { mintedAddresses, mysqlCount, sqliteCount, startRebound, type Target } from './targets.ts'

export interface ThreadBenchOptions {
  readonly rounds: number
  /** Messages a round and server. */
  readonly messages: number
  readonly warmUp: number
  readonly connections: number
}

const usual: ThreadBenchOptions = { rounds: 7, messages: 1_000, warmUp: 3_000, connections: 40 }

interface Measured {
  readonly target: Target
  readonly rates: number[]
  /** CPU microseconds a message, of all threads. */
  readonly costs: number[]
  sent: number
}

/** Wanted: a fifth more mails with the thread, else it is on for nothing. */
export async function benchThread(options: ThreadBenchOptions = usual): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-thread-'))
  const mariadb = canStartMariadb ? await startMariadb({ flags: ['--innodb-buffer-pool-size=512M'] }) : null
  try {
    await compareOn('SQLite', async name => `sqlite:${join(folder, `${name}.sqlite`)}`, options)
    if (mariadb === null) console.log('  (no mariadbd here: SQLite alone)')
    else await compareOn('MariaDB', () => mariadb.newDatabase(), options)
  } finally {
    await mariadb?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One pair of servers at a time, so that the others' upkeep is in nobody's way. */
async function compareOn(
  database: string,
  newUrl: (name: string) => Promise<string>,
  { rounds, messages, warmUp, connections }: ThreadBenchOptions,
): Promise<void> {
  const addresses = mintedAddresses(warmUp + rounds * messages)
  const load = await startLoad()
  const servers: Measured[] = []
  try {
    for (const thread of ['off', 'on']) {
      const url = await newUrl(thread)
      const count = url.startsWith('sqlite:')
        ? sqliteCount(url.slice('sqlite:'.length), 'rebound_bounces', '*')
        : mysqlCount(url, 'rebound_bounces', '*')
      const env = { REBOUND_READER_THREAD: thread }
      const target = await startRebound(`thread ${thread}`, { url, addresses, count, env })
      servers.push({ target, rates: [], costs: [], sent: 0 })
    }
    const order = { connections, startTls: false, rate: null }
    for (const server of servers) await round(load, server, { ...order, messages: warmUp })
    for (let at = 0; at < rounds; at++)
      for (const server of servers) {
        const { child } = server.target
        const before = child.cpuSeconds()
        const { acknowledged, seconds } = await round(load, server, { ...order, messages })
        server.rates.push(acknowledged / seconds)
        server.costs.push(((child.cpuSeconds() - before) / acknowledged) * 1e6)
      }
    print(database, connections, servers)
  } finally {
    await load.stop()
    for (const { target } of servers) await target.stop()
  }
}

function print(database: string, connections: number, [off, on]: readonly Measured[]): void {
  if (off === undefined || on === undefined) return
  const ratios = on.rates.map((rate, at) => rate / (off.rates[at] ?? Number.NaN))
  const told = (of: Measured): string =>
    `${Math.round(median(of.rates))} mails/s, ${Math.round(median(of.costs))} µs of CPU`
  const all = ratios.map(ratio => ratio.toFixed(2)).join(' ')
  console.log(
    `  ${database}, ${connections} connections: without ${told(off)}; with ${told(on)}: ×${median(ratios).toFixed(2)} (${all})`,
  )
}
