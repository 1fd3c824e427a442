// Records in Rebound's own tables, made on first sight.

import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import { byText, type RecordRow, recordColumns } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { rename, rowsThatMention } from '../upkeep/forget-texts.ts'
import { normalOf, ownRows } from './own-rows.ts'
import type { Forgetting, LockedRows, RecordHome } from './record-home.ts'

export function ownHome(store: Store, module: string): RecordHome {
  const { knex } = store
  const table = `rebound_${module}`
  return {
    seen: { table, where: {}, isTruth: true },
    lock: (transaction, ids) => lock(store, transaction, table, ids),
    read: async ids => {
      const rows = new Map<string, RecordRow>()
      for (const some of chunks(store, ids))
        for (const row of (await knex(table).select(recordColumns).whereIn('id', some)) as RecordRow[])
          rows.set(row.id, row)
      return rows
    },
    findByAddress: async (spellings, most) => {
      const normal = [...new Set(spellings.map(normalOf))]
      const rows = await knex(table).select('id').whereIn('normal_email', normal).limit(most)
      return (rows as readonly { id: string }[]).map(({ id }) => id)
    },
    forget: wanted => forget(store, table, wanted),
  }
}

async function forget(
  store: Store,
  table: string,
  { spellings, pseudonym, dryRun }: Forgetting,
): Promise<number> {
  const columns = ['email', 'bounced_address'] as const
  const isIt = (text: unknown): boolean => typeof text === 'string' && spellings.isWhole(text)
  let changed = 0
  for await (const rows of rowsThatMention(
    store,
    { table, key: 'id', columns: ['id', ...columns] },
    spellings,
  ))
    for (const row of rows) {
      const found = columns.filter(column => isIt(row[column]))
      if (found.length === 0 && !isIt(row.id)) continue
      changed++
      if (dryRun) continue
      for (const column of found) {
        // Only what was found: somebody may have given it another address meanwhile.
        const where = { id: `${row.id}`, [column]: `${row[column]}` }
        await persist(
          async () =>
            await store
              .knex(table)
              .where(where)
              .update({ [column]: null, ...(column === 'email' ? { normal_email: null } : {}) }),
        )
      }
      if (isIt(row.id)) await rename(store, table, { id: row.id }, { id: pseudonym })
    }
  return changed
}

async function lock(
  store: Store,
  transaction: Transaction,
  table: string,
  ids: readonly string[],
): Promise<LockedRows> {
  const found: RecordRow[] = []
  for (const some of chunks(store, [...new Set(ids)].sort(byText))) {
    const query = store.knex(table).select(recordColumns).whereIn('id', some).orderBy('id')
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    found.push(...(rows as readonly RecordRow[]))
  }
  const { changes, ...rows } = ownRows(table, ids, found)
  return { ...rows, write: () => writeRows(store, transaction, changes()) }
}
