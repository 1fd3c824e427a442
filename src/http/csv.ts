// Records as comma separated values (RFC 4180), safe to open in a spreadsheet.

import type { ListedRecord } from './ports.ts'

type Row = ListedRecord & { readonly sentence: string | null }

const columns = [
  'module',
  'id',
  'email',
  'emailBounced',
  'bouncedAddress',
  'hardBounces',
  'softBounces',
  'lastBounceAt',
  'resetAt',
  'lastType',
  'lastCategory',
  'sentence',
] as const satisfies readonly (keyof Row)[]

export const csvHead = `${columns.join(',')}\r\n`

export function csvRow(row: Row): string {
  return `${columns.map(column => cell(row[column])).join(',')}\r\n`
}

/** Nothing for null, ISO 8601 for times; text that a spreadsheet would take for a formula begins with `'`. */
export function cell(value: string | number | boolean | Date | null): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
