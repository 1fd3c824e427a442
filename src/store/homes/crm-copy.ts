// Brings columns that were mapped later up to date: what Rebound kept of flagged records until then is written there.

import type { ColumnRef } from '../../crm/mapping.ts'
import { databaseNow } from '../database/clock.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { inTransaction } from '../database/transaction.ts'
import { columnName } from './crm-reader.ts'
import { homeOf } from './home-of.ts'

const step = 200

/**
 * Writes flag and bounced address of the records whose columns have not got them yet. Safe to repeat and to race;
 * stops between two steps when `signal` says so.
 */
export async function copyKept(store: Store, signal: AbortSignal): Promise<void> {
  for (const { module, flag, bouncedAddress } of store.crm?.mapping.modules ?? []) {
    const home = homeOf(store, module)
    if (!home || (!flag && !bouncedAddress)) continue
    for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
      const from: string = after
      const rows = await persist(() => uncopied(store, module, { flag, bouncedAddress }, from))
      after = rows.length < step ? undefined : rows.at(-1)
      if (rows.length === 0) break
      await persist(() =>
        inTransaction(store, async transaction => {
          // Holding a record takes in what was kept: to write it is all there is to do.
          const locked = await home.lock(transaction, rows)
          await locked.write(await databaseNow(store, transaction))
        }),
      )
    }
  }
}

async function uncopied(
  { knex }: Store,
  module: string,
  { flag, bouncedAddress }: { readonly flag: ColumnRef | null; readonly bouncedAddress: ColumnRef | null },
  after: string,
): Promise<readonly string[]> {
  const query = knex('rebound_mapped_records')
    .select('id')
    .where({ module })
    .where('id', '>', after)
    .orderBy('id')
    .limit(step)
  query.where(either => {
    if (flag)
      either.orWhere(kept => kept.where({ email_bounced: 1 }).where(elsewhere(knex, 'flag_column', flag)))
    if (bouncedAddress)
      either.orWhere(kept =>
        kept.whereNotNull('bounced_address').where(elsewhere(knex, 'address_column', bouncedAddress)),
      )
  })
  return ((await query) as readonly { id: string }[]).map(({ id }) => id)
}

const elsewhere = (knex: Store['knex'], column: string, ref: ColumnRef) =>
  knex.raw('(?? is null or ?? <> ?)', [column, column, columnName(ref)])
