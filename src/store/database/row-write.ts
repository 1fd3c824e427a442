// Rows to be written, as data: decided in one place, written by the caller that has a connection.

import { chunks } from './chunks.ts'
import type { Dialect, Store } from './open.ts'
import type { Transaction } from './transaction.ts'

export type Value = string | number | null

/** @typeParam Cell a value, or what stands for the id of a row that is not inserted yet */
export interface RowWrite<Cell = Value> {
  readonly table: string
  readonly columns: readonly string[]
  /** Each with its values in the order of `columns`. */
  readonly rows: readonly (readonly Cell[])[]
  /** The key by which rows that are there are changed. Null: all are new, and one that is there is an error. */
  readonly key: readonly string[] | null
}

// MariaDB and MySQL reserve words of ours, such as `before`; SQLite takes their quotes too.
const names = (columns: readonly string[]): string => columns.map(column => `\`${column}\``).join(', ')

export const insertHead = ({ table, columns }: RowWrite<unknown>): string =>
  `insert into ${table} (${names(columns)}) values `

/** What follows the rows: how those that are there are changed. */
export function insertTail(dialect: Dialect, { columns, key }: RowWrite<unknown>): string {
  if (key === null) return ''
  const others = columns.filter(column => !key.includes(column))
  return dialect === 'sqlite'
    ? ` on conflict (${names(key)}) do update set ${others.map(column => `\`${column}\` = excluded.\`${column}\``).join(', ')}`
    : ` on duplicate key update ${others.map(column => `\`${column}\` = values(\`${column}\`)`).join(', ')}`
}

/** One row's places. */
export const placesOf = ({ columns }: RowWrite<unknown>): string => `(${columns.map(() => '?').join(', ')})`

/** Writes them with as few statements as can be. */
export async function writeRows(
  store: Store,
  transaction: Transaction,
  writes: readonly RowWrite[],
): Promise<void> {
  for (const write of writes)
    for (const rows of chunks(store, write.rows)) {
      const places = rows.map(() => placesOf(write)).join(', ')
      const sql = insertHead(write) + places + insertTail(store.dialect, write)
      await transaction.run(store.knex.raw(sql, rows.flat()))
    }
}
