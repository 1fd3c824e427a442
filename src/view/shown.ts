// Stored data as people and programs see it, the same in HTTP, webhooks, command line and CSV.

import { type Category, sentenceOf } from '../model/categories.ts'
import type { CrmRecord } from '../model/record.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'

/** `sentence`: the category in words for people. */
export type ShownBounce = StoredBounce & { readonly sentence: string | null }

/** A record with what its latest bounce was; `sentence` says it in words for people. */
export type ShownRecord<Listed> = Listed & { readonly sentence: string | null }

/** A stored event with its category in words. */
export function bounceShown(stored: StoredBounce): ShownBounce {
  return { ...stored, sentence: sentenceOf(stored.category) }
}

/** A record of a list with the category of its latest bounce in words. */
export function recordShown<Listed extends { readonly lastCategory: Category | null }>(
  record: Listed,
): ShownRecord<Listed> {
  return { ...record, sentence: sentenceOf(record.lastCategory) }
}

type Cell = string | number | boolean | Date | null

type Row = Readonly<Record<(typeof listedColumns)[number], Cell>>

/** The columns of a list of records. */
export const listedColumns = [
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
] as const satisfies readonly (keyof CrmRecord | 'lastType' | 'lastCategory' | 'sentence')[]

/** The head of a list as comma separated values (RFC 4180), without the end of the line. */
export const csvHead = listedColumns.join(',')

/** A record of a list as comma separated values, without the end of the line. */
export function csvRow(row: Row): string {
  return listedColumns.map(column => csvCell(row[column])).join(',')
}

/** Nothing for null, ISO 8601 for times; text that a spreadsheet would read as a formula is prefixed with `'`. */
export function csvCell(value: Cell): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
