// Events counted by day: days that are over are counted once and kept, of today the hours that are over.

import { LRUCache } from 'lru-cache'
import type { Category } from '../../model/categories.ts'
import { dayMs, hourMs } from '../../model/day.ts'
import { uncountedConcerns } from '../../model/event.ts'
import { type Kind, kinds } from '../../model/report.ts'
import type { DayCell } from '../../model/summary.ts'
import { type BounceType, bounceTypes } from '../../model/verdict.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { keptDay } from './day-counts.ts'

/** What splits a day: the provider of the address that the report names, or the campaign. */
export type DaySplit = 'provider' | 'campaign'

/** Epoch milliseconds of a midnight UTC. @returns what was recorded on that day */
export type CountDay = (day: number, split: DaySplit) => Promise<readonly DayCell[]>

/** The provider of a domain; loaded when something is counted. */
export type LoadProviders = () => Promise<(domain: string) => string>

/** Undoing a bounce shows in the sums of hours and days that are over after so long. */
const rememberedMs = 10 * 60_000
/** After this long, what was being recorded is visible. */
const unfinishedMs = 3_000
/** Recording may take some seconds after an hour is over. */
const graceMs = 60_000
const maxDays = 2_000
/** Events counted by one statement: SQLite lets nothing else in before its end. */
const atOnce = 2_000

export function createDayCells(
  store: Store,
  { loadProviders, now = Date.now }: { readonly loadProviders: LoadProviders; readonly now?: () => number },
): CountDay {
  const remembered = new LRUCache<string, readonly DayCell[]>({ max: maxDays, ttl: rememberedMs })
  const once = async (
    name: string,
    end: number,
    count: () => Promise<readonly DayCell[]>,
  ): Promise<readonly DayCell[]> => {
    const found = remembered.get(name)
    if (found !== undefined) return found
    const cells = await count()
    remembered.set(name, cells, { ttl: end + graceMs < now() ? rememberedMs : unfinishedMs })
    return cells
  }
  /** Of a day that is not over, the hours that are over are remembered. */
  const byHours = async (
    day: number,
    countHour: (hour: number) => Promise<readonly DayCell[]>,
  ): Promise<readonly DayCell[]> => {
    const cells: DayCell[] = []
    for (let hour = day; hour < Math.min(day + dayMs, now() + graceMs); hour += hourMs)
      cells.push(...(await countHour(hour)))
    return summedUp(day, cells)
  }
  return (day, split) =>
    once(`${split} ${day}`, day + dayMs, () => {
      const count = (from: number, to: number) => countStretch(store, [from, to], split, loadProviders)
      if (day + dayMs + graceMs >= now())
        return byHours(day, hour =>
          once(`${split} hour ${hour}`, hour + hourMs, () => count(hour, hour + hourMs)),
        )
      // Anew, since they are kept: what is remembered may not know of an undo.
      const countWhole = async () => summedUp(day, await count(day, day + dayMs))
      return split === 'provider' ? keptDay(store, day, countWhole) : countWhole()
    })
}

export type CountCampaign = (campaignId: string) => Promise<readonly DayCell[]>

/** Its pages show several sums of one campaign. What takes long to count is remembered longer, so that it takes a twentieth of the time. */
const campaignRememberedMs = 5_000
const campaignShare = 20
const maxCampaigns = 50

/** What came back of one campaign, by hour and provider. */
export function createCampaignCells(store: Store, loadProviders: LoadProviders): CountCampaign {
  const remembered = new LRUCache<string, Promise<readonly DayCell[]>>({
    max: maxCampaigns,
    ttl: campaignRememberedMs,
  })
  return campaignId => {
    const found = remembered.get(campaignId)
    if (found !== undefined) return found
    const began = performance.now()
    const cells = persist(() => countCampaign(store, campaignId, loadProviders))
    remembered.set(campaignId, cells)
    cells.then(
      () => {
        const ttl = Math.max(campaignRememberedMs, campaignShare * (performance.now() - began))
        remembered.set(campaignId, cells, { ttl })
      },
      // A failed query is asked again.
      () => remembered.delete(campaignId),
    )
    return cells
  }
}

interface Row {
  readonly kind: Kind
  readonly type: BounceType | null
  readonly category: Category | null
  readonly key: string | null
  readonly events: number
}

async function countCampaign(
  store: Store,
  campaignId: string,
  loadProviders: LoadProviders,
): Promise<readonly DayCell[]> {
  const hour = store.dialect === 'mysql' ? `recorded_at div ${hourMs}` : `recorded_at / ${hourMs}`
  const index = 'rebound_bounces_campaign_kind'
  const providerOf = await loadProviders()
  const cells: DayCell[] = []
  // The index is by kind and type, then by time.
  for (const kind of kinds)
    for (const type of [...bounceTypes, null]) {
      const stretch = { campaign_id: campaignId, kind, type }
      for await (const [from, to] of stepsOf(store, index, stretch, 0, Number.MAX_SAFE_INTEGER)) {
        const rows = (await countedBy(store, index, domainIn(store))
          .select({ hour: store.knex.raw(hour) })
          .where(stretch)
          .where('recorded_at', '>=', from)
          .where('recorded_at', '<', to)
          .groupByRaw('1, 2, 3, 4, 6')) as readonly (Row & { readonly hour: number })[]
        for (const row of rows) {
          const provider = row.key === null ? null : providerOf(row.key)
          cells.push({ ...cellOf(row, Number(row.hour) * hourMs), provider, campaignId })
        }
      }
    }
  return merged(cells)
}

/** In steps, so that mail and probes get their turn. */
async function countStretch(
  store: Store,
  [start, end]: readonly [start: number, end: number],
  split: DaySplit,
  loadProviders: LoadProviders,
): Promise<readonly DayCell[]> {
  const key = split === 'provider' ? domainIn(store) : 'campaign_id'
  const index = 'rebound_bounces_recorded'
  const providerOf = split === 'provider' ? await loadProviders() : null
  const cells: DayCell[] = []
  for await (const [from, to] of stepsOf(store, index, {}, start, end)) {
    const rows = await persist(
      async () =>
        (await countedBy(store, index, key)
          .where('recorded_at', '>=', from)
          .where('recorded_at', '<', to)
          .groupByRaw('1, 2, 3, 4')) as readonly Row[],
    )
    for (const row of rows) {
      const provider = providerOf && row.key !== null ? providerOf(row.key) : null
      cells.push({ ...cellOf(row, start), provider, campaignId: split === 'campaign' ? row.key : null })
    }
  }
  return cells
}

/** Times that divide a stretch of an index, so that no statement reads many more events than `atOnce`. */
async function* stepsOf(
  store: Store,
  index: string,
  stretch: Readonly<Record<string, string | null>>,
  from: number,
  to: number,
): AsyncGenerator<readonly [from: number, to: number]> {
  for (let start = from; start < to; ) {
    const rows = await persist(
      async () =>
        (await through(store, index)
          .select('recorded_at')
          .where(stretch)
          .where('recorded_at', '>=', start)
          .where('recorded_at', '<', to)
          .orderBy('recorded_at')
          .offset(atOnce)
          .limit(1)) as readonly { readonly recorded_at: number }[],
    )
    // Events of one millisecond are not divided, however many.
    const end = rows[0] === undefined ? to : Math.max(Number(rows[0].recorded_at), start + 1)
    yield [start, end]
    start = end
  }
}

/** Kind, type, category, `key` and how many events were alike, by an index. */
function countedBy(store: Store, index: string, key: string) {
  return through(store, index)
    .select('kind', 'type', 'category')
    .select({ key: store.knex.raw(key), events: store.knex.raw('sum(1 + repeats)') })
    .whereNotIn('concern', [...uncountedConcerns])
    .whereNull('undone_at')
}

function through({ knex, dialect }: Store, index: string) {
  const hint = dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  return knex(knex.raw(`?? ${hint}`, ['rebound_bounces', index]))
}

/** Of the address that the report names, in lower case. */
function domainIn(store: Store): string {
  return store.dialect === 'mysql'
    ? "lower(substring_index(reported_address, '@', -1))"
    : "lower(substr(reported_address, instr(reported_address, '@') + 1))"
}

function cellOf({ kind, type, category, events }: Row, at: number) {
  return { day: new Date(at), kind, type, category, count: Number(events) }
}

/** Cells that differ in the hour or the domain alone are one. */
function summedUp(day: number, cells: readonly DayCell[]): readonly DayCell[] {
  return merged(cells.map(cell => ({ ...cell, day: new Date(day) })))
}

/** Cells that differ in the domain alone are one. */
function merged(cells: readonly DayCell[]): readonly DayCell[] {
  const sums = new Map<string, DayCell>()
  for (const cell of cells) {
    const { day, kind, type, category, provider, campaignId } = cell
    const name = [day.getTime(), kind, type, category, provider, campaignId].join('\n')
    sums.set(name, { ...cell, count: cell.count + (sums.get(name)?.count ?? 0) })
  }
  return [...sums.values()]
}
