// Who changed what by hand: one row, in the transaction of the change.

import { fitText } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'

export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number
  readonly actor: string
  readonly action:
    | 'reset'
    | 'undo'
    | 'promote'
    | 'forget'
    | 'key-forget'
    | 'rule-add'
    | 'rule-change'
    | 'rule-remove'
    | 'rule-restore'
  readonly module: string | null
  readonly recordId: string | null
  readonly eventId: number | null
  /** What was there before. */
  readonly before: object
}

const actorLength = 100
const beforeLength = 2000

export async function audit(store: Store, transaction: Transaction, entry: AuditEntry): Promise<void> {
  await transaction.run(
    store.knex('rebound_audit').insert({
      at: entry.at,
      actor: fitText(entry.actor, actorLength),
      action: entry.action,
      module: entry.module,
      record_id: entry.recordId,
      event_id: entry.eventId,
      before: fitText(JSON.stringify(entry.before), beforeLength),
    }),
  )
}
