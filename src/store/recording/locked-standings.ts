// How the campaigns of one batch count its records: read under lock.

import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import {
  inLockOrder,
  type StandingKey,
  type StandingRow,
  type Standings,
  standingColumns,
  standingsOf,
} from './standings.ts'

/** Reads, under lock, how the campaigns count these records. */
export async function lockStandings(
  store: Store,
  transaction: Transaction,
  keys: readonly StandingKey[],
): Promise<Standings> {
  const found: StandingRow[] = []
  const ordered = inLockOrder(keys)
  for (const some of chunks(store, ordered)) {
    const query = store
      .knex('rebound_campaign_records')
      .select(standingColumns)
      .whereIn(
        ['campaign_id', 'module', 'record_id'],
        some.map(({ campaignId, module, recordId }) => [campaignId, module, recordId]),
      )
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    found.push(...(rows as readonly StandingRow[]))
  }
  return standingsOf(ordered, found)
}
