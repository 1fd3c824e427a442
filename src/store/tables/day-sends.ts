// How many mails were sent on each day, for charts: added up by the servers every few seconds, beside minting.

import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

/** @param sends by the day's midnight, epoch milliseconds */
export async function addSends(store: Store, sends: ReadonlyMap<number, number>): Promise<void> {
  const { knex } = store
  for (const [day, count] of sends)
    await persist(
      async () =>
        await rowsOf({ knex }, 'rebound_days')
          .insert({ day, sent: count })
          .onConflict('day')
          .merge({ sent: knex.raw('?? + ?', ['rebound_days.sent', count]) }),
    )
}

/** By their midnights; those without sends are left out. */
export type SentOf = (from: number, to: number) => Promise<ReadonlyMap<number, number>>

export function createSentOf(store: Store): SentOf {
  return async (from, to) => {
    const rows = await persist(
      async () =>
        await rowsOf(store, 'rebound_days')
          .select('day', 'sent')
          .where('day', '>=', from)
          .where('day', '<', to),
    )
    return new Map(rows.map(({ day, sent }) => [Number(day), Number(sent)]))
  }
}
