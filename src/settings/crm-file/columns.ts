// Columns as a mapping file names them: alone, with the values of a mark, with the format of a time, as conditions.

import type { ColumnRef, Condition, Mark, OptOut, TimeColumn } from '../../crm/mapping.ts'
import { nearest } from '../../model/spelling.ts'
import type { FileReading } from './reading.ts'
import { markShape, optOutShape, timeShape } from './shapes.ts'

/** The table that a bare column is of, and those that may be named beside it. */
export interface ColumnTables {
  readonly table: string
  readonly beside: readonly string[]
}

/** A column of the table, or `other.column` of a table beside it. */
export function refOf(
  { fault }: FileReading,
  text: string,
  { table, beside }: ColumnTables,
  at: string,
): ColumnRef {
  const [first = '', second] = text.split('.')
  if (second === undefined) return { table, column: first, at }
  if (first !== table && !beside.includes(first))
    fault(
      at,
      `${first} is not a table of this module; name it in "beside", or write ${nearest(first, [table, ...beside])}.${second}`,
    )
  return { table: first, column: second, at }
}

type Values = Readonly<Record<string, string | number | null>>

export function conditionsOf(
  reading: FileReading,
  values: Values | undefined,
  tables: ColumnTables,
  at: string,
): readonly Condition[] {
  return Object.entries(values ?? {}).map(([column, value]) => ({
    ...refOf(reading, column, tables, `${at}.where.${column}`),
    value,
  }))
}

export function markOf(reading: FileReading, value: unknown, tables: ColumnTables, at: string): Mark | null {
  const shape = reading.read(markShape, typeof value === 'string' ? { column: value } : value, at)
  if (!shape) return null
  if (String(shape.bounced) === String(shape.clear))
    reading.fault(at, '"bounced" and "clear" are the same value')
  return { ...refOf(reading, shape.column, tables, at), bounced: shape.bounced, clear: shape.clear }
}

export function optOutOf(
  reading: FileReading,
  value: unknown,
  tables: ColumnTables,
  at: string,
): OptOut | null {
  if (value === undefined) return null
  const shape = reading.read(optOutShape, typeof value === 'string' ? { column: value } : value, at)
  return shape && { ...refOf(reading, shape.column, tables, at), value: shape.value }
}

export function timeOf(
  reading: FileReading,
  value: unknown,
  tables: ColumnTables,
  at: string,
): TimeColumn | null {
  if (value === undefined) return null
  const shape = reading.read(timeShape, typeof value === 'string' ? { column: value } : value, at)
  return shape && { ...refOf(reading, shape.column, tables, at), format: shape.format }
}
