// Three MariaDB nodes of a Galera cluster on loopback, each of which can be killed, paused and started again.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'

export interface Node {
  readonly port: number
  /** With the database that all share. */
  readonly url: string
  readonly kill: () => Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
  /** Joins the others again; with `first`, what it holds is the cluster from now on. */
  readonly start: (first?: boolean) => Promise<void>
  readonly ask: (sql: string) => Promise<readonly Record<string, unknown>[]>
}

export interface Cluster {
  readonly nodes: readonly Node[]
  readonly stop: () => Promise<void>
}

const provider = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib/libgalera_smm.so'].find(path =>
  existsSync(path),
)
const mariadbd = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd'].find(path => existsSync(path))

/** What is missing here for a cluster; null when nothing is. */
export function clusterLacks(): string | null {
  if (!mariadbd) return 'mariadb-server'
  if (!provider) return 'galera-4'
  return existsSync('/usr/bin/rsync') ? null : 'rsync'
}

const database = 'rebound'
const user = 'soak'

/** @param folder everybody may enter */
export async function startCluster(folder: string): Promise<Cluster> {
  const places = [0, 1, 2]
  const ports = await freePorts(places.length * 4)
  const portsOf = (at: number) => {
    const [sql = 0, group = 0, increments = 0, states = 0] = ports.slice(at * 4, at * 4 + 4)
    return { sql, group, increments, states }
  }
  const addresses = places.map(at => `127.0.0.1:${portsOf(at).group}`).join(',')
  const nodes: Node[] = []
  for (const at of places)
    nodes.push(makeNode(join(folder, `node-${at}`), `node-${at}`, addresses, portsOf(at)))
  await nodes[0]?.start(true)
  for (const sql of [
    `create user if not exists ${user}@'127.0.0.1' identified by '${user}'`,
    `grant all on *.* to ${user}@'127.0.0.1'`,
    `create database if not exists ${database} character set utf8mb4`,
  ])
    await nodes[0]?.ask(sql)
  for (const node of nodes.slice(1)) await node.start()
  return {
    nodes,
    stop: async () => {
      for (const node of nodes) await node.kill()
    },
  }
}

function makeNode(
  folder: string,
  name: string,
  addresses: string,
  ports: {
    readonly sql: number
    readonly group: number
    readonly increments: number
    readonly states: number
  },
): Node {
  const data = join(folder, 'data')
  const temporary = join(folder, 'tmp')
  for (const each of [data, temporary]) mkdirSync(each, { recursive: true })
  // Of root, rsync would receive the others' state as somebody without rights.
  const isRoot = process.getuid?.() === 0
  const asUser = isRoot ? ['--user=mysql'] : []
  if (isRoot) spawnSync('chown', ['-R', 'mysql:mysql', folder])
  const installed = spawnSync('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    ...asUser,
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
  ])
  if (installed.status !== 0) throw new Error(`mariadb-install-db failed: ${installed.stderr}`)
  // On the first node alone it is written; the others get the first one's accounts.
  const init = join(folder, 'init.sql')
  writeFileSync(
    init,
    `create user if not exists admin@'127.0.0.1' identified by 'admin';\ngrant all on *.* to admin@'127.0.0.1' with grant option;\n`,
  )
  const log = join(folder, 'log.err')
  const clock = skewed(name)
  let child: ChildProcess | null = null
  const start = async (first = false): Promise<void> => {
    const started = spawn(
      mariadbd ?? '',
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--socket=${join(folder, 's')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--port=${ports.sql}`,
        `--log-error=${log}`,
        ...(first ? [`--init-file=${init}`] : []),
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        '--innodb-buffer-pool-size=64M',
        '--innodb-autoinc-lock-mode=2',
        '--binlog-format=ROW',
        '--performance-schema=off',
        ...asUser,
        '--wsrep-on=ON',
        `--wsrep-provider=${provider}`,
        '--wsrep-cluster-name=soak',
        `--wsrep-node-name=${name}`,
        `--wsrep-node-address=127.0.0.1:${ports.group}`,
        '--wsrep-sst-method=rsync',
        `--wsrep-sst-receive-address=127.0.0.1:${ports.states}`,
        `--wsrep-provider-options=base_port=${ports.group};gmcast.listen_addr=tcp://127.0.0.1:${ports.group};ist.recv_addr=127.0.0.1:${ports.increments};ist.recv_bind=127.0.0.1:${ports.increments};gcache.size=64M`,
        `--wsrep-cluster-address=gcomm://${first ? '' : addresses}`,
      ],
      { stdio: 'ignore', env: { ...process.env, ...clock } },
    )
    child = started
    for (let tries = 0; ; tries++) {
      const [row] = await askNode(ports.sql, "show status like 'wsrep_local_state_comment'").catch(() => [])
      if (row?.Value === 'Synced') return
      if (tries > 900 || started.exitCode !== null)
        throw new Error(
          `${name} did not join:\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-3_000) : ''}`,
        )
      await sleep(100)
    }
  }
  return {
    port: ports.sql,
    url: `mysql://${user}:${user}@127.0.0.1:${ports.sql}/${database}`,
    ask: sql => askNode(ports.sql, sql),
    start,
    signal: signal => void child?.kill(signal),
    kill: async () => {
      const dying = child
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return
      const gone = new Promise(done => dying.once('exit', done))
      dying.kill('SIGKILL')
      await gone
    },
  }
}

async function askNode(port: number, sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'admin',
    password: 'admin',
    // A machine may be busy; a node that is away refuses at once.
    connectTimeout: 30_000,
  })
  try {
    const [rows] = await connection.query({ sql, timeout: 60_000 })
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    connection.destroy()
  }
}

const fakeTime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

/** Are the clocks of the nodes apart here? */
export const canSkew = existsSync(fakeTime)

/** The second node's clock is 20 s ahead, and the third's as much behind, where libfaketime is installed. */
function skewed(name: string): Readonly<Record<string, string>> {
  const seconds = { 'node-1': '+20s', 'node-2': '-20s' }[name]
  return canSkew && seconds !== undefined
    ? { LD_PRELOAD: fakeTime, FAKETIME: seconds, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
    : {}
}

async function freePorts(count: number): Promise<readonly number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async () => {
      const probe = createServer()
      await new Promise<void>(ready => probe.listen(0, '127.0.0.1', ready))
      return probe
    }),
  )
  const ports = probes.map(probe => {
    const address = probe.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(probes.map(probe => new Promise(done => probe.close(done))))
  return ports
}
