// What can happen to a database, a disk, a network and a clock while mail comes in: one row each.

import { renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import type { Connection } from 'mysql2/promise'
import { persist } from '../../src/store/database/failures.ts'
import type { MariadbWorld, World } from './fault-world.ts'

export interface Fault {
  readonly name: string
  readonly dialects: readonly World['dialect'][]
  /** How long it lasts. */
  readonly ms: number
  /** Nothing can be recorded while it lasts: /readyz has to say so. */
  readonly stops: boolean
  /** Needs a disk of its own, which can be filled. */
  readonly disk?: true
  /** Hurts; gives what heals. */
  readonly hurt: (world: World) => Promise<() => Promise<void>>
}

const both = ['sqlite', 'mysql'] as const
const day = 86_400_000

const mariadbOf = ({ mariadb }: World): MariadbWorld => {
  if (!mariadb) throw new Error('a fault of MariaDB alone')
  return mariadb
}

const paused = (seconds: number): Fault => ({
  name: `database paused for ${seconds} s`,
  dialects: ['mysql'],
  ms: seconds * 1_000,
  // A short pause is over before anything is refused.
  stops: seconds > 5,
  hurt: async world => {
    const { server } = mariadbOf(world)
    server.signal('SIGSTOP')
    return async () => server.signal('SIGCONT')
  },
})

const clock = (name: string, ms: number): Fault => ({
  name: `clock ${name}`,
  dialects: both,
  ms: 4_000,
  stops: true,
  hurt: async world => {
    world.moveClock(ms)
    return async () => world.moveClock(0)
  },
})

const network = (
  name: string,
  stops: boolean,
  ms: number,
  hurt: (proxy: MariadbWorld['proxy']) => void,
): Fault => ({
  name,
  dialects: ['mysql'],
  ms,
  stops,
  hurt: async world => {
    const { proxy } = mariadbOf(world)
    hurt(proxy)
    return async () => proxy.heal()
  },
})

export const faults: readonly Fault[] = [
  {
    name: 'server killed',
    dialects: both,
    ms: 0,
    stops: false,
    hurt: async world => {
      await world.killServer()
      return async () => {}
    },
  },
  {
    name: 'database killed, back after 3 s',
    dialects: ['mysql'],
    ms: 3_000,
    stops: true,
    hurt: async world => {
      const { server } = mariadbOf(world)
      await server.kill()
      return () => server.restart()
    },
  },
  paused(2),
  paused(20),
  paused(90),
  {
    name: 'database read-only',
    dialects: ['mysql'],
    ms: 4_000,
    stops: true,
    hurt: async world => {
      const { admin } = mariadbOf(world)
      await admin('set global read_only = 1')
      return async () => void (await admin('set global read_only = 0'))
    },
  },
  {
    name: 'database out of connections',
    dialects: ['mysql'],
    ms: 6_000,
    stops: true,
    hurt: async world => {
      const { admin, connect } = mariadbOf(world)
      const [{ before }] = (await admin('select @@max_connections as `before`')) as [{ before: number }]
      const connected = (await admin(
        "select id from information_schema.processlist where user = 'soak'",
      )) as readonly { readonly id: number }[]
      await admin('set global max_connections = 10')
      const taken: (Connection | null)[] = []
      for (let at = 0; at < 10; at++) taken.push(await connect().catch(() => null))
      const own = taken.find(each => each !== null)
      for (const { id } of connected) {
        await own?.query(`kill ${id}`).catch(() => {})
        // Whoever is quicker has the place that became free.
        taken.push(await connect().catch(() => null))
      }
      return async () => {
        await own?.query(`set global max_connections = ${before}`)
        for (const each of taken) each?.destroy()
      }
    },
  },
  network('COMMIT takes 2 s', false, 8_000, proxy => proxy.delayCommits(2_000)),
  {
    name: 'a hostile writer: deadlocks and locked rows',
    dialects: ['mysql'],
    ms: 8_000,
    stops: false,
    hurt: async world => {
      const { connect } = mariadbOf(world)
      let isOver = false
      const hostile = async (order: 'asc' | 'desc'): Promise<void> => {
        const connection = await connect()
        while (!isOver) {
          const first = Math.floor(Math.random() * 400)
          await connection.query('start transaction')
          for (let at = 0; at < 20; at++) {
            const id = order === 'asc' ? first + at : first + 20 - at
            await connection
              .query('update rebound_contacts set last_bounce_at = last_bounce_at where id = ?', [`${id}`])
              .catch(() => {})
          }
          await sleep(20)
          await connection.query('rollback').catch(() => {})
        }
        await connection.end()
      }
      const working = Promise.all([hostile('asc'), hostile('desc'), hostile('desc')])
      return async () => {
        isOver = true
        await working
      }
    },
  },
  {
    name: 'a busy writer beside us',
    dialects: ['sqlite'],
    ms: 6_000,
    stops: false,
    hurt: async world => {
      const other = new Sqlite(world.sqliteFile, { timeout: 5_000 })
      let isOver = false
      const working = (async () => {
        while (!isOver) {
          other.exec('begin immediate')
          await sleep(100 * Math.random())
          other.exec('rollback')
          await sleep(20)
        }
        other.close()
      })()
      return async () => {
        isOver = true
        await working
      }
    },
  },
  {
    name: 'locked by another for 15 s',
    dialects: ['sqlite'],
    ms: 15_000,
    stops: true,
    hurt: async world => {
      const other = new Sqlite(world.sqliteFile, { timeout: 5_000 })
      other.exec('begin immediate')
      return async () => {
        other.exec('rollback')
        other.close()
      }
    },
  },
  {
    name: 'file moved away',
    dialects: ['sqlite'],
    ms: 4_000,
    stops: true,
    hurt: async world => {
      renameSync(world.sqliteFile, `${world.sqliteFile}.away`)
      return async () => renameSync(`${world.sqliteFile}.away`, world.sqliteFile)
    },
  },
  {
    name: 'disk full',
    dialects: both,
    ms: 5_000,
    stops: true,
    disk: true,
    hurt: async world => {
      const filler = join(world.folder, 'filler')
      const { bavail, bsize } = statfsSync(world.folder)
      for (let part = 0, left = bavail * bsize; left > 0; part++, left -= 8 << 20)
        try {
          writeFileSync(`${filler}${part}`, Buffer.alloc(Math.min(left, 8 << 20)))
        } catch {
          // Somebody else took the rest.
        }
      return async () => {
        for (let part = 0; part < 100; part++) rmSync(`${filler}${part}`, { force: true })
      }
    },
  },
  {
    name: 'rights taken',
    dialects: ['mysql'],
    ms: 4_000,
    stops: true,
    hurt: async world => {
      const { admin, database, user, proxy } = mariadbOf(world)
      await admin(`revoke insert, update, delete on ${database}.* from ${user}`)
      // A connection keeps the rights that it began with.
      proxy.reset()
      return async () => {
        await admin(`grant all on ${database}.* to ${user}`)
        proxy.reset()
      }
    },
  },
  {
    name: 'a table gone',
    dialects: both,
    ms: 4_000,
    stops: true,
    hurt: async ({ store: { knex } }) => {
      // SQLite may be writing just now.
      const rename = (from: string, to: string): Promise<unknown> =>
        persist(async () => await knex.schema.renameTable(from, to))
      await rename('rebound_campaign_records', 'rebound_elsewhere')
      return async () => void (await rename('rebound_elsewhere', 'rebound_campaign_records'))
    },
  },
  network('network cut', true, 4_000, proxy => proxy.cut()),
  network('network stalled', true, 15_000, proxy => proxy.stall()),
  network('connections reset', false, 1_000, proxy => proxy.reset()),
  network("every third COMMIT's answer swallowed", false, 6_000, proxy => proxy.swallowCommits(3)),
  clock('two days back', -2 * day),
  clock('400 days ahead', 400 * day),
]
