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
  /** Epoch milliseconds since which the record's soft bounces count towards thresholds. */
  readonly countsSince: (key: RecordKey) => number
  /** Epoch milliseconds of the latest reset or proof of life of them all, 0 when there was none. */
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
  const locked = new Map<string, LockedRows>()
  for (const [module, ids] of idsByModule(keys)) {
    const rows = await homeOf(store, module)?.lock(transaction, ids)
    if (rows) locked.set(module, rows)
  }
  return {
    ...joinRecords(locked),
    write: async at => {
      for (const rows of locked.values()) await rows.write(at)
    },
  }
}

/** Records of several modules as one. */
export function joinRecords(
  held: ReadonlyMap<string, Pick<LockedRows, 'get' | 'set' | 'countsSince' | 'latestReset'>>,
): Omit<LockedRecords, 'write'> {
  return {
    latestReset: Math.max(0, ...[...held.values()].map(rows => rows.latestReset)),
    countsSince: key => held.get(key.module)?.countsSince(key.recordId) ?? 0,
    get: (key, isOurs) => held.get(key.module)?.get(key.recordId, isOurs) ?? null,
    set: (key, state, isOurs) => held.get(key.module)?.set(key.recordId, state, isOurs),
  }
}

/** Modules, and the ids of each, in the order of locks. */
export function idsByModule(keys: readonly RecordKey[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, Set<string>>()
  for (const { module, recordId } of keys)
    ids.set(module, (ids.get(module) ?? new Set<string>()).add(recordId))
  return new Map(
    [...ids].sort(([a], [b]) => byText(a, b)).map(([module, some]) => [module, [...some].sort(byText)]),
  )
}
