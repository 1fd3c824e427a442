// How much came back, counted by day, provider, category or campaign.

import type { Category } from './categories.ts'
import type { Kind } from './report.ts'
import type { BounceType } from './verdict.ts'

export const summaryKeys = ['day', 'hour', 'provider', 'category', 'campaign'] as const

export type SummaryKey = (typeof summaryKeys)[number]

/** How many events were alike on one day, or in one hour of a campaign (UTC). */
export interface DayCell {
  /** When the day or hour began. */
  readonly day: Date
  readonly kind: Kind
  readonly type: BounceType | null
  readonly category: Category | null
  /** Of the address that the report names; null where it names none, or campaigns are told apart. */
  readonly provider: string | null
  readonly campaignId: string | null
  readonly count: number
}

/** Events that were not undone, without blocks of reports about other people. */
export interface Sums {
  readonly hard: number
  readonly soft: number
  /** Part of soft: the sender was at fault. */
  readonly blocked: number
  readonly complaints: number
  readonly delayed: number
  /** Everything else: automatic answers, receipts, deliveries. */
  readonly other: number
}

export interface SummaryQuery {
  /** The first day, at midnight UTC. */
  readonly from: Date
  /** The end of the last one. */
  readonly to: Date
  readonly by: SummaryKey
  /** Only of this campaign; hours are told apart only then. */
  readonly campaignId?: string | undefined
}

/** `sent`: mails counted as sent, known of days; null for what is not a day, and of one campaign. */
export interface Summary {
  /** Days and hours in their order; else the most bounces first. `key` is a date, an hour (`2026-01-31T08`), a provider, a category or a campaign's id. */
  readonly items: readonly (Sums & { readonly key: string; readonly sent: number | null })[]
  readonly total: Sums & { readonly sent: number | null }
}

export type Summarise = (query: SummaryQuery) => Promise<Summary>
