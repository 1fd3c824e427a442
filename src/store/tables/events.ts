// The list of events, for those who poll it: each is shown once, in an order that no later event can get ahead of.

import type { Bounces } from '../../model/bounces.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { transactionLimitMs } from '../database/transaction.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export function createBounces(store: Store): Bounces {
  return {
    list: async query => {
      const after = query.after === undefined ? null : decodeCursor('b', query.after, [0, 0] as const)
      const rows = await persist(async () => {
        const select = store
          .knex('rebound_bounces')
          .select(bounceSelection)
          .orderBy(['recorded_at', 'id'])
          .limit(query.limit)
        if (after)
          select
            .where('recorded_at', '>=', after[0])
            .where(either => either.where('recorded_at', '>', after[0]).orWhere('id', '>', after[1]))
        if (query.campaignId !== undefined) select.where('campaign_id', query.campaignId)
        // Only bounces have a type: said outright, either filter alone uses the index of both.
        const kind = query.kind ?? (query.type && 'bounce')
        if (kind) select.where('kind', kind)
        if (query.type) select.where('type', query.type)
        else if (kind && kind !== 'bounce') select.whereNull('type')
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
