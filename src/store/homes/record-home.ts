// What recording, reset, undo, lists and erasure want of a module's records, in whichever tables they are.

import type { RecordState } from '../../crm/effects.ts'
import type { Spellings } from '../../crm/spellings.ts'
import type { AddressTest } from '../../model/event.ts'
import type { RecordRow } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'

/** Records read under lock, changed in memory, written at the end. */
export interface LockedRows {
  /** Null when it has never been seen; of several addresses, `email` is the one that `isOurs` says yes to. */
  readonly get: (id: string, isOurs: AddressTest | null) => RecordState | null
  /** With the `isOurs` of the `get` that `state` was made of. */
  readonly set: (id: string, state: RecordState, isOurs: AddressTest | null) => void
  /** As people see it; null when there is none. */
  readonly find: (id: string) => RecordRow | null
  /** Makes an empty record of one that is not there, or leaves that to the CRM. */
  readonly create: (id: string) => void
  /** Epoch milliseconds, 0 for never. */
  readonly resetAt: (id: string) => number
  /** The latest reset or proof of life of them all. */
  readonly latestReset: number
  /** Epoch milliseconds of the later of reset and proof of life, 0 for never: soft bounces count towards thresholds since. */
  readonly countsSince: (id: string) => number
  /** Somebody says that the record's address works. */
  readonly setAlive: (id: string, at: number) => void
  /** The flag clears, the counts begin anew. */
  readonly reset: (id: string, at: number) => void
  /** Throws FieldError where it cannot be. */
  readonly setAddress: (id: string, email: string | null) => void
  /** Puts an address back; answers the other address that the record has by now, null when it went well. */
  readonly giveBack: (id: string, address: string) => string | null
  readonly write: (at: number) => Promise<void>
}

export interface Forgetting {
  readonly spellings: Spellings
  /** What becomes of an id that is the address. */
  readonly pseudonym: string
  /** Counts, and changes nothing. */
  readonly dryRun: boolean
}

export interface RecordHome {
  /** Locks in the order of the ids, so that no two servers wait for each other. */
  readonly lock: (transaction: Transaction, ids: readonly string[]) => Promise<LockedRows>
  /** As they are, without lock; those that are not there are left out. */
  readonly read: (ids: readonly string[]) => Promise<ReadonlyMap<string, RecordRow>>
  /** Ids of records that have one of these addresses, so many at most. */
  readonly findByAddress: (spellings: readonly string[], most: number) => Promise<readonly string[]>
  /** Erases an address that a person asked us to forget; answers how many records had it. */
  readonly forget: (wanted: Forgetting) => Promise<number>
  /** Rebound's rows of the records it has seen: what lists go through. `isTruth`: they say all there is to say. */
  readonly seen: {
    readonly table: string
    readonly where: Readonly<Record<string, string>>
    readonly isTruth: boolean
  }
}
