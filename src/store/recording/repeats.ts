// Further reports of one return path on one day that change nothing: counted in a row that is there, so that whoever
// knows a path cannot fill the database with it.

import type { BounceEvent } from '../../model/event.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { type Decision, recordKeyOf } from './batch-effects.ts'

/** So many reports of a path and day are kept each by itself: more than any honest mail causes. */
const mostStored = 10
const dayMs = 86_400_000

/** A row's id, or the fingerprint of one that this batch inserts. */
type Ref = number | string

export interface Repeats {
  /** The row that stands for the event already; null when it is to be stored. */
  readonly find: (event: BounceEvent, decision: Decision) => Ref | null
  /** The event is stored: later ones of the batch may be counted in its row. */
  readonly stored: (event: BounceEvent, decision: Decision) => void
  /** Counts one more in a row. */
  readonly count: (ref: Ref) => void
  readonly write: (idOf: (fingerprint: string) => number | null) => Promise<void>
}

interface TodayRow {
  readonly id: number
  readonly module: string
  readonly record_id: string
  readonly return_path: string
  readonly kind: string
  readonly type: string | null
  readonly category: string | null
}

/** @param candidates events that may turn out to change nothing; of others' paths nothing is read */
export async function readRepeats(
  store: Store,
  transaction: Transaction,
  candidates: readonly BounceEvent[],
  recordedAt: number,
): Promise<Repeats> {
  const rowsOfPath = new Map<string, number>()
  const lastAlike = new Map<string, Ref>()
  const added = new Map<Ref, number>()
  const keep = (path: string, alike: string, ref: Ref): void => {
    rowsOfPath.set(path, (rowsOfPath.get(path) ?? 0) + 1)
    lastAlike.set(alike, ref)
  }
  for (const row of await rowsOfToday(store, transaction, candidates, recordedAt - (recordedAt % dayMs))) {
    const path = joined(row.return_path, row.module, row.record_id)
    keep(path, joined(path, row.kind, row.type, row.category), Number(row.id))
  }
  // An inbox is the path of many records: each has its own ten.
  const pathOf = ({ returnPath, link }: BounceEvent): string =>
    joined(returnPath, link?.send.module ?? null, link?.send.recordId ?? null)
  const keyOf = (event: BounceEvent, { effects }: Decision): string =>
    joined(pathOf(event), event.kind, effects.type, event.verdict?.category ?? null)
  return {
    find: (event, decision) =>
      decision.moves || (rowsOfPath.get(pathOf(event)) ?? 0) < mostStored
        ? null
        : (lastAlike.get(keyOf(event, decision)) ?? null),
    stored: (event, decision) => keep(pathOf(event), keyOf(event, decision), event.fingerprint),
    count: ref => added.set(ref, (added.get(ref) ?? 0) + 1),
    write: async idOf => {
      const rows = [...added].flatMap(([ref, count]) => {
        const id = typeof ref === 'string' ? idOf(ref) : ref
        return id === null ? [] : [{ id, count }]
      })
      for (const { id, count } of rows.sort((a, b) => a.id - b.id))
        await transaction.run(
          store
            .knex('rebound_bounces')
            .where({ id })
            .update({ repeats: store.knex.raw('repeats + ?', [count]) }),
        )
    },
  }
}

const joined = (...parts: readonly (string | null)[]): string => parts.join('\0')

async function rowsOfToday(
  store: Store,
  transaction: Transaction,
  events: readonly BounceEvent[],
  since: number,
): Promise<readonly TodayRow[]> {
  const ids = new Map<string, Set<string>>()
  for (const event of events) {
    const key = recordKeyOf(store, event)
    if (key) ids.set(key.module, (ids.get(key.module) ?? new Set<string>()).add(key.recordId))
  }
  const found: TodayRow[] = []
  for (const [module, some] of ids)
    for (const recordIds of chunks(store, [...some].sort(byText)))
      found.push(
        ...((await transaction.run(
          store
            .knex('rebound_bounces')
            .select('id', 'module', 'record_id', 'return_path', 'kind', 'type', 'category')
            .where({ module })
            .whereIn('record_id', recordIds)
            .where('recorded_at', '>=', since)
            .whereNot('concern', 'other')
            .orderBy('id'),
        )) as readonly TodayRow[]),
      )
  return found
}
