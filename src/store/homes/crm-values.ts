// Values as the CRM's columns hold them, and back: ids, marks, times.

import type { ColumnRef, Mark, TimeColumn } from '../../crm/mapping.ts'
import type { CrmTables } from './crm-tables.ts'

/** As one text: drivers give numbers, texts and, for BIT columns, bytes. */
export function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return String(value.reduce((sum, byte) => sum * 256 + byte, 0))
  return typeof value === 'boolean' ? String(Number(value)) : String(value)
}

/** Ids as a column compares them; an id that the column cannot hold as it stands is nobody's, and left out. */
export function idValues(
  crm: CrmTables,
  ref: ColumnRef,
  ids: readonly string[],
): readonly (string | number)[] {
  if (crm.facts(ref).kind !== 'integer') return ids
  return ids
    .filter(id => /^(?:0|-?[1-9][0-9]{0,18})$/.test(id))
    .map(id => (Number.isSafeInteger(Number(id)) ? Number(id) : id))
}

export function isMarked(mark: Mark, value: unknown): boolean {
  return plain(value) === String(mark.bounced)
}

/** Nothing stands there, or the value that says no. */
export function isClear(mark: Mark, value: unknown): boolean {
  const text = plain(value)
  return text === null || text === String(mark.clear)
}

/** An empty text is not an address. */
export function addressIn(value: unknown): string | null {
  const text = plain(value)
  return text === null || text.trim() === '' ? null : text
}

/** What says "no address" in this column. */
export function noAddress(crm: CrmTables, ref: ColumnRef): '' | null {
  return crm.facts(ref).nullable ? null : ''
}

/** Does the column take the address as it stands? One cut short would be another. */
export function fits(crm: CrmTables, ref: ColumnRef, address: string | null): boolean {
  const { length } = crm.facts(ref)
  return length === null || [...(address ?? '')].length <= length
}

/** `at`: epoch milliseconds. */
export function timeValue(column: TimeColumn, at: number): string | number {
  if (column.format === 'epoch-ms') return at
  if (column.format === 'epoch') return Math.floor(at / 1000)
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}
