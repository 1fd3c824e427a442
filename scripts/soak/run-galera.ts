// Two servers on two nodes of a cluster of three, under load on one campaign, while nodes die, stop and come back.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, pendingMigrations } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { startRebound, type Target } from '../bench/targets.ts'
import { type Audit, auditOf, isExact } from './audit.ts'
import { type Cluster, type Node, startCluster } from './galera-cluster.ts'
import { type Sent, startSenders } from './senders.ts'

export interface ClusterReport {
  readonly name: string
  readonly sent: Sent
  readonly acknowledged: number
  readonly audit: Audit
  /** Of the events, those that a poller did not see. */
  readonly skipped: number
  /** Milliseconds until a mail was acknowledged that was sent once the fault was over. */
  readonly acknowledgedAfterMs: number
}

export interface ClusterOptions {
  readonly senders: number
  /** Starts of two servers on an empty database. */
  readonly starts: number
  /** Told how many seconds each node's clock is ahead of ours. */
  readonly onClocks: (ahead: readonly number[]) => void
  readonly onStarts: (collided: readonly string[]) => void
  readonly onReport: (report: ClusterReport) => void
}

interface ClusterFault {
  readonly name: string
  readonly run: (nodes: Three) => Promise<void>
}

type Three = readonly [Node, Node, Node]

const faults: readonly ClusterFault[] = [
  { name: 'nothing happens for 10 s', run: () => sleep(10_000) },
  {
    name: "a server's node killed, back after 5 s",
    run: async ([, node]) => {
      await node.kill()
      await sleep(5_000)
      await node.start()
    },
  },
  {
    name: "a server's node paused for 15 s",
    run: async ([, node]) => {
      node.signal('SIGSTOP')
      await sleep(15_000)
      node.signal('SIGCONT')
      await whenSynced(node)
    },
  },
  {
    name: 'the node without a server killed, back after 5 s',
    run: async ([, , node]) => {
      await node.kill()
      await sleep(5_000)
      await node.start()
    },
  },
  {
    name: 'two of three lost, the third bootstrapped',
    run: async ([left, ...lost]) => {
      await Promise.all(lost.map(node => node.kill()))
      await sleep(8_000)
      // As an administrator does it who knows that the others are gone.
      await left.ask("set global wsrep_provider_options = 'pc.bootstrap=1'")
      for (const node of lost) await node.start()
    },
  },
]

async function whenSynced(node: Node): Promise<void> {
  for (;;) {
    const [row] = await node.ask("show status like 'wsrep_local_state_comment'").catch(() => [])
    if (row?.Value === 'Synced') return
    await sleep(200)
  }
}

export async function runGalera(options: ClusterOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-galera-'))
  chmodSync(folder, 0o755)
  let cluster: Cluster | null = null
  try {
    cluster = await startCluster(folder)
    const [one, two, three] = cluster.nodes
    if (!one || !two || !three) throw new Error('three nodes')
    options.onClocks(await Promise.all(cluster.nodes.map(secondsAhead)))
    options.onStarts(await collisions(one, two, options.starts))
    await underLoad([one, two, three], options)
  } finally {
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function secondsAhead(node: Node): Promise<number> {
  const [row] = await node.ask('select unix_timestamp(now(3)) as now')
  return Math.round(Number(row?.now) - Date.now() / 1_000)
}

/** Two starts on two nodes and an empty database; what went wrong with each pair. */
async function collisions(one: Node, two: Node, starts: number): Promise<readonly string[]> {
  const wrong: string[] = []
  for (let round = 0; round < starts; round++) {
    await one.ask('drop database if exists rebound')
    await one.ask('create database rebound character set utf8mb4')
    await sleep(500)
    const stores = [one, two].map(({ url }) => openStore({ url }))
    const results = await Promise.allSettled(stores.map(migrate))
    for (const result of results)
      if (result.status === 'rejected') wrong.push(`start ${round}: ${(result.reason as Error).message}`)
    for (const store of stores) {
      const pending = await pendingMigrations(store)
      if (pending.length > 0) wrong.push(`start ${round}: ${pending.join(', ')} did not run`)
      await store.close()
    }
  }
  return wrong
}

async function underLoad(nodes: Three, { senders: count, onReport }: ClusterOptions): Promise<void> {
  const servers: Target[] = []
  const store = openStore({ url: nodes[0].url })
  try {
    for (const { url } of nodes.slice(0, 2))
      servers.push(
        await startRebound('rebound', {
          url,
          addresses: [],
          count: async () => 0,
          env: { REBOUND_TRUSTED_NETWORKS: '127.0.0.0/8' },
        }),
      )
    const portsOf = servers.map(server =>
      Number(/"protocol":"http"[^\n]*?"port":(\d+)/.exec(server.child.text())?.[1]),
    )
    // On the node whose clock is ahead.
    const poller = startPoller(portsOf[1] ?? 0)
    for (const [run, fault] of faults.entries()) {
      let turn = 0
      // Round and round, as MX records of equal preference have it.
      const port = (): number | null => servers[turn++ % servers.length]?.port ?? null
      const senders = startSenders(`g${run}-`, count, port, 1)
      await senders.nextAcknowledged()
      await fault.run(nodes)
      const ended = performance.now()
      await senders.nextAcknowledged()
      const acknowledgedAfterMs = Math.round(performance.now() - ended)
      await senders.finish()
      const audit = await auditOf(store, senders.acknowledged)
      const skipped = await poller.missing(store)
      const acknowledged = senders.acknowledged.size
      onReport({ name: fault.name, sent: senders.sent(), acknowledged, audit, skipped, acknowledgedAfterMs })
    }
    await poller.stop()
  } finally {
    for (const server of servers) await server.stop()
    await store.close()
  }
}

interface Poller {
  /** How many events it never saw, once it has seen the last of them or nothing more comes for a minute. */
  readonly missing: (store: Store) => Promise<number>
  readonly stop: () => Promise<void>
}

/** As docs/connect-your-crm.md has it: keeps the last cursor that it was given, and asks again. */
function startPoller(httpPort: number): Poller {
  const seen = new Set<string>()
  let isOver = false
  let cursor = ''
  const working = (async () => {
    while (!isOver) {
      const query = `limit=200${cursor === '' ? '' : `&after=${cursor}`}`
      const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/bounces?${query}`, {
        signal: AbortSignal.timeout(15_000),
      })
        .then(async response => (response.ok ? ((await response.json()) as Page) : null))
        .catch(() => null)
      for (const { id } of answer?.items ?? []) seen.add(id)
      cursor = answer?.next ?? cursor
      if ((answer?.items.length ?? 0) === 0) await sleep(200)
    }
  })()
  const missing = async (store: Store): Promise<number> => {
    const ids = (await store.knex('rebound_bounces').pluck('id')) as readonly number[]
    const unseen = (): number => ids.filter(id => !seen.has(`${id}`)).length
    for (let tries = 0, before = -1; tries < 60 && unseen() > 0; tries++) {
      if (seen.size !== before) tries = 0
      before = seen.size
      await sleep(1_000)
    }
    return unseen()
  }
  return {
    missing,
    stop: async () => {
      isOver = true
      await working
    },
  }
}

interface Page {
  readonly items: readonly { readonly id: string }[]
  readonly next: string | null
}

/** Prints a line a fault; false when anything was wrong. */
export async function printGalera(senders: number): Promise<boolean> {
  let isFine = true
  await runGalera({
    senders,
    starts: 4,
    onClocks: ahead => console.log(`clocks of the nodes, seconds ahead: ${ahead.join(', ')}`),
    onStarts: collided => {
      console.log(`4 times two servers started on an empty database: ${collided.length} collisions`)
      for (const words of collided) console.log(`  WRONG: ${words}`)
      if (collided.length > 0) isFine = false
    },
    onReport: ({ name, sent, acknowledged, audit, skipped, acknowledgedAfterMs }) => {
      console.log(
        `${name.padEnd(52)} tries ${sent.attempts}, deferred ${sent.deferred}, 250 ${acknowledged}, events ${audit.events}, lost ${audit.lost.length}, twice ${audit.twice.length}, miscounted ${audit.records.length + audit.campaigns.length}, skipped by a poller ${skipped}, mail again after ${acknowledgedAfterMs} ms`,
      )
      if (isExact(audit) && skipped === 0 && sent.refused.length === 0) return
      isFine = false
      console.log(
        `  WRONG: ${[...audit.records, ...audit.campaigns, ...sent.refused].slice(0, 5).join('; ')}`,
      )
    },
  })
  return isFine
}
