// Where a module's addresses are: in columns of the record, or in a table of their own.

import { z } from 'zod'
import type { AddressColumns, AddressTable, ColumnRef } from '../../crm/mapping.ts'
import { type ColumnTables, conditionsOf, markOf, optOutOf, refOf, timeOf } from './columns.ts'
import type { FileReading } from './reading.ts'
import { addressesShape, columnShape, linkShape } from './shapes.ts'

export function addressesOf(
  reading: FileReading,
  value: unknown,
  tables: ColumnTables,
  at: string,
): AddressColumns | AddressTable | null {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isTable ? addressTable(reading, value, at) : addressColumns(reading, value, tables, at)
}

function addressColumns(
  reading: FileReading,
  value: unknown,
  tables: ColumnTables,
  at: string,
): AddressColumns | null {
  const help = 'write the address columns, ["email", …], or an object for addresses in a table of their own'
  const list = typeof value === 'string' ? [value] : value
  const columns = reading.read(z.array(columnShape, help).min(1, help), list, at)
  return (
    columns && {
      kind: 'columns',
      columns: columns.map((column, index) => refOf(reading, column, tables, `${at}.${index}`)),
    }
  )
}

function addressTable(reading: FileReading, value: unknown, at: string): AddressTable | null {
  const shape = reading.read(addressesShape, value, at)
  if (!shape) return null
  const tables: ColumnTables = { table: shape.table, beside: [] }
  const own = (column: string, key: string): ColumnRef => ({
    table: shape.table,
    column,
    at: `${at}.${key}`,
  })
  const where = recordOf(reading, shape, at)
  const mark = markOf(reading, shape.mark, tables, `${at}.mark`)
  if (!where || !mark) return null
  return {
    kind: 'table',
    id: own(shape.id, 'id'),
    address: own(shape.address, 'address'),
    where: conditionsOf(reading, shape.where, tables, at),
    ...where,
    mark,
    markedAt: timeOf(reading, shape.markedAt, tables, `${at}.markedAt`),
    clearedAt: timeOf(reading, shape.clearedAt, tables, `${at}.clearedAt`),
    optOut: optOutOf(reading, shape.optOut, tables, `${at}.optOut`),
    updatedAt: timeOf(reading, shape.updatedAt, tables, `${at}.updatedAt`),
  }
}

type TableShape = z.output<typeof addressesShape>
type RecordColumns = Pick<AddressTable, 'record' | 'link' | 'primary'>

/** Which record an address is of: a column of its table, or a table between the two. */
function recordOf(reading: FileReading, shape: TableShape, at: string): RecordColumns | null {
  const { table, record, link, primary } = shape
  if (link === undefined) {
    if (record === undefined)
      reading.fault(
        at,
        'write "record", the column that holds the record\'s id, or "link", the table between',
      )
    return {
      record: { table, column: record ?? '', at: `${at}.record` },
      link: null,
      primary: primary === undefined ? null : { table, column: primary, at: `${at}.primary` },
    }
  }
  if (record !== undefined)
    reading.fault(`${at}.record`, 'write either "record" or "link"; with "link" the record is named there')
  const between = reading.read(linkShape, link, `${at}.link`)
  if (!between) return null
  const column = (name: string, key: string): ColumnRef => ({
    table: between.table,
    column: name,
    at: `${at}.link.${key}`,
  })
  const own = primary === undefined ? null : { table, column: primary, at: `${at}.primary` }
  return {
    record: column(between.record, 'record'),
    link: {
      address: column(between.address, 'address'),
      where: conditionsOf(reading, between.where, { table: between.table, beside: [] }, `${at}.link`),
    },
    primary: between.primary ? column(between.primary, 'primary') : own,
  }
}
