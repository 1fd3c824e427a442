// A private MariaDB for the tests: started on first use, shared by the test files of one run, gone with it.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'

// Set, MariaDB's programs are looked for there and nowhere else.
const onlyPlace = process.env.REBOUND_TEST_MARIADB_DIR
const places = onlyPlace
  ? [onlyPlace]
  : [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec']

function find(...names: readonly string[]): string | null {
  for (const name of names)
    for (const place of places) if (existsSync(join(place, name))) return join(place, name)
  return null
}

const server = find('mariadbd')
const installer = find('mariadb-install-db')
const given = process.env.REBOUND_TEST_MYSQL_URL

/** Can suites start a MariaDB of their own here, to kill it or to set it up in their way? */
export const canStartMariadb = Boolean(server && installer)

/** Can suites run on MariaDB or MySQL here? */
export const mysqlAvailable = Boolean(given) || canStartMariadb

/** The line that says what a run leaves out on this machine; null when that is nothing. */
export function leftOut(): string | null {
  if (!mysqlAvailable)
    return 'MariaDB suites are LEFT OUT: install mariadb-server, or set REBOUND_TEST_MYSQL_URL=mysql://user:password@host/'
  if (!canStartMariadb)
    return 'Suites that kill their MariaDB are LEFT OUT: install mariadb-server; the others run at REBOUND_TEST_MYSQL_URL'
  return null
}

// The runner's own process: what is shared by the test files of one run is named after it.
const runner = process.ppid
const shared = join(tmpdir(), `rebound-test-mariadb-${runner}`)

/** A new, empty database; `mysql://…` with its name. */
export async function newMysqlDatabase(): Promise<{
  readonly url: string
  readonly drop: () => Promise<void>
}> {
  return await newDatabaseAt(given ?? (await sharedServer()))
}

async function newDatabaseAt(serverUrl: string) {
  const name = `rebound_test_${randomBytes(6).toString('hex')}`
  const url = new URL(serverUrl)
  const run = async (sql: string): Promise<void> => {
    const connection = await mysql.createConnection({
      host: url.hostname,
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    })
    await connection.query(sql)
    await connection.end()
  }
  await run(`create database ${name}`)
  url.pathname = `/${name}`
  return { url: url.toString(), drop: () => run(`drop database if exists ${name}`) }
}

/** The first test file to get here starts the server; a watchdog stops it when the runner is gone. */
async function sharedServer(): Promise<string> {
  const ready = join(shared, 'url')
  try {
    mkdirSync(shared)
  } catch {
    for (let tries = 0; !existsSync(ready); tries++) {
      if (tries > 600)
        throw new Error(`The MariaDB that another test file starts in ${shared} did not come up`)
      await sleep(50)
    }
    return readFileSync(ready, 'utf8')
  }
  const database = await startMariadb({ folder: shared })
  writeFileSync(`${ready}.new`, database.serverUrl)
  // Renamed when whole: nobody reads half of it.
  renameSync(`${ready}.new`, ready)
  return database.serverUrl
}

export interface Mariadb {
  /** Without a database's name. */
  readonly serverUrl: string
  readonly newDatabase: () => Promise<string>
  /** As `kill -9` does. */
  readonly kill: () => Promise<void>
  /** SIGSTOP and SIGCONT pause it. */
  readonly signal: (name: NodeJS.Signals) => void
  /** On the same port with the same data. */
  readonly restart: () => Promise<void>
  /** Kills and removes all data. */
  readonly stop: () => Promise<void>
}

/** Starts a server of one's own, about 2 s. */
export async function startMariadb(
  options: { readonly folder?: string; readonly flags?: readonly string[] } = {},
): Promise<Mariadb> {
  if (!server || !installer) throw new Error('mariadbd and mariadb-install-db are not installed')
  const folder = options.folder ?? join(tmpdir(), `rebound-test-mariadb-${randomBytes(6).toString('hex')}`)
  const data = join(folder, 'data')
  // Not the machine's: a server that starts removes every `#sql…` file there, those of other servers too.
  const temporary = join(folder, 'tmp')
  for (const each of [data, temporary]) mkdirSync(each, { recursive: true })
  // As root it must be told so; anybody else is taken as they are.
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  const installed = spawnSync(
    installer,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      ...user,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ],
    { encoding: 'utf8' },
  )
  if (installed.status !== 0)
    throw new Error(`mariadb-install-db failed: ${installed.stdout}${installed.stderr}`)
  const password = randomBytes(12).toString('hex')
  const init = join(folder, 'init.sql')
  writeFileSync(
    init,
    `create user if not exists rebound@'127.0.0.1' identified by '${password}';\n` +
      `grant all on *.* to rebound@'127.0.0.1' with grant option;\n`,
  )
  const port = await freePort()
  const serverUrl = `mysql://rebound:${password}@127.0.0.1:${port}/`

  const start = async () => {
    const child = spawn(
      server,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--socket=${join(folder, 's')}`,
        `--port=${port}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--init-file=${init}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        '--innodb-buffer-pool-size=64M',
        '--innodb-log-file-size=16M',
        // Servers are killed here, but machines do not lose their power: what is written need not reach the disk.
        '--innodb-flush-log-at-trx-commit=2',
        '--innodb-flush-method=nosync',
        '--skip-innodb-doublewrite',
        '--performance-schema=off',
        ...user,
        ...(options.flags ?? []),
      ],
      { stdio: 'ignore', detached: true },
    )
    child.unref()
    for (let tries = 0; ; tries++) {
      try {
        const url = new URL(serverUrl)
        await (
          await mysql.createConnection({ host: '127.0.0.1', port, user: 'rebound', password: url.password })
        ).end()
        return child
      } catch (error) {
        if (tries > 400 || child.exitCode !== null) throw error
        await sleep(50)
      }
    }
  }

  let child = await start()
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    // Its number may soon be somebody else's.
    rmSync(join(folder, 'pid'), { force: true })
  }
  // Also when the runner is killed: the server goes, and its folder. Stopped in order, it has left nothing to end.
  const watch = `while kill -0 ${runner} 2>/dev/null; do sleep 1; done; kill -9 $(cat "$0/pid" 2>/dev/null) 2>/dev/null; rm -rf "$0"`
  spawn('sh', ['-c', watch, folder], { stdio: 'ignore', detached: true }).unref()
  return {
    serverUrl,
    newDatabase: async () => (await newDatabaseAt(serverUrl)).url,
    kill,
    signal: name => void child.kill(name),
    restart: async () => {
      child = await start()
    },
    stop: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
