// What the brake looks at: the bounces that were recorded lately, by all servers, each read once.

import { blockedCategories } from '../../model/categories.ts'
import { dayMs } from '../../model/day.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import type { IncidentRow } from '../database/tables.ts'
import { transactionLimitMs } from '../database/transaction.ts'

export interface SightingRow {
  readonly id: number
  readonly received_at: number
  readonly recorded_at: number
  readonly type: 'hard' | 'soft'
  readonly category: string
  readonly effect: string
  readonly return_path: string
  readonly module: string
  readonly record_id: string
  readonly address: string | null
  readonly reported_address: string | null
  readonly remote_mta: string | null
  readonly diagnostic: string | null
  readonly campaign_id: string | null
}

const columns = [
  'id',
  'received_at',
  'recorded_at',
  'type',
  'category',
  'effect',
  'return_path',
  'module',
  'record_id',
  'address',
  'reported_address',
  'remote_mta',
  'diagnostic',
  'campaign_id',
] as const satisfies readonly (keyof SightingRow)[]

/** One look reads so many of each type at most; what is left is read by the next. */
const mostAtOnce = 2_000

function bounces(store: Store, type: 'hard' | 'soft') {
  return store
    .knex('rebound_bounces')
    .select(columns)
    .where({ kind: 'bounce', type })
    .whereNotNull('module')
    .whereNotIn('effect', ['none', 'absent'])
    .whereNull('undone_at')
}

/** Reads what is new since the last call. */
export interface SightingReader {
  readonly next: () => Promise<readonly SightingRow[]>
}

/** @param since epoch milliseconds */
export function readSightings(store: Store, since: number): SightingReader {
  const from = { hard: since, soft: since }
  /** Rows of one millisecond, and on MySQL those of transactions that may end late, come more than once. */
  const seen = new Map<number, number>()
  const overlapMs = store.dialect === 'mysql' ? transactionLimitMs : 0

  const read = async (type: 'hard' | 'soft'): Promise<readonly SightingRow[]> => {
    const query = bounces(store, type)
      .where('recorded_at', '>=', from[type])
      .orderBy(['recorded_at', 'id'])
      .limit(mostAtOnce + seen.size)
    if (type === 'soft') query.whereIn('category', [...blockedCategories])
    const rows = (await persist(async () => await query)) as readonly SightingRow[]
    const last = rows.at(-1)
    if (last) from[type] = Math.max(from[type], Number(last.recorded_at) - overlapMs)
    return rows.filter(row => !seen.has(Number(row.id)))
  }
  return {
    next: async () => {
      const rows = [...(await read('hard')), ...(await read('soft'))]
      for (const row of rows) seen.set(Number(row.id), Number(row.recorded_at))
      const kept = Math.min(from.hard, from.soft)
      for (const [id, at] of seen) if (at < kept) seen.delete(id)
      return rows.filter(isNews)
    },
  }
}

/** An archive, or what waited long in a mailbox, says nothing of what goes wrong now. */
const isNews = ({ received_at, recorded_at }: SightingRow): boolean =>
  Number(recorded_at) - Number(received_at) < dayMs

/** Removals since some time that may belong to an incident, the oldest first, page by page. */
export async function* removalsSince(
  store: Store,
  { sign, subject }: Pick<IncidentRow, 'sign' | 'subject'>,
  since: number,
): AsyncGenerator<readonly SightingRow[]> {
  for (const type of ['hard', 'soft'] as const) {
    let after: readonly [number, number] = [since, 0]
    for (;;) {
      const [at, id] = after
      const query = bounces(store, type)
        .where({ effect: 'removed' })
        .where('recorded_at', '>=', at)
        .where(either => either.where('recorded_at', '>', at).orWhere('id', '>', id))
        .orderBy(['recorded_at', 'id'])
        .limit(500)
      if (sign === 'campaign') query.where({ campaign_id: subject })
      const rows = (await persist(async () => await query)) as readonly SightingRow[]
      const last = rows.at(-1)
      if (last === undefined) break
      yield rows
      after = [Number(last.recorded_at), Number(last.id)]
    }
  }
}

/** Blocks by the address of the recipient, of a time that is over: what is usual. At most so many of the newest. */
export async function blockedAddresses(
  store: Store,
  between: { readonly from: number; readonly to: number },
): Promise<readonly string[]> {
  const rows = (await persist(
    async () =>
      await store
        .knex('rebound_bounces')
        .select('address', 'reported_address')
        .where({ kind: 'bounce', type: 'soft' })
        .whereIn('category', [...blockedCategories])
        .whereBetween('recorded_at', [between.from, between.to])
        .orderBy('recorded_at', 'desc')
        .limit(20_000),
  )) as readonly { address: string | null; reported_address: string | null }[]
  return rows.flatMap(row => row.address ?? row.reported_address ?? [])
}
