// A version of Node, and the built server with its dependencies made for it, in a folder of their own.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
export function installRuntime(version: string, root: string, folder: string): Runtime {
  const nodeFolder = join(folder, 'node')
  const app = join(folder, 'app')
  for (const each of [nodeFolder, app]) mkdirSync(each, { recursive: true })

  const binaries = `node-${process.platform}-${process.arch}`
  writeFileSync(join(nodeFolder, 'package.json'), '{}')
  npm(nodeFolder, {}, 'install', '--ignore-scripts', `${binaries}@${version}`)
  const home = join(nodeFolder, 'node_modules', binaries)

  for (const each of ['dist', 'mappings', 'package.json', 'package-lock.json'])
    cpSync(join(root, each), join(app, each), { recursive: true })
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    npm_config_nodedir: home,
    npm_config_build_from_source: 'true',
    JOBS: 'max',
  }
  npm(app, environment, 'ci', '--omit=dev', '--ignore-scripts')
  const compiled = ran(app, environment, 'rebuild', 'better-sqlite3')
  return {
    node: join(home, 'bin/node'),
    app,
    sqliteFault: compiled.code === 0 ? null : firstError(compiled.text),
  }
}

function npm(folder: string, environment: Readonly<Record<string, string>>, ...words: string[]): void {
  const { code, text } = ran(folder, environment, ...words)
  if (code !== 0) throw new Error(`npm ${words.join(' ')} ended with ${code}:\n${text}`)
}

function ran(folder: string, environment: Readonly<Record<string, string>>, ...words: string[]) {
  const all = [...words, '--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline']
  const { status, stdout, stderr } = spawnSync('npm', all, {
    cwd: folder,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  })
  return { code: status, text: `${stdout}${stderr}` }
}

const firstError = (text: string): string =>
  text.split('\n').find(line => /\berror\b/i.test(line)) ?? text.slice(0, 200)
