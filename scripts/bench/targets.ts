// The servers that the bench compares, each ready to take mail, and how many messages each has stored.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import mysql from 'mysql2/promise'
import { createReturnPaths, type ReturnPathOptions } from '../../src/return-path/codec.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { type Child, root, startNode } from './child.ts'

export interface Target {
  readonly name: string
  readonly child: Child
  readonly port: number
  readonly addresses: readonly string[]
  /** Events stored so far; null where nothing is stored. */
  readonly stored: () => Promise<number | null>
  readonly stop: () => Promise<void>
}

export const benchDomain = 'bounces.example'
export const benchSecret = 'a secret of the bench that is long enough to sign with'
const campaigns = 50

/** How every target of ours signs. */
export const pathsOptions = (): ReturnPathOptions => ({
  keys: signingKeys([benchSecret]),
  domains: [benchDomain],
  days: 60,
  modules: ['contacts', 'companies', 'leads'],
  inbox: '',
  unsigned: 'reject',
  legacy: [],
})

/** Return paths of as many contacts, in 50 campaigns. */
export function mintedAddresses(count: number): readonly string[] {
  const paths = createReturnPaths(pathsOptions())
  const now = new Date()
  return Array.from({ length: count }, (_, id) => {
    const mail = {
      module: 'contacts',
      id: `${id}`,
      campaign: id % campaigns,
      mail: null,
      to: 'ana@example.org',
    }
    const minted = paths.mint(mail, now)
    if (minted.kind !== 'signed') throw new Error('a short id must fit')
    return minted.address
  })
}

/** smtp-server that reads and forgets: the reference. */
export async function startSink(addresses: readonly string[]): Promise<Target> {
  const { child, found } = await startNode(
    ['--import', 'tsx', join(root, 'scripts/bench/sink.ts')],
    {},
    /port (\d+)/,
  )
  return target('bare smtp-server, nothing kept', child, found, addresses, async () => null)
}

/** Our listener with nothing behind it. */
export async function startListener(
  addresses: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<Target> {
  const script = join(root, 'scripts/bench/listener-process.ts')
  const { child, found } = await startNode([...nodeFlags, '--import', 'tsx', script], {}, /port (\d+)/)
  return target('our listener, nothing kept', child, found, addresses, async () => null)
}

/** simpleParser and one transaction a message, on a database of this URL or file. */
export async function startNaive(
  name: string,
  url: string,
  addresses: readonly string[],
  count: () => Promise<number>,
): Promise<Target> {
  const script = join(root, 'scripts/bench/naive.ts')
  const { child, found } = await startNode(['--import', 'tsx', script, url], {}, /port (\d+)/)
  return target(name, child, found, addresses, count)
}

/** Rebound as users run it. */
export async function startRebound(
  name: string,
  options: {
    readonly url: string
    readonly addresses: readonly string[]
    readonly count: () => Promise<number>
    readonly nodeFlags?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
  },
): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-bench-'))
  const env = {
    DATABASE_URL: options.url,
    REBOUND_DATA_DIR: directory,
    REBOUND_SECRET: benchSecret,
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: '0',
    REBOUND_DOMAINS: benchDomain,
    REBOUND_MAX_CLIENTS_PER_IP: '1000',
    // What is measured bounces far more than mail does.
    REBOUND_BRAKE: 'off',
    ...options.env,
  }
  const { child, found } = await startNode(
    [...(options.nodeFlags ?? []), join(root, 'dist/src/main.js'), 'serve'],
    env,
    /"protocol":"smtp"[^\n]*?"port":(\d+)/,
  )
  const started = target(name, child, found, options.addresses, options.count)
  return {
    ...started,
    stop: async () => {
      await started.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function target(
  name: string,
  child: Child,
  found: RegExpExecArray,
  addresses: readonly string[],
  stored: Target['stored'],
): Target {
  return { name, child, port: Number(found[1]), addresses, stored, stop: child.stop }
}

/** Counts what an SQLite file holds, such as `*` or `distinct return_path`. */
export const sqliteCount = (path: string, table: string, what: string) => async (): Promise<number> => {
  const database = new Database(path, { readonly: true })
  try {
    return (database.prepare(`select count(${what}) as n from ${table}`).get() as { n: number }).n
  } finally {
    database.close()
  }
}

/** The same of a MySQL database. */
export const mysqlCount = (url: string, table: string, what: string) => async (): Promise<number> => {
  const connection = await mysql.createConnection(url)
  try {
    const [rows] = await connection.query(`select count(${what}) as n from ${table}`)
    return Number((rows as { n: number }[])[0]?.n)
  } finally {
    await connection.end()
  }
}
