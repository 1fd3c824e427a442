// A record as tables show it: one set of headings for the list and for a single record.

import type { CrmRecord } from '../model/record.ts'
import type { Cell } from '../view/shown.ts'
import { cellText } from './table.ts'

/** A record of a list, or alone. */
type Shown = CrmRecord & {
  readonly lastType?: string | null | undefined
  readonly lastCategory?: string | null | undefined
}

const columns = [
  ['module', 'module'],
  ['id', 'id'],
  ['e-mail', 'email'],
  ['bounced', 'emailBounced'],
  ['bounced address', 'bouncedAddress'],
  ['hard bounces', 'hardBounces'],
  ['soft bounces', 'softBounces'],
  ['last bounce', 'lastBounceAt'],
  ['last type', 'lastType'],
  ['last category', 'lastCategory'],
  ['complaints', 'complaints'],
] as const satisfies readonly (readonly [heading: string, field: keyof Shown])[]

export const recordHeadings: readonly string[] = columns.map(([heading]) => heading)

export function recordCells(record: Shown): readonly Cell[] {
  return columns.map(([, field]) => record[field] ?? null)
}

const width = Math.max(...recordHeadings.map(heading => heading.length))

/** A line for each field: heading and value. */
export function recordLines(record: Shown): readonly string[] {
  return columns.map(([heading, field]) => `${heading.padEnd(width)}  ${cellText(record[field] ?? null)}`)
}
