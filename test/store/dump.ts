// Everything that a database holds, as one text: tables are asked of the database, so that none is overlooked.

import type { Store } from '../../src/store/database/open.ts'

export async function tablesOf({ knex, dialect }: Store): Promise<readonly string[]> {
  const rows =
    dialect === 'sqlite'
      ? await knex('sqlite_master').select('name').where({ type: 'table' })
      : (
          await knex.raw(
            "select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'",
          )
        )[0]
  return (rows as { name: string }[]).map(row => row.name).filter(name => name.startsWith('rebound_'))
}

export async function dumpOf(store: Store): Promise<string> {
  const tables = await tablesOf(store)
  const rows = await Promise.all(tables.map(async table => [table, await store.knex(table)]))
  return JSON.stringify(Object.fromEntries(rows), (_, value) => textOf(value) ?? value)
}

/** What a column of bytes holds, one character a byte; undefined for anything else. */
function textOf(value: unknown): string | undefined {
  const bytes = value as { readonly type?: unknown; readonly data?: unknown } | null
  return bytes?.type === 'Buffer' && Array.isArray(bytes.data)
    ? Buffer.from(bytes.data).toString('latin1')
    : undefined
}
