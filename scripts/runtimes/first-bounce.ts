// What a newcomer does with a server just started: mint a return path, send a bounce to it, and look what became of it.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareEnvironment, type Server, startServer } from '../../test/end-to-end/server.ts'
import type { Runtime } from './install.ts'

/**
 * The first bounce, on this version of Node.
 * @param databaseUrl where to record; null for SQLite in the data directory.
 * @throws with what was seen, when anything is not as it should be.
 */
export async function firstBounce(runtime: Runtime, databaseUrl: string | null): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rebound-runtime-data-'))
  const main = join(runtime.app, 'dist/src/main.js')
  const settings = {
    REBOUND_DATA_DIR: dataDir,
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  }
  const server = await startServer(settings, [runtime.node, main, 'serve'])
  try {
    const rebound = (...words: readonly string[]) => command(runtime.node, [main, ...words], server)
    const whom = ['--module', 'contacts', '--id', '42', '--campaign', '7', '--to', 'ana@example.org']
    const address = (await rebound('address', 'mint', ...whom)).trim()
    const target = ['--smtp', `127.0.0.1:${server.smtpPort}`, '--failed', 'ana@example.org']
    await rebound('bounce', 'postfix', 'unknown-user', '--to', address, ...target)
    const record = await rebound('records', 'show', 'contacts', '42', '--json')
    claim(record, { emailBounced: true, email: null, bouncedAddress: 'ana@example.org', hardBounces: 1 })
    claim(await rebound('campaigns', 'show', '7', '--json'), { hardBounces: 1 })
    const code = await server.stop()
    if (code !== 0) throw new Error(`the server ended with ${code} after SIGTERM:\n${server.said()}`)
  } finally {
    server.process.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Runs a command beside the server, with its settings; what it prints. */
function command(node: string, words: readonly string[], server: Server): Promise<string> {
  const child = spawn(node, words, { env: { ...bareEnvironment(), ...server.environment } })
  let out = ''
  let err = ''
  child.stdout.on('data', chunk => {
    out += chunk
  })
  child.stderr.on('data', chunk => {
    err += chunk
  })
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', code => {
      if (code === 0) done(out)
      else failed(new Error(`${words.join(' ')} ended with ${code}:\n${out}${err}${server.said()}`))
    })
  })
}

function claim(json: string, expected: Readonly<Record<string, unknown>>): void {
  const seen: Record<string, unknown> = JSON.parse(json.split('\n')[0] ?? '')
  for (const [field, value] of Object.entries(expected))
    if (seen[field] !== value) throw new Error(`${field} is not ${JSON.stringify(value)} in ${json}`)
}
