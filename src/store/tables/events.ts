// The list of events, for those who poll it: each is shown once, in an order that no later event can get ahead of.

import type { BounceQuery, Bounces } from '../../model/bounces.ts'
import type { Page } from '../../model/page.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { transactionLimitMs } from '../database/transaction.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface StoredBounces extends Bounces {
  /** The newest first; `next` is null on the last page. */
  readonly newest: (query: BounceQuery) => Promise<Page<StoredBounce>>
}

export function createBounces(store: Store): StoredBounces {
  return {
    list: async query => {
      const after = query.after === undefined ? null : decodeCursor('b', query.after, [0, 0] as const)
      const rows = await persist(async () => {
        const select = filtered(store, query).orderBy(['recorded_at', 'id']).limit(query.limit)
        if (after)
          select
            .where('recorded_at', '>=', after[0])
            .where(either => either.where('recorded_at', '>', after[0]).orWhere('id', '>', after[1]))
        if (store.dialect === 'mysql')
          select.where(
            'recorded_at',
            '<=',
            store.knex.raw('cast(floor(unix_timestamp(now(3)) * 1000) as signed) - ?', [transactionLimitMs]),
          )
        return (await select) as readonly BounceRow[]
      })
      const last = rows.at(-1)
      return {
        items: rows.map(toBounce),
        next: last ? encodeCursor('b', Number(last.recorded_at), Number(last.id)) : null,
      }
    },
    newest: async query => {
      const after = query.after === undefined ? null : decodeCursor('n', query.after, [0, 0] as const)
      const rows = await persist(async () => {
        const select = filtered(store, query)
          .orderBy(newestFirst)
          .limit(query.limit + 1)
        if (after)
          select
            .where('recorded_at', '<=', after[0])
            .where(either => either.where('recorded_at', '<', after[0]).orWhere('id', '<', after[1]))
        return (await select) as readonly BounceRow[]
      })
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      const hasMore = rows.length > query.limit && last !== undefined
      return {
        items: shown.map(toBounce),
        next: hasMore ? encodeCursor('n', Number(last.recorded_at), Number(last.id)) : null,
      }
    },
    get: async id => {
      const number = rowNumber(id)
      if (number === null) return null
      const rows = await persist(
        async () =>
          (await store
            .knex('rebound_bounces')
            .select(bounceSelection)
            .where({ id: number })) as readonly BounceRow[],
      )
      return rows[0] ? toBounce(rows[0]) : null
    },
  }
}

const newestFirst = [
  { column: 'recorded_at', order: 'desc' },
  { column: 'id', order: 'desc' },
]

/** The events that a query is about, in no order yet. */
function filtered(store: Store, query: BounceQuery) {
  const select = store.knex('rebound_bounces').select(bounceSelection)
  if (query.campaignId !== undefined) select.where('campaign_id', query.campaignId)
  if (query.module !== undefined) select.where('module', query.module)
  if (query.recordId !== undefined) select.where('record_id', query.recordId)
  // Only bounces have a type: said outright, either filter alone uses the index of both.
  const kind = query.kind ?? (query.type && 'bounce')
  if (kind) select.where('kind', kind)
  if (query.type) select.where('type', query.type)
  else if (kind && kind !== 'bounce') select.whereNull('type')
  return select
}
