// Days of events summed up by day, provider, category or campaign.

import { groupOf, isCategory } from '../model/categories.ts'
import { dayMs } from '../model/day.ts'
import type { DayCell, Summarise, Summary, SummaryKey, SummaryQuery, Sums } from '../model/summary.ts'

export interface SummaryParts {
  /** What was recorded on the day that begins at this time. */
  readonly cellsOf: (day: number, split: 'provider' | 'campaign') => Promise<readonly DayCell[]>
  /** How many mails were sent on the days of a span, by their midnights. */
  readonly sentOf: (from: number, to: number) => Promise<ReadonlyMap<number, number>>
  /** What came back of one campaign, by hour. */
  readonly cellsOfCampaign: (campaignId: string) => Promise<readonly DayCell[]>
}

const nothing: Sums = { hard: 0, soft: 0, blocked: 0, complaints: 0, delayed: 0, other: 0 }
/** Campaigns without end would make an answer without end. */
const maxItems = 1_000

/** A day at a time, so that mail and probes get their turn. */
export function summarise(parts: SummaryParts): Summarise {
  return async query => {
    const { from, to, by, campaignId } = query
    const sums = new Map<string, Sums>()
    let total = nothing
    if (by === 'day' && campaignId === undefined)
      for (let day = from.getTime(); day < to.getTime(); day += dayMs)
        sums.set(dateOf(new Date(day)), nothing)
    const sent = campaignId === undefined ? await parts.sentOf(from.getTime(), to.getTime()) : null
    for await (const cell of cellsIn(query, parts)) {
      const counts = countsOf(cell)
      total = plus(total, counts)
      const key = keyOf(cell, by)
      if (key !== null) sums.set(key, plus(sums.get(key) ?? nothing, counts))
    }
    const sentOn = (key: string): number | null =>
      by === 'day' && sent !== null ? (sent.get(Date.parse(key)) ?? 0) : null
    const items = [...sums].map(([key, counts]) => ({ key, ...counts, sent: sentOn(key) }))
    items.sort(by === 'day' || by === 'hour' ? byKey : (a, b) => bouncesOf(b) - bouncesOf(a) || byKey(a, b))
    const allSent = sent && [...sent.values()].reduce((sum, count) => sum + count, 0)
    return { items: items.slice(0, maxItems), total: { ...total, sent: allSent } } satisfies Summary
  }
}

async function* cellsIn(
  { from, to, by, campaignId }: SummaryQuery,
  { cellsOf, cellsOfCampaign }: SummaryParts,
): AsyncGenerator<DayCell> {
  if (campaignId === undefined)
    for (let day = from.getTime(); day < to.getTime(); day += dayMs)
      yield* await cellsOf(day, by === 'campaign' ? 'campaign' : 'provider')
  else for (const cell of await cellsOfCampaign(campaignId)) if (cell.day >= from && cell.day < to) yield cell
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1)

const bouncesOf = ({ hard, soft }: Sums): number => hard + soft

function dateOf(day: Date): string {
  return day.toISOString().slice(0, 10)
}

function keyOf(cell: DayCell, by: SummaryKey): string | null {
  if (by === 'day') return dateOf(cell.day)
  if (by === 'hour') return cell.day.toISOString().slice(0, 13)
  if (by === 'provider') return cell.provider ?? 'other'
  return by === 'category' ? cell.category : cell.campaignId
}

function countsOf({ kind, type, category, count }: DayCell): Sums {
  if (type === 'hard') return { ...nothing, hard: count }
  if (type === 'soft') {
    const isBlocked = category !== null && isCategory(category) && groupOf(category) === 'blocked'
    return { ...nothing, soft: count, blocked: isBlocked ? count : 0 }
  }
  if (kind === 'complaint') return { ...nothing, complaints: count }
  return kind === 'delayed' ? { ...nothing, delayed: count } : { ...nothing, other: count }
}

function plus(a: Sums, b: Sums): Sums {
  return {
    hard: a.hard + b.hard,
    soft: a.soft + b.soft,
    blocked: a.blocked + b.blocked,
    complaints: a.complaints + b.complaints,
    delayed: a.delayed + b.delayed,
    other: a.other + b.other,
  }
}
