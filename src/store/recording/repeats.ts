// Further reports of one return path on one day that change nothing: counted in a row that is there, so that whoever
// knows a path cannot fill the database with it.

import { dayMs } from '../../model/day.ts'
import type { BounceEvent } from '../../model/event.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import { type EventDecision, recordKeyOf } from './batch-effects.ts'
import { idsByModule } from './locked-records.ts'

/** So many reports of a path and day are kept each by itself: more than any honest mail causes. */
const mostStored = 10

/** A row's id, or the fingerprint of one that this batch inserts. */
type Ref = number | string

/** How many more a row stands for. */
export interface Repeated<Id = number> {
  readonly id: Id
  readonly count: number
}

export interface Repeats {
  /** The row that stands for the event already; null when it is to be stored. */
  readonly find: (event: BounceEvent, decision: EventDecision) => Ref | null
  /** The event is stored: later ones of the batch may be counted in its row. */
  readonly stored: (event: BounceEvent, decision: EventDecision) => void
  /** Counts one more in a row. */
  readonly count: (ref: Ref) => void
  /** What was counted. */
  readonly counted: <Id>(idOf: (fingerprint: string) => Id) => readonly Repeated<Id | number>[]
}

export interface TodayRow {
  readonly id: number
  readonly module: string
  readonly record_id: string
  readonly return_path: string
  readonly kind: string
  readonly type: string | null
  readonly category: string | null
  readonly recorded_at: number
}

export const todayColumns = [
  'id',
  'module',
  'record_id',
  'return_path',
  'kind',
  'type',
  'category',
  'recorded_at',
] as const satisfies readonly (keyof TodayRow)[]

/** The beginning of the day that an instant is in, both epoch milliseconds. */
export const dayBegin = (at: number): number => at - (at % dayMs)

/** @param rows those of the records in question, in the order of their ids, at least since the beginning of the day */
export function repeatsOf(rows: readonly TodayRow[], recordedAt: number): Repeats {
  const rowsOfPath = new Map<string, number>()
  const lastAlike = new Map<string, Ref>()
  const added = new Map<Ref, number>()
  const keep = (path: string, alike: string, ref: Ref): void => {
    rowsOfPath.set(path, (rowsOfPath.get(path) ?? 0) + 1)
    lastAlike.set(alike, ref)
  }
  for (const row of rows) {
    if (Number(row.recorded_at) < dayBegin(recordedAt)) continue
    const path = joined(row.return_path, row.module, row.record_id)
    keep(path, joined(path, row.kind, row.type, row.category), Number(row.id))
  }
  // An inbox is the path of many records: each has its own ten.
  const pathOf = ({ returnPath, link }: BounceEvent): string =>
    joined(returnPath, link?.send.module ?? null, link?.send.recordId ?? null)
  const keyOf = (event: BounceEvent, { effects }: EventDecision): string =>
    joined(pathOf(event), event.kind, effects.type, event.verdict?.category ?? null)
  return {
    find: (event, decision) =>
      decision.moves || (rowsOfPath.get(pathOf(event)) ?? 0) < mostStored
        ? null
        : (lastAlike.get(keyOf(event, decision)) ?? null),
    stored: (event, decision) => keep(pathOf(event), keyOf(event, decision), event.fingerprint),
    count: ref => added.set(ref, (added.get(ref) ?? 0) + 1),
    counted: idOf =>
      [...added].map(([ref, count]) => ({ id: typeof ref === 'string' ? idOf(ref) : ref, count })),
  }
}

/** Adds what was counted to the rows, as SQL. */
export function addRepeats(repeated: readonly Repeated<number | string>[]): string {
  const cases = repeated.map(({ id, count }) => `when ${id} then ${count}`).join(' ')
  const ids = repeated.map(({ id }) => id).join(', ')
  return `update rebound_bounces set repeats = repeats + case id ${cases} end where id in (${ids})`
}

const joined = (...parts: readonly (string | null)[]): string => parts.join('\0')

/** Rows of these events' records since then. */
export async function rowsOfToday(
  store: Store,
  transaction: Transaction,
  events: readonly BounceEvent[],
  since: number,
): Promise<readonly TodayRow[]> {
  const found: TodayRow[] = []
  for (const [module, ids] of idsByModule(events.flatMap(event => recordKeyOf(store, event) ?? [])))
    for (const recordIds of chunks(store, ids))
      found.push(
        ...((await transaction.run(
          store
            .knex('rebound_bounces')
            .select(todayColumns)
            .where({ module })
            .whereIn('record_id', recordIds)
            .where('recorded_at', '>=', since)
            .whereNot('concern', 'other')
            .orderBy('id'),
        )) as readonly TodayRow[]),
      )
  return found
}
