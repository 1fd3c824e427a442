// In a cluster each node stamps events by its own clock. Every server tells, on its node, how far that clock is; nothing
// that a poller has passed can then still be recorded, however far the clocks are apart.

import { randomBytes } from 'node:crypto'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'

export interface NodeClock {
  /** Tells how far it is, and forgets servers that have said nothing for long. Does nothing where there is one clock. */
  readonly tell: () => Promise<void>
  /** Nothing more is recorded by this server. */
  readonly leave: () => Promise<void>
}

/** Longer than any transaction lives: a server that was silent for so long has none under way. */
const silentMs = 60_000
const table = 'rebound_node_clocks'

/**
 * @param steady milliseconds since some moment, whatever anybody sets
 * @param isCluster as the database says unless told
 */
export function createNodeClock(
  store: Store,
  steady: () => number = () => performance.now(),
  isCluster: boolean | null = null,
): NodeClock {
  const server = randomBytes(16).toString('hex')
  const { knex } = store
  /** What each server said last, and when we saw it first: their clocks say nothing to ours. */
  const seen = new Map<string, { readonly at: number; readonly since: number }>()
  let isOne = isCluster

  const forgetSilent = async (): Promise<void> => {
    const rows = (await knex(table).select('server', 'at')) as readonly { server: string; at: number }[]
    const there = new Set(rows.map(row => row.server))
    for (const known of seen.keys()) if (!there.has(known)) seen.delete(known)
    for (const { server: other, at } of rows) {
      const before = seen.get(other)
      if (before === undefined || before.at !== Number(at))
        seen.set(other, { at: Number(at), since: steady() })
      else if (other !== server && steady() - before.since > silentMs)
        // Only as it was seen: it may just have come back.
        await knex(table).where({ server: other, at: before.at }).del()
    }
  }
  return {
    tell: async () => {
      isOne ??= await persist(() => hasManyClocks(store))
      if (!isOne) return
      const now = knex.raw('floor(unix_timestamp(now(3)) * 1000)')
      await persist(
        async () => await knex(table).insert({ server, at: now }).onConflict('server').merge(['at']),
      )
      await persist(forgetSilent)
    },
    leave: async () => {
      if (isOne) await persist(async () => await knex(table).where({ server }).del())
    },
  }
}

/** Galera: every node takes writes, and each has a clock. */
async function hasManyClocks({ knex, dialect }: Store): Promise<boolean> {
  if (dialect !== 'mysql') return false
  const [rows] = await knex.raw("show variables like 'wsrep_on'")
  return (rows as readonly { readonly Value: string }[])[0]?.Value === 'ON'
}

/**
 * By the clock that is furthest behind, and how long before it events may still be on their way. On MySQL.
 * @param limitMs how long a transaction may live
 */
export async function slowestClock({ knex }: Store, limitMs: number): Promise<number> {
  const [rows] = await knex.raw(
    `select floor(unix_timestamp(now(3)) * 1000) as now, (select min(at) from ${table}) as slowest`,
  )
  const { now, slowest } = (
    rows as readonly { readonly now: number; readonly slowest: number | null }[]
  )[0] ?? {
    now: 0,
    slowest: null,
  }
  if (slowest === null) return Number(now) - limitMs
  // A commit of a cluster may wait for other nodes, beyond the end of its transaction here.
  return Math.min(Number(now), Number(slowest)) - 2 * limitMs
}
