// The list of events, for those who poll it: each is shown once, in an order that no later event can get ahead of.

import type { Bounces } from '../../model/bounces.ts'
import { isKey, rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { bounceRows, toBounce } from '../database/rows.ts'
import { transactionLimitMs } from '../database/transaction.ts'
import { slowestClock } from '../upkeep/node-clocks.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { type EventPlace, type Search, searchEvents } from './event-search.ts'

export interface StoredBounces extends Bounces {
  /** Did a report say that mail at this path was delivered, or spread to several? */
  readonly wasTaken: (
    record: { readonly module: string; readonly recordId: string },
    returnPath: string,
  ) => Promise<boolean>
}

export function createBounces(store: Store): StoredBounces {
  return {
    wasTaken: async ({ module, recordId }, returnPath) => {
      if (!isKey(module) || !isKey(recordId)) return false
      const rows = await persist(
        async () =>
          (await store
            .knex('rebound_bounces')
            .select('id')
            .where({ module, record_id: recordId, kind: 'delivered', return_path: returnPath })
            .whereNull('undone_at')
            .limit(1)) as readonly unknown[],
      )
      return rows.length > 0
    },
    list: async query => {
      const after = placeIn('b', query.after)
      const { rows, end } = await persist(async () =>
        searchEvents(store, {
          query,
          limit: query.limit,
          order: 'asc',
          after: after && (await redated(store, after)),
          until: await settledUntil(store),
        }),
      )
      const last = rows.at(-1)
      const seen = end ?? (last ? { at: Number(last.recorded_at), id: Number(last.id) } : null)
      return { items: rows.map(toBounce), next: seen && encodeCursor('b', seen.at, seen.id) }
    },
    newest: async query => {
      const after = placeIn('n', query.after)
      const { rows, end } = await persist(() =>
        searchEvents(store, { query, limit: query.limit + 1, order: 'desc', after }),
      )
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      const hasMore = rows.length > query.limit && last !== undefined
      const seen = hasMore ? { at: Number(last.recorded_at), id: Number(last.id) } : end
      return { items: shown.map(toBounce), next: seen && encodeCursor('n', seen.at, seen.id) }
    },
    get: async id => {
      const number = rowNumber(id)
      if (number === null) return null
      const rows = await persist(async () => await bounceRows(store).where({ id: number }))
      return rows[0] ? toBounce(rows[0]) : null
    },
  }
}

/** No event before this place can still come. On SQLite ids rise in the order of commits; on MySQL writers overtake each other. */
async function settledUntil(store: Store): Promise<NonNullable<Search['until']>> {
  if (store.dialect === 'mysql') return { recorded_at: await slowestClock(store, transactionLimitMs) }
  const [row] = (await store.knex('rebound_bounces').max('id as id')) as readonly { id: number | null }[]
  return { id: row?.id ?? 0 }
}

/** Where an event is by now that a clock had dated into the future (upkeep/redate.ts): its cursor was given out before. */
async function redated(store: Store, place: EventPlace): Promise<EventPlace> {
  if (place.at <= Date.now()) return place
  const [row] = (await store
    .knex('rebound_bounces')
    .select('recorded_at')
    .where({ id: place.id })) as readonly {
    readonly recorded_at: number
  }[]
  return row ? { at: Math.min(place.at, Number(row.recorded_at)), id: place.id } : place
}

export function placeIn(list: string, cursor: string | undefined): EventPlace | null {
  if (cursor === undefined) return null
  const [at, id] = decodeCursor(list, cursor, [0, 0] as const)
  return { at, id }
}
