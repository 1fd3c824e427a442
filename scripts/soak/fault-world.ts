// A server under load and its database, both of which can be hurt, and what /readyz says all the while.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { canStartMariadb, type Mariadb, startMariadb } from '../../test/mariadb.ts'
import { root } from '../bench/child.ts'
import { startRebound, type Target } from '../bench/targets.ts'
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts'

export interface World {
  readonly dialect: 'sqlite' | 'mysql'
  /** Where its files are; on a file system of its own where `disk` says so. */
  readonly folder: string
  readonly server: () => Target | null
  readonly httpPort: () => number | null
  /** SIGKILL, and a new one on the same database. */
  readonly killServer: () => Promise<void>
  /** The server's wall clock is off by so much from now on. */
  readonly moveClock: (ms: number) => void
  /** Past every proxy, as the database's owner. */
  readonly store: Store
  readonly sqliteFile: string
  /** MariaDB alone. */
  readonly mariadb: MariadbWorld | null
  readonly close: () => Promise<void>
}

export interface MariadbWorld {
  readonly server: Mariadb
  readonly proxy: DatabaseProxy
  /** A statement of the administrator's, on a connection of its own. */
  readonly admin: (sql: string) => Promise<unknown>
  readonly connect: () => Promise<mysql.Connection>
  readonly database: string
  /** Rebound's account, which has no rights but on its database. */
  readonly user: string
}

/** Starts database and server in an empty folder. */
export async function startWorld(dialect: 'sqlite' | 'mysql', folder: string): Promise<World> {
  if (dialect === 'mysql' && !canStartMariadb) throw new Error('mariadbd is not installed')
  const clockFile = join(folder, 'clock')
  const sqliteFile = join(folder, 'rebound.sqlite')
  const mariadb = dialect === 'mysql' ? await mariadbWorld(folder) : null
  const url = mariadb?.url ?? `sqlite:${sqliteFile}`
  let server: Target | null = null
  let httpPort = 0
  const start = async (): Promise<void> => {
    server = await startRebound('rebound', {
      url,
      addresses: [],
      count: async () => 0,
      nodeFlags: ['--import', join(root, 'scripts/soak/moved-clock.mjs')],
      env: {
        SOAK_CLOCK_FILE: clockFile,
        // The load comes from one address.
        REBOUND_TRUSTED_NETWORKS: '127.0.0.0/8',
      },
    })
    // Said at the start alone, and of what is printed only the end is kept.
    httpPort = Number(/"protocol":"http"[^\n]*?"port":(\d+)/.exec(server.child.text())?.[1])
  }
  await start()
  const store = openStore({ url: mariadb?.ownerUrl ?? url })
  return {
    dialect,
    folder,
    server: () => server,
    httpPort: () => (server && httpPort > 0 ? httpPort : null),
    killServer: async () => {
      const dying = server
      server = null
      if (!dying) return
      const gone = new Promise(done => dying.child.process.once('exit', done))
      dying.child.process.kill('SIGKILL')
      await gone
      // Removes its data directory.
      await dying.stop()
      await start()
    },
    moveClock: ms => writeFileSync(clockFile, `${ms}`),
    store,
    sqliteFile,
    mariadb: mariadb?.world ?? null,
    close: async () => {
      await server?.stop()
      await store.close()
      await mariadb?.world.proxy.close()
      await mariadb?.world.server.stop()
      rmSync(clockFile, { force: true })
    },
  }
}

async function mariadbWorld(folder: string) {
  const server = await startMariadb({ folder: join(folder, 'mariadb') })
  const ownerUrl = await server.newDatabase()
  const owner = new URL(ownerUrl)
  const database = owner.pathname.slice(1)
  const proxy = await startDatabaseProxy(Number(owner.port))
  const connect = () =>
    mysql.createConnection({
      host: '127.0.0.1',
      port: Number(owner.port),
      user: owner.username,
      password: owner.password,
      database,
    })
  const admin = async (sql: string): Promise<unknown> => {
    const connection = await connect()
    try {
      return (await connection.query(sql))[0]
    } finally {
      await connection.end()
    }
  }
  const user = `'soak'@'127.0.0.1'`
  await admin(`create user ${user} identified by 'soak'`)
  await admin(`grant all on ${database}.* to ${user}`)
  const world: MariadbWorld = { server, proxy, admin, connect, database, user }
  return { world, ownerUrl, url: `mysql://soak:soak@127.0.0.1:${proxy.port}/${database}` }
}

export interface Watch {
  /** Since a moment, the first answer of /readyz that is so: milliseconds, or null when none came. */
  readonly firstAfter: (moment: number, isReady: boolean) => number | null
  readonly stop: () => Promise<void>
}

const everyMs = 50

/** Asks /readyz as a load balancer does, only more often. */
export function watchReady({ httpPort }: Pick<World, 'httpPort'>): Watch {
  const seen: { readonly at: number; readonly isReady: boolean }[] = []
  let isOver = false
  const working = (async () => {
    while (!isOver) {
      const port = httpPort()
      const isReady =
        port !== null &&
        (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3_000) })
          .then(async answer => {
            await answer.text()
            return answer.ok
          })
          .catch(() => false))
      seen.push({ at: performance.now(), isReady })
      await sleep(everyMs)
    }
  })()
  return {
    firstAfter: (moment, isReady) => {
      const found = seen.find(each => each.at >= moment && each.isReady === isReady)
      return found ? Math.round(found.at - moment) : null
    },
    stop: async () => {
      isOver = true
      await working
    },
  }
}
