// Which keys signed the return paths of this database: a start with another secret must not refuse every bounce.

import { dayMs } from '../../model/day.ts'
import { databaseNow } from '../database/clock.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type KeyRow, rowsOf } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'
import { audit } from '../upkeep/audit.ts'

/** What a signing key tells of itself: its id in paths, and a value that proves which key it is. */
export interface KeyCheck {
  readonly id: number
  /** 32 hex digits. */
  readonly check: string
}

/** A key that has signed, or verifies, paths of this database. */
export interface KnownKey {
  readonly id: number
  /** As in `KeyCheck`. */
  readonly check: string
  readonly firstUsedAt: Date
  /** When a newer one took over; null: it is the key that signs, or signed when a server last ran. */
  readonly retiredAt: Date | null
}

/**
 * Writes down the keys we have, newest first; the first one signs, the others are retired from now on.
 * Answers the keys that paths still under way may be signed with and that we lack; nothing is written then.
 * @param keepDays how long a path is accepted after its day of issue
 */
export async function registerKeys(
  store: Store,
  keys: readonly KeyCheck[],
  options: { readonly now: Date; readonly keepDays: number },
): Promise<readonly KnownKey[]> {
  return await persist(async () => {
    const now = options.now.getTime()
    const known = await rowsOf(store, 'rebound_keys')
    const missing = known
      .map(knownKey)
      .filter(row => !keys.some(key => key.check === row.check) && mayHaveSigned(row, options))
    if (missing.length > 0) return missing
    for (const [position, key] of keys.entries()) {
      const row = known.find(each => each.check_value === key.check)
      const signs = position === 0
      if (!row) await insertKey(store, key, now, signs)
      else if (signs !== (row.retired_at === null))
        await rowsOf(store, 'rebound_keys')
          .where({ check_value: key.check })
          .update({ retired_at: signs ? null : now })
    }
    return []
  })
}

/** Can paths still under way be signed with this key? */
export function mayHaveSigned(
  { retiredAt }: KnownKey,
  { now, keepDays }: { readonly now: Date; readonly keepDays: number },
): boolean {
  return retiredAt === null || retiredAt.getTime() > now.getTime() - (keepDays + 1) * dayMs
}

async function insertKey(store: Store, key: KeyCheck, now: number, signs: boolean): Promise<void> {
  try {
    await rowsOf(store, 'rebound_keys').insert({
      check_value: key.check,
      key_id: key.id,
      first_used_at: now,
      retired_at: signs ? null : now,
    })
  } catch (error) {
    // Another process starts with the same keys.
    if (failureOf(error) !== 'duplicate') throw error
  }
}

function knownKey(row: KeyRow): KnownKey {
  return {
    id: row.key_id,
    check: row.check_value,
    firstUsedAt: new Date(Number(row.first_used_at)),
    retiredAt: row.retired_at === null ? null : new Date(Number(row.retired_at)),
  }
}

/** The keys of this database, oldest first. */
export async function listKeys(store: Store): Promise<readonly KnownKey[]> {
  const rows = await persist(async () => await rowsOf(store, 'rebound_keys').orderBy('first_used_at'))
  return rows.map(knownKey)
}

/** A start does not ask for this key any more. @returns false when it is not there. */
export async function forgetKey(
  store: Store,
  check: string,
  by: { readonly actor: string },
): Promise<boolean> {
  return await persist(() =>
    inTransaction(store, async transaction => {
      const query = rowsOf(store, 'rebound_keys').where({ check_value: check })
      const [row] = await transaction.run(query)
      if (!row) return false
      await transaction.run(rowsOf(store, 'rebound_keys').where({ check_value: check }).del())
      await audit(store, transaction, {
        at: await databaseNow(store, transaction),
        actor: by.actor,
        action: 'key-forget',
        module: null,
        recordId: null,
        eventId: null,
        before: { ...row },
      })
      return true
    }),
  )
}
