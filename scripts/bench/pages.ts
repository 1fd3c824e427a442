// How long the server takes for each page beside a million events of 200,000 records: the median of several requests, as
// the server's own log says it, and in processor time of its main thread. The first request stands apart, and the days
// that are over were counted before, as they are a minute after a start.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore } from '../../src/store/database/open.ts'
import { canStartMariadb, startMariadb } from '../../test/mariadb.ts'
import { fillScene, sample } from '../../test/page/big-scene.ts'
import { pageRoutes, routeOf } from '../../test/page/routes.ts'
import { median } from './rounds.ts'
import { withoutIndexes } from './without-indexes.ts'

const requests = 9
/** The promise for each page at the median. */
const wantedMs = 300

export interface PagesOptions {
  /** A fifth of them records. */
  readonly events: number
  readonly databases: readonly ('sqlite' | 'mysql')[]
}

/** Each page, and lists with filters that no index knows. */
const paths: readonly string[] = [
  '/sign-in',
  '/',
  '/records',
  '/records?type=hard',
  '/records?category=virus',
  '/records?flag=complained',
  `/records?address=${encodeURIComponent(sample.commonAddress)}`,
  `/records/${sample.module}/${sample.record}`,
  '/forget',
  '/events',
  '/events?q=nowhere',
  '/events?category=virus',
  '/events?provider=google',
  `/events/${sample.event}`,
  '/events/stripped',
  '/replies',
  `/replies/${sample.reply}`,
  '/campaigns',
  '/campaigns?q=nowhere',
  `/campaigns/${sample.campaign}`,
  `/campaigns/compare?a=${sample.campaign}&b=1`,
  '/incidents',
  '/incidents?all=yes',
  `/incidents/${sample.incident}`,
  '/incidents/undo',
  '/rules',
  '/rules/new',
  `/rules/${sample.rule}`,
  '/rules/export',
  '/rules/import',
  '/why',
  '/settings',
  '/settings/try',
  '/settings/webhooks',
  '/settings/postmaster',
  `/settings/postmaster/${sample.mail}`,
]

/** Work that somebody asked for, which takes what it takes: measured, and held to nothing. */
const asked: readonly string[] = [
  // Looks through every text there is, in steps.
  `/forget?address=${encodeURIComponent(sample.commonAddress)}`,
  // Asks DNS and other servers.
  '/settings/doctor',
]

export async function benchPages({ events, databases }: PagesOptions): Promise<void> {
  const routes = await pageRoutes()
  const opened = new Set([...paths, ...asked].map(path => routeOf(path, routes)))
  const missing = routes.filter(route => !opened.has(route))
  if (missing.length > 0) throw new Error(`pages that are not measured: ${missing.join(', ')}`)
  for (const database of databases) {
    if (database === 'sqlite') await onSqlite(events)
    else if (canStartMariadb) await onMariadb(events)
    else console.log('  (no mariadbd here: SQLite alone)')
  }
}

async function onSqlite(events: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  try {
    await measure('SQLite', `sqlite:${join(folder, 'rebound.sqlite')}`, folder, events)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function onMariadb(events: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const mariadb = await startMariadb({ flags: ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=1G'] })
  try {
    await measure('MariaDB', await mariadb.newDatabase(), folder, events)
  } finally {
    await mariadb.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function filled(url: string, events: number): Promise<void> {
  const store = openStore({ url })
  await migrate(store)
  const big = ['rebound_bounces', 'rebound_contacts', 'rebound_leads', 'rebound_companies']
  const fill = () => fillScene(store, { events, records: events / 5, campaigns: events / 500 })
  // MariaDB would look for some rows without them, and take longer than a statement may.
  await (store.dialect === 'sqlite' ? withoutIndexes(store, big, fill) : fill())
  await store.close()
}

/** Until the server has counted the days that are over. */
async function daysCounted(url: string, events: number): Promise<void> {
  const store = openStore({ url })
  const days = Math.floor(events / 86_400)
  const counted = async (): Promise<number> =>
    Number((await store.knex('rebound_days').where({ counted: 1 }).count({ n: '*' }))[0]?.n)
  while ((await counted()) < days) await new Promise(resolve => setTimeout(resolve, 200))
  await store.close()
}

async function measure(name: string, url: string, dataDir: string, events: number): Promise<void> {
  const began = performance.now()
  await filled(url, events)
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  const size = `${events.toLocaleString('en')} events, ${(events / 5).toLocaleString('en')} records`
  console.log(`  ${name}: ${size}, made in ${minutes} minutes`)
  const server = await startServer(url, dataDir)
  try {
    await daysCounted(url, events)
    console.log(
      `  ${''.padEnd(36)} ${['median', 'CPU', 'first', 'CPU'].map(each => each.padStart(9)).join('')}`,
    )
    const slow: string[] = []
    for (const path of [...paths, ...asked]) {
      const first = await server.open(path)
      const all: Times[] = []
      for (let n = 0; n < (asked.includes(path) ? 1 : requests); n++) all.push(await server.open(path))
      const ms = median(all.map(times => times.ms))
      if (ms > wantedMs && !asked.includes(path)) slow.push(path)
      const shown = [ms, median(all.map(times => times.cpuMs)), first.ms, first.cpuMs]
      console.log(`  ${path.padEnd(36)} ${shown.map(each => `${each.toFixed(0).padStart(6)} ms`).join('')}`)
    }
    console.log(
      slow.length === 0
        ? `  every page under ${wantedMs} ms at the median`
        : `  over ${wantedMs} ms at the median: ${slow.join(', ')}`,
    )
  } finally {
    await server.stop()
  }
}

const token = 'the-token-of-the-bench'

interface Times {
  /** From the request's head to the end of the answer, as the server logs it. */
  readonly ms: number
  readonly cpuMs: number
}

/** A line of the server's log. */
interface LogLine {
  readonly msg?: string
  readonly path?: string
  readonly ms?: number
  readonly protocol?: string
  readonly port?: number
}

async function startServer(databaseUrl: string, dataDir: string) {
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REBOUND_DATA_DIR: dataDir,
    REBOUND_SECRET: 'bench-'.repeat(8),
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: '0',
    REBOUND_API_TOKEN: token,
  }
  const server = spawn(process.execPath, ['dist/src/main.js', 'serve'], { env: environment })
  const lines = createInterface({ input: server.stderr })[Symbol.asyncIterator]()
  const next = async (isMeant: (line: LogLine) => boolean): Promise<LogLine> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error('the server ended')
      const line = parsed(value)
      if (isMeant(line)) return line
    }
  }
  const { port } = await next(({ protocol }) => protocol === 'http')
  return {
    open: async (path: string): Promise<Times> => {
      const cpu = cpuOf(server.pid)
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: 'manual' })
      await response.text()
      const { ms } = await next(line => line.msg === 'request' && line.path === path.split('?', 1)[0])
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      return { ms: ms ?? Number.NaN, cpuMs: cpuOf(server.pid) - cpu }
    },
    stop: async () => {
      server.kill()
      await once(server, 'exit')
    },
  }
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return {}
  }
}

/** Linux: what the first thread of a process, which is where pages are made, has had of the processors. */
const cpuOf = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
