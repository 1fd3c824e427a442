// `node --import tsx scripts/export.ts [--records N]`: exports so many records (a million unless told) as NDJSON and CSV
// and on the command line, and watches the memory of the writers. Needs `dist` (npm run build) and Linux.
// Exits 1 when memory went on growing after the first tenth, or when lines are missing.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { migrate } from '../src/store/database/migrate.ts'
import { openStore } from '../src/store/database/open.ts'
import { crowd } from './export/crowd.ts'

const root = resolve(import.meta.dirname, '..')
const main = join(root, 'dist/src/main.js')
/** What the collector may leave lying about; the exports themselves are hundreds of megabytes. */
const allowedGrowthMegabytes = 100

const at = process.argv.indexOf('--records')
const records = at < 0 ? 1_000_000 : Number(process.argv[at + 1])
if (!Number.isInteger(records) || records < 10) {
  console.error('--records needs a whole number, such as --records 1000000')
  process.exit(2)
}

const directory = mkdtempSync(join(tmpdir(), 'rebound-export-'))
const environment = {
  ...process.env,
  REBOUND_DATA_DIR: directory,
  REBOUND_SMTP_PORT: '0',
  REBOUND_HTTP_PORT: '0',
}

/** Resident memory now, megabytes. */
function resident(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
}

/** Reads an export to its end; says what it cost, and whether it was as it should be. */
async function watch(
  name: string,
  child: ChildProcess,
  chunks: AsyncIterable<Uint8Array>,
  lines: number,
): Promise<boolean> {
  const started = performance.now()
  let found = 0
  let bytes = 0
  let early = 0
  let peak = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    const before = found
    for (const byte of chunk) if (byte === 10) found++
    if (Math.floor(before / 5000) === Math.floor(found / 5000)) continue
    // A command that has written everything may be gone by now.
    const now = child.exitCode === null ? resident(child) : 0
    peak = Math.max(peak, now)
    if (found <= lines / 10) early = Math.max(early, now)
  }
  const seconds = (performance.now() - started) / 1000
  const good = found === lines && peak - early <= allowedGrowthMegabytes
  console.log(
    `${name.padEnd(14)} ${found} lines, ${Math.round(bytes / 1e6)} MB in ${seconds.toFixed(1)} s; ` +
      `memory ${Math.round(early)} MB in the first tenth, ${Math.round(peak)} MB at most${good ? '' : '  <- wrong'}`,
  )
  return good
}

let good = true
try {
  const store = openStore({ url: `sqlite:${join(directory, 'rebound.sqlite')}` })
  await migrate(store)
  await crowd(store, records)
  await store.close()
  const server = spawn(process.execPath, [main, 'serve'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const port = await new Promise<string>((found, failed) => {
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const http = /"protocol":"http"[^\n]*?"port":(\d+)/.exec(said)?.[1]
      if (http) found(http)
    }
    server.stdout.on('data', listen)
    server.stderr.on('data', listen)
    server.once('exit', () => failed(new Error(said)))
  })
  for (const [format, lines] of [
    ['ndjson', records],
    ['csv', records + 1],
  ] as const) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/records?format=${format}`)
    if (response.body === null) throw new Error(`${response.status}`)
    good = (await watch(`HTTP, ${format}`, server, response.body, lines)) && good
  }
  server.kill('SIGTERM')
  const command = spawn(process.execPath, [main, 'records', 'list', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  good = (await watch('command line', command, command.stdout, records)) && good
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit(good ? 0 : 1)
