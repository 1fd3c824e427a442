// Who changed what by hand: one row, in the transaction of the change.

import { fitText } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import { type RowWrite, writeRows } from '../database/row-write.ts'
import type { Transaction } from '../database/transaction.ts'

/** @typeParam Id the event's id, or what stands for it */
export interface AuditEntry<Id = number> {
  /** Epoch milliseconds. */
  readonly at: number
  readonly actor: string
  readonly action:
    | 'reset'
    | 'alive'
    | 'undo'
    | 'hold'
    | 'apply-held'
    | 'promote'
    | 'share'
    | 'forget'
    | 'key-forget'
    | 'rule-add'
    | 'rule-change'
    | 'rule-remove'
    | 'rule-restore'
    | 'view-add'
    | 'view-change'
    | 'view-remove'
  readonly module: string | null
  readonly recordId: string | null
  readonly eventId: Id | null
  /** What was there before. */
  readonly before: object
}

const actorLength = 100
const beforeLength = 2000

export async function audit(store: Store, transaction: Transaction, entry: AuditEntry): Promise<void> {
  await writeRows(store, transaction, [auditRows([entry])])
}

export function auditRows<Id>(entries: readonly AuditEntry<Id>[]): RowWrite<Id | string | number | null> {
  return {
    table: 'rebound_audit',
    columns: ['at', 'actor', 'action', 'module', 'record_id', 'event_id', 'before'],
    rows: entries.map(({ at, actor, action, module, recordId, eventId, before }) => [
      at,
      fitText(actor, actorLength),
      action,
      module,
      recordId,
      eventId,
      fitText(JSON.stringify(before), beforeLength),
    ]),
    key: null,
  }
}
