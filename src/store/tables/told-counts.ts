// What commands counted, for a server to take into its metrics: a command ends before anybody scrapes it.

import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf, type ToldCount } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'

/** Rows of one turn; the next turn takes the rest. */
const takenAtOnce = 1_000

export async function tellCounts(store: Store, counts: readonly ToldCount[]): Promise<void> {
  if (counts.length === 0) return
  await persist(
    async () => await rowsOf(store, 'rebound_told_counts').insert(counts.map(each => ({ ...each }))),
  )
}

/** Takes them: of several servers, each count goes to one. */
export async function takeCounts(store: Store): Promise<readonly ToldCount[]> {
  const oldest = () => rowsOf(store, 'rebound_told_counts').orderBy('id').limit(takenAtOnce)
  // Almost always there is nothing, and then nothing is locked.
  if ((await oldest().select('id').limit(1)).length === 0) return []
  return await inTransaction(store, async transaction => {
    const query = oldest().select('id', 'what', 'word', 'count')
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    await transaction.run(
      rowsOf(store, 'rebound_told_counts')
        .whereIn(
          'id',
          rows.map(({ id }) => id),
        )
        .del(),
    )
    return rows.map(({ what, word, count }) => ({ what, word, count: Number(count) }))
  })
}
