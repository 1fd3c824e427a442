// The records that one batch touches, in whatever home: read under lock, changed in memory, written at its end.

import type { RecordState } from '../../crm/effects.ts'
import type { AddressTest } from '../../model/event.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { homeOf } from '../homes/home-of.ts'
import type { LockedRows } from '../homes/record-home.ts'

export interface RecordKey {
  readonly module: string
  readonly recordId: string
}

export interface LockedRecords {
  /** Of several addresses of a record, `email` is the one that `isOurs` says yes to. */
  readonly get: (key: RecordKey, isOurs: AddressTest | null) => RecordState | null
  readonly set: (key: RecordKey, state: RecordState, isOurs: AddressTest | null) => void
  /** Epoch milliseconds of the record's last reset, 0 when there was none. */
  readonly resetAt: (key: RecordKey) => number
  /** The latest of them all. */
  readonly latestReset: number
  /** `at`: epoch milliseconds. */
  readonly write: (at: number) => Promise<void>
}

/** Reads the records under lock, in the order of their keys so that no two servers wait for each other. */
export async function lockRecords(
  store: Store,
  transaction: Transaction,
  keys: readonly RecordKey[],
): Promise<LockedRecords> {
  const ids = new Map<string, Set<string>>()
  for (const { module, recordId } of keys)
    ids.set(module, (ids.get(module) ?? new Set<string>()).add(recordId))
  const locked = new Map<string, LockedRows>()
  for (const [module, some] of [...ids].sort(([a], [b]) => byText(a, b))) {
    const rows = await homeOf(store, module)?.lock(transaction, [...some])
    if (rows) locked.set(module, rows)
  }
  return {
    latestReset: Math.max(0, ...[...locked.values()].map(rows => rows.latestReset)),
    resetAt: key => locked.get(key.module)?.resetAt(key.recordId) ?? 0,
    get: (key, isOurs) => locked.get(key.module)?.get(key.recordId, isOurs) ?? null,
    set: (key, state, isOurs) => locked.get(key.module)?.set(key.recordId, state, isOurs),
    write: async at => {
      for (const rows of locked.values()) await rows.write(at)
    },
  }
}
