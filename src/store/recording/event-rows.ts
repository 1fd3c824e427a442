// Events as rows: put in, and found again by their fingerprints.

import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { RowWrite } from '../database/row-write.ts'
import { rowsOf } from '../database/tables.ts'
import type { Transaction } from '../database/transaction.ts'
import { type EventValue, insertedColumns } from './event-row.ts'

/** Rows as `eventRow` makes them. */
export const eventRows = (rows: readonly (readonly EventValue[])[]): RowWrite => ({
  table: 'rebound_bounces',
  columns: insertedColumns,
  rows,
  key: null,
})

/** The ids of the events that are stored, by fingerprint. */
export async function idsOf(
  store: Store,
  transaction: Transaction,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const some of chunks(store, fingerprints)) {
    const rows = await transaction.run(
      rowsOf(store, 'rebound_bounces').select('id', 'fingerprint').whereIn('fingerprint', some),
    )
    for (const row of rows as readonly { id: number; fingerprint: string }[])
      found.set(row.fingerprint, row.id)
  }
  return found
}
