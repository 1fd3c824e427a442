// Which keys signed the return paths of this database: a start with another secret must not refuse every bounce.

import { failureOf, persist } from './failures.ts'
import type { Store } from './open.ts'

/** What a signing key tells of itself: its id in paths, and a value that proves which key it is. */
export interface KeyCheck {
  readonly id: number
  /** 32 hex digits. */
  readonly check: string
}

interface KeyRow {
  readonly check_value: string
  readonly key_id: number
  readonly first_used_at: number
  readonly retired_at: number | null
}

export interface MissingKey {
  readonly id: number
  readonly firstUsedAt: Date
  /** Null: it was the key that signed when a server last ran. */
  readonly retiredAt: Date | null
}

const dayMs = 86_400_000

/**
 * Writes down the keys we have, newest first; the first one signs, the others are retired from now on.
 * Answers the keys that paths still under way may be signed with and that we lack; nothing is written then.
 * @param keepDays how long a path is accepted after its day of issue
 */
export async function registerKeys(
  store: Store,
  keys: readonly KeyCheck[],
  options: { readonly now: Date; readonly keepDays: number },
): Promise<readonly MissingKey[]> {
  return await persist(async () => {
    const now = options.now.getTime()
    const known = (await store.knex('rebound_keys')) as readonly KeyRow[]
    const missing = known.filter(
      row =>
        !keys.some(key => key.check === row.check_value) &&
        (row.retired_at === null || Number(row.retired_at) > now - (options.keepDays + 1) * dayMs),
    )
    if (missing.length > 0) return missing.map(missingKey)
    for (const [position, key] of keys.entries()) {
      const row = known.find(each => each.check_value === key.check)
      const signs = position === 0
      if (!row) await insertKey(store, key, now, signs)
      else if (signs !== (row.retired_at === null))
        await store
          .knex('rebound_keys')
          .where({ check_value: key.check })
          .update({ retired_at: signs ? null : now })
    }
    return []
  })
}

async function insertKey(store: Store, key: KeyCheck, now: number, signs: boolean): Promise<void> {
  try {
    await store.knex('rebound_keys').insert({
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

function missingKey(row: KeyRow): MissingKey {
  return {
    id: row.key_id,
    firstUsedAt: new Date(Number(row.first_used_at)),
    retiredAt: row.retired_at === null ? null : new Date(Number(row.retired_at)),
  }
}
