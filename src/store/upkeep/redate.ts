// A clock was ahead while mail was recorded, and is right again: what it dated into the future gets the present time, since
// mail is deferred as long as the newest event is later than the clock (clocks.ts).

import { databaseTime } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

const step = 1_000

/** Beside the events: by these it is judged what counts and when a webhook is due. */
const others: Readonly<Record<string, readonly string[]>> = {
  rebound_contacts: ['last_bounce_at', 'reset_at', 'alive_at'],
  rebound_companies: ['last_bounce_at', 'reset_at', 'alive_at'],
  rebound_leads: ['last_bounce_at', 'reset_at', 'alive_at'],
  rebound_mapped_records: ['last_bounce_at', 'reset_at', 'alive_at'],
  rebound_outbox: ['created_at', 'due_at'],
}

/** Answers how many events there were. In the order of their ids they stay where they are. */
export async function redateEvents(store: Store): Promise<number> {
  const { knex } = store
  const now = await persist(() => databaseTime(store))
  const redate = (table: string, column: string, rows: readonly number[] | null = null) =>
    persist(async () => {
      const update = knex(table).where(column, '>', now).update(column, now)
      return await (rows === null ? update : update.whereIn('id', rows))
    })
  for (const [table, columns] of Object.entries(others))
    for (const column of columns) await redate(table, column)
  let events = 0
  for (;;) {
    const ids = await persist(
      async () =>
        await rowsOf({ knex }, 'rebound_bounces')
          .where('recorded_at', '>', now)
          .orderBy([{ column: 'recorded_at' }, { column: 'id' }])
          .limit(step)
          .pluck('id'),
    )
    if (ids.length === 0) return events
    await redate('rebound_bounces', 'received_at', ids)
    events += await redate('rebound_bounces', 'recorded_at', ids)
  }
}
