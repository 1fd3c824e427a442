// What a command costs in processor time, nearly all of it loading modules, beside a Node that does nothing.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = 'dist/src/main.js'
const mint = ['address', 'mint', '--module', 'contacts', '--id', '42', '--to', 'ana@example.org']
const commands: Readonly<Record<string, readonly string[]>> = {
  '--version': [main, '--version'],
  '--help': [main, '--help'],
  'address mint': [main, ...mint],
  'classify (one file)': [main, 'classify', 'test/fixtures/postfix-unknown-user.eml'],
  'records list': [main, 'records', 'list'],
}
const rounds = 7

/** Writes the process's own account to standard error at its end. */
const account =
  'data:text/javascript,process.on("exit",()=>{const {user,system}=process.cpuUsage();process.stderr.write("\\ncpu "+(user+system))})'

function cpuMs(words: readonly string[], environment: NodeJS.ProcessEnv): number {
  const { stderr } = spawnSync(process.execPath, ['--import', account, ...words], {
    env: environment,
    encoding: 'utf8',
  })
  return Number(/cpu (\d+)/.exec(stderr)?.[1]) / 1000
}

export async function benchCommands(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const environment = { ...process.env, REBOUND_DATA_DIR: dataDir, DATABASE_URL: '' }
  // Makes secret and tables: what is measured is every later run.
  cpuMs([main, ...mint], environment)
  const all = { 'node alone': ['-e', '0'], ...commands }
  const least = new Map<string, number>()
  for (let round = 0; round < rounds; round++)
    for (const [name, words] of Object.entries(all))
      least.set(name, Math.min(cpuMs(words, environment), least.get(name) ?? Number.POSITIVE_INFINITY))
  const bare = least.get('node alone') ?? 0
  for (const [name, ms] of least)
    console.log(`${name.padEnd(20)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / bare).toFixed(1)} × node alone`)
  rmSync(dataDir, { recursive: true, force: true })
}
