// The events of a record that stand, as taking one of them back or holding it wants to know them.

import type { PastBounce } from '../../crm/taken-address.ts'
import type { Store } from '../database/open.ts'
import type { BounceRow } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'

/** The record's other events that did something to it and stand, newest first. */
export async function othersOf(
  store: Store,
  transaction: Transaction,
  bounce: BounceRow,
): Promise<readonly PastBounce[]> {
  const rows = (await transaction.run(
    store
      .knex('rebound_bounces')
      .select('id', 'type', 'effect', 'address', 'linked_by', 'recorded_at', 'received_at')
      .where({ module: bounce.module, record_id: bounce.record_id })
      .where({ kind: 'bounce' })
      .whereNot('effect', 'none')
      .whereNot('id', bounce.id)
      .whereNull('undone_at')
      .orderBy([
        { column: 'recorded_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]),
  )) as readonly BounceRow[]
  return rows.map(toPast)
}

export function toPast(row: BounceRow): PastBounce {
  return {
    id: Number(row.id),
    type: row.type,
    effect: row.effect,
    address: row.address,
    linkedBy: row.linked_by,
    recordedAt: Number(row.recorded_at),
    receivedAt: Number(row.received_at),
  }
}
