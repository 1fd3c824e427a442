// The list of events that were stored without their text, or without effects too.

import type { StrippedBounce, StrippedDetail } from '../../model/stripped-bounce.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'

interface StrippedBounceRow extends BounceRow {
  readonly at: number
  readonly detail: StrippedDetail
  readonly code: string
}

const mostStripped = 1_000

/** Up to a thousand. */
export async function countStripped(store: Store): Promise<number> {
  const some = rowsOf(store, 'rebound_stripped').select('event_id').limit(mostStripped).as('some')
  const [found] = await persist(async () => await store.knex.from(some).count('* as count'))
  return Number(found?.count)
}

/** The newest first, a thousand at most. */
export async function listStripped(store: Store): Promise<readonly StrippedBounce[]> {
  const rows = await persist(
    async () =>
      (await store
        .knex('rebound_stripped as s')
        .join('rebound_bounces as b', 'b.id', 's.event_id')
        .select('s.at', 's.detail', 's.code', ...bounceSelection.map(column => `b.${column}`))
        .orderBy('s.event_id', 'desc')
        .limit(mostStripped)) as readonly StrippedBounceRow[],
  )
  return rows.map(row => ({
    id: String(row.id),
    strippedAt: new Date(Number(row.at)),
    detail: row.detail,
    code: row.code,
    bounce: toBounce(row),
  }))
}
