// What the days that are over came to: kept in a table, so that each event is counted once and not at every look.

import { dayMs } from '../../model/day.ts'
import type { DayCell } from '../../model/summary.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import { type DayCountRow, rowsOf } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'

const columns = ['kind', 'type', 'category', 'provider', 'events'] as const

type CountRow = Pick<DayCountRow, (typeof columns)[number]>

/**
 * The cells of a day that is over, by provider.
 * @param day its midnight UTC, epoch milliseconds
 * @param count counts its events, which takes a while
 */
export async function keptDay(
  store: Store,
  day: number,
  count: () => Promise<readonly DayCell[]>,
): Promise<readonly DayCell[]> {
  const { knex } = store
  const known = await dayRow(store, day)
  if (known?.isCounted) {
    const rows = await persist(
      async () =>
        await rowsOf(store, 'rebound_day_counts')
          .select(...columns)
          .where({ day }),
    )
    return rows.map(row => cellOf(day, row))
  }
  if (!known)
    await persist(
      async () => await rowsOf({ knex }, 'rebound_days').insert({ day }).onConflict('day').ignore(),
    )
  const cells = await count()
  await persist(() =>
    inTransaction(store, async transaction => {
      // Only if nothing was taken back meanwhile. The row is locked: of several servers one writes at a time.
      const unchanged = rowsOf({ knex }, 'rebound_days').where({ day, changes: known?.changes ?? 0 })
      if (Number(await transaction.run(unchanged.update({ counted: 1 }))) === 0) return
      await transaction.run(rowsOf({ knex }, 'rebound_day_counts').where({ day }).del())
      const rows = cells.map(cell => [
        day,
        cell.kind,
        cell.type ?? '',
        cell.category ?? '',
        cell.provider ?? '',
        cell.count,
      ])
      const table = { table: 'rebound_day_counts', columns: ['day', ...columns], rows, key: null }
      await writeRows(store, transaction, [table])
    }),
  )
  return cells
}

/** An event of that time no longer counts as it did: its day is to be counted again. */
export async function dayChanged(store: Store, transaction: Transaction, recordedAt: number): Promise<void> {
  const { knex } = store
  const change = { counted: 0, changes: knex.raw('changes + 1') }
  await transaction.run(
    rowsOf({ knex }, 'rebound_days')
      .where({ day: recordedAt - (recordedAt % dayMs) })
      .update(change),
  )
}

async function dayRow(
  store: Store,
  day: number,
): Promise<{ readonly isCounted: boolean; readonly changes: number } | null> {
  const [row] = await persist(
    async () => await rowsOf(store, 'rebound_days').select('counted', 'changes').where({ day }),
  )
  return row ? { isCounted: Boolean(row.counted), changes: row.changes } : null
}

function cellOf(day: number, { kind, type, category, provider, events }: CountRow): DayCell {
  return {
    day: new Date(day),
    kind,
    type: type === '' ? null : type,
    category: category === '' ? null : category,
    provider: provider === '' ? null : provider,
    campaignId: null,
    count: Number(events),
  }
}
