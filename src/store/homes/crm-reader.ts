// What the files that read and write the CRM's own tables share: names of columns, joins, conditions, locks.

import type { AddressTable, ColumnRef, Condition, ModuleMapping } from '../../crm/mapping.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import type { CrmTables } from './crm-tables.ts'

export interface CrmReader {
  readonly store: Store
  readonly crm: CrmTables
  readonly mapping: ModuleMapping
  /** Rows are locked when there is one. */
  readonly transaction: Transaction | null
}

export type CrmRow = Readonly<Record<string, unknown>>

export const columnName = (ref: ColumnRef): string => `${ref.table}.${ref.column}`
export const rowPlace = (addresses: AddressTable, id: string): string => `${addresses.id.table}:${id}`

/** The column that holds the record's id, in the record's table or in one beside it. */
export function keyOf({ id, beside }: ModuleMapping, table: string): ColumnRef {
  return beside.find(ref => ref.table === table) ?? id
}

/** The CRM's records of a module that its conditions let through. */
export function presentRecords(store: Store, mapping: ModuleMapping) {
  const query = store.knex(mapping.id.table)
  for (const beside of mapping.beside)
    query.leftJoin(beside.table, columnName(beside), columnName(mapping.id))
  return meeting(query, mapping.where)
}

interface Narrowing {
  where(column: string, value: string | number): unknown
  whereNull(column: string): unknown
}

export function meeting<Q extends Narrowing>(query: Q, conditions: readonly Condition[]): Q {
  for (const { value, ...ref } of conditions)
    if (value === null) query.whereNull(columnName(ref))
    else query.where(columnName(ref), value)
  return query
}

interface Lockable extends PromiseLike<unknown> {
  forUpdate(): Lockable
  connection(connection: object): PromiseLike<unknown>
}

export async function run<R>(
  { store, transaction }: CrmReader,
  query: Lockable,
  locks: boolean,
): Promise<readonly R[]> {
  if (!transaction) return (await query) as readonly R[]
  const locked = locks && store.dialect === 'mysql' ? query.forUpdate() : query
  return (await transaction.run(locked)) as readonly R[]
}
