// Messages stored without their text, since the database took them in no other form; and those it takes in none.

import type { StrippedDetail } from '../../model/stripped-bounce.ts'
import { chunks } from '../database/chunks.ts'
import { databaseTime } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import type { Transaction } from '../database/transaction.ts'

export interface Stripping {
  readonly detail: StrippedDetail
  /** The code of the error that the whole message ended with. */
  readonly code: string
}

/** Notes that these events were stored stripped, in the transaction that stores them. */
export async function noteStripped(
  store: Store,
  transaction: Transaction,
  eventIds: readonly number[],
  { detail, code }: Stripping,
): Promise<void> {
  const at = await databaseTime(store, transaction)
  const rows = eventIds.map(id => ({ event_id: id, at, detail, code }))
  for (const some of chunks(store, rows))
    await transaction.run(rowsOf(store, 'rebound_stripped').insert([...some]))
}

/**
 * Notes that the database does not take a message, though it takes others.
 * @returns for how long it has not, in milliseconds
 */
export async function noteRefused(store: Store, fingerprint: string, code: string): Promise<number> {
  const at = await databaseTime(store)
  const refused = () => rowsOf(store, 'rebound_refused').where({ fingerprint })
  return await persist(async () => {
    const changed = await refused().update({
      last_at: at,
      code,
      attempts: store.knex.raw('attempts + 1'),
    })
    if (changed === 0)
      await rowsOf(store, 'rebound_refused')
        .insert({ fingerprint, code, first_at: at, last_at: at, attempts: 1 })
        .onConflict('fingerprint')
        .merge(['last_at'])
    const rows = (await refused().select('first_at')) as readonly { first_at: number }[]
    return at - Number(rows[0]?.first_at ?? at)
  })
}
