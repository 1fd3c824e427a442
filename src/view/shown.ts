// Stored data as people and programs see it, the same in HTTP, webhooks, command line and CSV.

import { adviceOn } from '../model/advice.ts'
import type { Campaign } from '../model/campaign.ts'
import { type Category, sentenceOf } from '../model/categories.ts'
import type { CrmRecord } from '../model/record.ts'
import { bounceFields, type StoredBounce } from '../model/stored-bounce.ts'

/** `sentence`: the category in words for people. */
export type ShownBounce = StoredBounce & { readonly sentence: string | null }

/** A record with what its latest bounce was; `sentence` says it in words for people. */
export type ShownRecord<Listed> = Listed & { readonly sentence: string | null }

/** A stored event with whose move it is, and its category in words. */
export function bounceShown(stored: StoredBounce): ShownBounce {
  // Field by field: to spread an object that was made so takes five times as long, a third of an export.
  const shown: Record<string, unknown> = { id: stored.id }
  for (const [field] of bounceFields) shown[field] = stored[field]
  // Of what an earlier version recorded nothing is stored.
  shown.advice ??= adviceOn(stored)
  shown.sentence = sentenceOf(stored.category)
  return shown as unknown as ShownBounce
}

/** A record of a list with the category of its latest bounce in words. */
export function recordShown<Listed extends { readonly lastCategory: Category | null }>(
  record: Listed,
): ShownRecord<Listed> {
  return { ...record, sentence: sentenceOf(record.lastCategory) }
}

/** A campaign with its rates: of the mails sent, how many came back; null where none are counted as sent. */
export interface ShownCampaign extends Campaign {
  readonly hardRate: number | null
  readonly softRate: number | null
  readonly complaintRate: number | null
}

/** Rates to six places. */
export function campaignShown(campaign: Campaign): ShownCampaign {
  const { sent } = campaign
  const rate = (count: number): number | null => (sent > 0 ? Math.round((1e6 * count) / sent) / 1e6 : null)
  return {
    ...campaign,
    hardRate: rate(campaign.hardBounces),
    softRate: rate(campaign.softBounces),
    complaintRate: rate(campaign.complaints),
  }
}

/** What a list shows in one place. */
export type Cell = string | number | boolean | Date | null

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
  'aliveAt',
  'complaints',
  'lastComplaintAt',
] as const satisfies readonly (keyof CrmRecord | 'lastType' | 'lastCategory' | 'sentence')[]

/** The columns of a list of events. */
export const bounceListColumns: readonly string[] = [
  'id',
  ...bounceFields.map(([field]) => field),
  'sentence',
]

/** Fields of an object as comma separated values (RFC 4180), without the end of the line. */
export function csvLine(row: object, columns: readonly string[]): string {
  const cells = row as Readonly<Record<string, Cell | undefined>>
  return columns.map(column => csvCell(cells[column] ?? null)).join(',')
}

/** The head of a list of records as comma separated values (RFC 4180), without the end of the line. */
export const csvHead = listedColumns.join(',')

/** A record of a list as comma separated values, without the end of the line. */
export function csvRow(row: Row): string {
  return csvLine(row, listedColumns)
}

/**
 * Where a spreadsheet begins to read a formula: at the start of a cell. That is also behind a separator, since in many
 * countries it is the semicolon, and then a quote in the middle of a cell does not hold the cell together.
 */
const formulaStarts = /^(?=[=+\-@\t\r\n＝＋－＠])|(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g

/** Nothing for null, ISO 8601 for times; what a spreadsheet would read as a formula gets a `'` in front. */
export function csvCell(value: Cell): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  const text = value.replace(formulaStarts, "'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
