// One process migrates at a time, on whichever node of a cluster it is: a server's own GET_LOCK says nothing to the others,
// a row that all of them certify does.

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { failureOf, isContention, persist } from './failures.ts'
import type { Store } from './open.ts'

const table = 'rebound_migrations_holder'
const name = 'migrations'
const renewMs = 2_000
/** After this many writes of ours between which the holder wrote nothing, it is dead. */
const silentTurns = 15

interface HolderRow {
  readonly holder: string
  readonly turn: number
}

/**
 * Runs `work` while nobody else does. Waits for as long as somebody works, and takes over from one that was killed.
 * A change to a table holds up all writes of a cluster: nobody can renew then, and nobody's patience runs out.
 */
export async function whileAlone<T>(store: Store, work: () => Promise<T>, waitMs = renewMs): Promise<T> {
  const holder = randomBytes(16).toString('hex')
  await persist(() => makeTable(store))
  await take(store, holder, waitMs)
  let turn = 0
  const timer = setInterval(() => {
    turn++
    store
      .knex(table)
      .where({ name, holder })
      .update({ turn })
      .catch(() => {
        // The next turn tries again.
      })
  }, waitMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    await persist(async () => await store.knex(table).where({ name, holder }).del()).catch(() => {})
  }
}

async function makeTable({ knex }: Store): Promise<void> {
  // Twice is once, on every node: MySQL and Galera know `if not exists`, and Knex would ask first.
  const ascii = 'character set ascii collate ascii_bin'
  await knex.raw(
    `create table if not exists ${table} (name varchar(64) ${ascii} not null primary key,
     holder varchar(32) ${ascii} not null, turn bigint not null) engine = InnoDB`,
  )
}

async function take(store: Store, holder: string, waitMs: number): Promise<void> {
  const { knex } = store
  let before: HolderRow | null = null
  let silent = 0
  for (let turn = 0; ; turn++) {
    if (await insertOrNot(store, { name, holder, turn: 0 })) break
    const [row] = (await persist(async () => await knex(table).where({ name }))) as readonly HolderRow[]
    // Our own write: while it has to wait, the holder's has to as well.
    const mine = { name: `wait-${holder}`, holder, turn }
    await persist(async () => await knex(table).insert(mine).onConflict('name').merge())
    const isSilent = row && before && row.holder === before.holder && Number(row.turn) === Number(before.turn)
    silent = isSilent ? silent + 1 : 0
    before = row ?? null
    if (row && silent >= silentTurns && (await takeOver(store, row, holder))) break
    await sleep(waitMs)
  }
  await persist(
    async () =>
      await knex(table)
        .where({ name: `wait-${holder}` })
        .del(),
  )
}

/** In a cluster, the loser of two that do it at once is told when it commits: that is an answer, not a failure. */
async function insertOrNot({ knex }: Store, row: object): Promise<boolean> {
  try {
    await knex(table).insert(row)
    return true
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'duplicate' || isContention(failure)) return false
    throw error
  }
}

async function takeOver(
  { knex }: Store,
  { holder: dead, turn }: HolderRow,
  holder: string,
): Promise<boolean> {
  try {
    return (await knex(table).where({ name, holder: dead, turn }).update({ holder, turn: 0 })) === 1
  } catch (error) {
    if (isContention(failureOf(error))) return false
    throw error
  }
}
