// A version of Node, and the built server with its dependencies made for it, in a folder of their own.

import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestedRuntime } from './tested.ts'

export interface Runtime {
  /** The node binary. */
  readonly node: string
  /** The folder that holds `dist` and `node_modules`. */
  readonly app: string
  /** Why SQLite could not be compiled for this version; null when it was. */
  readonly sqliteFault: string | null
}

/**
 * Installs Node from its package on npm, which also carries the headers that a native module is compiled against, and
 * the server beside it.
 * @throws when npm fails at anything but compiling SQLite.
 */
export async function installRuntime(tested: TestedRuntime, root: string, folder: string): Promise<Runtime> {
  const home = await installNode(tested.version, join(folder, 'node'))
  const headers =
    tested.headers === tested.version ? home : await installNode(tested.headers, join(folder, 'headers'))
  const app = join(folder, 'app')
  for (const each of ['dist', 'assets', 'mappings', 'package.json', 'package-lock.json'])
    cpSync(join(root, each), join(app, each), { recursive: true })
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    npm_config_nodedir: headers,
    npm_config_build_from_source: 'true',
    JOBS: 'max',
  }
  await npm(app, environment, 'ci', '--omit=dev', '--ignore-scripts')
  const compiled = await ran(app, environment, 'rebuild', 'better-sqlite3')
  return {
    node: join(home, 'bin/node'),
    app,
    sqliteFault: compiled.code === 0 ? null : firstError(compiled.text),
  }
}

/** The folder with `bin/node` and `include`. */
async function installNode(version: string, folder: string): Promise<string> {
  const binaries = `node-${process.platform}-${process.arch}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}')
  await npm(folder, {}, 'install', '--ignore-scripts', `${binaries}@${version}`)
  return join(folder, 'node_modules', binaries)
}

async function npm(folder: string, environment: Readonly<Record<string, string>>, ...words: string[]) {
  const { code, text } = await ran(folder, environment, ...words)
  if (code !== 0) throw new Error(`npm ${words.join(' ')} ended with ${code}:\n${text}`)
}

function ran(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ readonly code: number | null; readonly text: string }> {
  const all = [...words, '--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline']
  const child = spawn('npm', all, { cwd, env: { ...process.env, ...environment } })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      text += chunk
    })
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', code => done({ code, text }))
  })
}

const firstError = (text: string): string =>
  text.split('\n').find(line => /\berror\b/i.test(line)) ?? text.slice(0, 200)
