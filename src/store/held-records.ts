// The records that one batch touches: read under lock, changed in memory, written at its end.

import type { RecordState } from '../crm/effects.ts'
import { chunks } from './chunks.ts'
import { fitText, lengths } from './columns.ts'
import type { Store } from './open.ts'
import { type RecordRow, recordColumns, tableOf } from './rows.ts'
import type { Transaction } from './transaction.ts'

interface Held {
  state: RecordState | null
  readonly existed: boolean
  /** Epoch milliseconds, 0 for never. */
  readonly resetAt: number
  changed: boolean
}

export interface RecordKey {
  readonly module: string
  readonly recordId: string
}

/** One order for all servers, so that none waits for another that waits for it. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export interface HeldRecords {
  readonly get: (key: RecordKey) => RecordState | null
  readonly set: (key: RecordKey, state: RecordState) => void
  /** Epoch milliseconds of the record's last reset, 0 when there was none. */
  readonly resetAt: (key: RecordKey) => number
  /** The latest of them all. */
  readonly latestReset: number
  readonly write: () => Promise<void>
}

/** Reads the records under lock, in the order of their keys so that no two servers wait for each other. */
export async function holdRecords(
  store: Store,
  transaction: Transaction,
  keys: readonly RecordKey[],
): Promise<HeldRecords> {
  const tables = new Map<string, Map<string, Held>>()
  for (const { module, recordId } of keys) {
    const held = tables.get(module) ?? new Map<string, Held>()
    held.set(recordId, { state: null, existed: false, resetAt: 0, changed: false })
    tables.set(module, held)
  }
  let latestReset = 0
  const modules = [...tables.keys()].sort(byText)
  for (const module of modules) {
    const held = tables.get(module)
    const table = tableOf(module)
    if (!held || !table) continue
    for (const ids of chunks(store, [...held.keys()].sort(byText))) {
      const query = store.knex(table).select(recordColumns).whereIn('id', ids).orderBy('id')
      const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
      for (const row of rows as readonly RecordRow[]) {
        const resetAt = Number(row.reset_at ?? 0)
        held.set(row.id, { state: recordState(row), existed: true, resetAt, changed: false })
        latestReset = Math.max(latestReset, resetAt)
      }
    }
  }

  return {
    latestReset,
    resetAt: key => tables.get(key.module)?.get(key.recordId)?.resetAt ?? 0,
    get: key => tables.get(key.module)?.get(key.recordId)?.state ?? null,
    set: (key, state) => {
      const held = tables.get(key.module)?.get(key.recordId)
      if (!held) return
      held.state = state
      held.changed = true
    },
    write: async () => {
      for (const module of modules) {
        const table = tableOf(module)
        const changed = [...(tables.get(module) ?? [])].filter(([, held]) => held.changed)
        if (!table) continue
        changed.sort(([a], [b]) => byText(a, b))
        const rows = (existed: boolean) =>
          changed.flatMap(([id, held]) =>
            held.existed === existed && held.state ? [recordRow(id, held.state)] : [],
          )
        // A row that somebody else made meanwhile fails on its key, and the batch begins again.
        for (const some of chunks(store, rows(false)))
          await transaction.run(store.knex(table).insert([...some]))
        for (const some of chunks(store, rows(true)))
          await transaction.run(
            store
              .knex(table)
              .insert([...some])
              .onConflict('id')
              .merge(),
          )
      }
    },
  }
}

function recordState(row: RecordRow): RecordState {
  return {
    email: row.email,
    emailBounced: Boolean(row.email_bounced),
    bouncedAddress: row.bounced_address,
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    lastBounceAt: row.last_bounce_at === null ? null : Number(row.last_bounce_at),
  }
}

function recordRow(id: string, state: RecordState): Omit<RecordRow, 'reset_at'> {
  return {
    id,
    email: fitText(state.email, lengths.address),
    email_bounced: state.emailBounced ? 1 : 0,
    bounced_address: fitText(state.bouncedAddress, lengths.address),
    hard_bounces: state.hardBounces,
    soft_bounces: state.softBounces,
    last_bounce_at: state.lastBounceAt,
  }
}
