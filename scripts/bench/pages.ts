// How long the server takes for each page at a million events of 200,000 records: the median of several requests, the
// first one apart, in time and in processor time of the server's thread. The days that are over were counted before, as they are a minute after a start.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore } from '../../src/store/database/open.ts'
import { fill } from '../../test/store/big-tables.ts'

const events = 1_000_000
const records = 200_000
const requests = 9

const paths = [
  '/',
  '/records',
  '/records?type=hard',
  '/records?category=virus',
  '/records?flag=complained',
  '/records?address=ana%40example.org',
  '/records/contacts/1',
  '/events',
  '/events?q=nowhere',
  '/events?category=virus',
  '/events/500000',
  '/campaigns',
  '/campaigns/big',
  '/rules',
  '/incidents',
  '/settings',
]

/** Until the server has counted the days that are over. */
async function daysCounted(url: string): Promise<void> {
  const store = openStore({ url })
  const days = Math.floor(events / 86_400)
  const counted = async (): Promise<number> =>
    Number((await store.knex('rebound_days').where({ counted: 1 }).count({ n: '*' }))[0]?.n)
  while ((await counted()) < days) await new Promise(resolve => setTimeout(resolve, 200))
  await store.close()
}

/** The database as a server would find it: the newest event is of now. */
async function filled(url: string): Promise<void> {
  const store = openStore({ url })
  await migrate(store)
  await fill(store, { events, records })
  const [newest] = await store.knex('rebound_bounces').max('recorded_at as at')
  const later = Date.now() - 60_000 - Number(newest?.at)
  const shift = (column: string) => store.knex.raw(`${column} + ?`, [later])
  await store
    .knex('rebound_bounces')
    .update({ recorded_at: shift('recorded_at'), received_at: shift('received_at') })
  await store.knex('rebound_campaigns').insert({ id: 'big', number: 3_000_000_000, sent: 200_000 })
  // So many webhooks that wait are another matter.
  await store.knex('rebound_outbox').del()
  await store.knex('rebound_stripped').del()
  await store.close()
}

export async function benchPages(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const url = `sqlite:${join(dataDir, 'rebound.sqlite')}`
  await filled(url)
  const environment = {
    ...process.env,
    DATABASE_URL: url,
    REBOUND_DATA_DIR: dataDir,
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: '0',
  }
  const server = spawn(process.execPath, ['dist/src/main.js', 'serve'], { env: environment })
  try {
    const base = await listening(server.stderr)
    await daysCounted(url)
    const size = `${events.toLocaleString('en')} events, ${records.toLocaleString('en')} records, SQLite`
    console.log(`${''.padEnd(36)} median    CPU   first    CPU  (${size})`)
    for (const path of paths) {
      const url = `${base}${path}`
      const first = await timesOf(url, server.pid)
      const all: Times[] = []
      for (let n = 0; n < requests; n++) all.push(await timesOf(url, server.pid))
      const shown = [median(all, 'ms'), median(all, 'cpuMs'), first.ms, first.cpuMs]
      console.log(`${path.padEnd(36)} ${shown.map(ms => `${ms.toFixed(0).padStart(4)} ms`).join('')}`)
    }
  } finally {
    server.kill()
    await once(server, 'exit')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function listening(log: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of log) {
    text += chunk
    const port = /"protocol":"http"[^\n]*?"port":(\d+)/.exec(text)?.[1]
    if (port !== undefined) break
  }
  log.resume()
  return `http://127.0.0.1:${/"protocol":"http"[^\n]*?"port":(\d+)/.exec(text)?.[1]}`
}

interface Times {
  readonly ms: number
  readonly cpuMs: number
}

function median(all: readonly Times[], which: keyof Times): number {
  return all.map(times => times[which]).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
}

/** Linux: what the first thread of a process, which is where pages are made, has had of the processors. */
const cpuOf = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6

async function timesOf(url: string, pid: number | undefined): Promise<Times> {
  const began = performance.now()
  const cpu = cpuOf(pid)
  const response = await fetch(url)
  await response.text()
  if (response.status !== 200) throw new Error(`${url}: ${response.status}`)
  return { ms: performance.now() - began, cpuMs: cpuOf(pid) - cpu }
}
