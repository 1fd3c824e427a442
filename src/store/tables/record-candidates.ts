// Which records may meet a query, in the order of their ids: read from the shortest indexes that know something of them.

import { categoryNames } from '../../model/categories.ts'
import type { RecordQuery } from '../../model/record.ts'
import { bounceTypes } from '../../model/verdict.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import type { RecordHome } from '../homes/record-home.ts'
import { type RecordRef, recordsOfAddress } from './known-addresses.ts'
import { mergeRanges, type RangeRead, selectAll } from './merged-ranges.ts'

export interface Candidates {
  readonly ids: readonly string[]
  /** How many entries were looked at to find them. */
  readonly looked: number
  /** Behind which id to go on; null when there are no more. */
  readonly next: string | null
}

/** Ids in their order, behind the given one, of the next `limit` entries. */
type Source = (after: string, limit: number) => Promise<Candidates>

/** Entries of each index that are compared. */
const sample = 16

/**
 * Ids of a module by the index that holds fewest of them, as far as one look tells: whether they meet the query is for
 * others to see. With `limit` entries looked at, there may be more although none is answered.
 */
export function candidatesOf(store: Store, module: string, home: RecordHome, query: RecordQuery): Source {
  const { type, category, campaignId, bounced, complained } = query
  const sources: Source[] = []
  if (campaignId !== undefined) sources.push(byCampaign(store, module, campaignId, type))
  if (type ?? category) sources.push(byCause(store, module, query))
  if (complained) sources.push(byComplaint(store, home))
  if (sources.length === 0 || (bounced !== undefined && home.seen.isTruth))
    sources.push(bySight(store, home, bounced))
  const [only, ...others] = sources
  if (only && others.length === 0) return only
  let chosen: Source | null = null
  return async (after, limit) => {
    if (chosen) return await chosen(after, limit)
    const first = await fewestOf(sources, after, Math.min(sample, limit))
    chosen = first.source
    const left = limit - first.found.looked
    if (left <= 0 || first.found.next === null) return first.found
    const more = await chosen(first.found.next, left)
    return {
      ids: [...first.found.ids, ...more.ids],
      looked: first.found.looked + more.looked,
      next: more.next,
    }
  }
}

/** The index that ends first, or gets furthest with as many entries, has the fewest. */
async function fewestOf(
  sources: readonly Source[],
  after: string,
  limit: number,
): Promise<{ readonly source: Source; readonly found: Candidates }> {
  let fewest: { readonly source: Source; readonly found: Candidates } | null = null
  for (const source of sources) {
    const found = await source(after, limit)
    if (found.next === null) return { source, found }
    if (fewest === null || isBefore(fewest.found.next ?? '', found.next)) fewest = { source, found }
  }
  if (fewest === null) throw new Error('no source to choose')
  return fewest
}

function candidates(ids: readonly string[], limit: number): Candidates {
  return { ids, looked: ids.length, next: ids.length < limit ? null : (ids.at(-1) ?? null) }
}

/** Where an address, or a short span of time, names few records: these, by module, in one piece. Else null. */
export async function onlyIds(
  store: Store,
  query: RecordQuery,
): Promise<((module: string) => (after: string) => Promise<Candidates>) | null> {
  const few =
    query.address === undefined
      ? await persist(() => recentRecords(store, query))
      : await recordsOfAddress(store, query.address)
  if (few === null) return null
  return module => async after => {
    const ids = few.flatMap(record => (record.module === module ? [record.id] : []))
    const ahead = [...new Set(ids)].filter(id => isBefore(after, id))
    ahead.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    return { ids: ahead, looked: ahead.length, next: null }
  }
}

/** Records of the bounces of that time; null where there are many, and going through all candidates finds some soon. */
async function recentRecords(
  { knex, dialect }: Store,
  { from, to, limit }: RecordQuery,
): Promise<readonly RecordRef[] | null> {
  if ((from ?? to) === undefined) return null
  const hint = dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const most = 2 * limit
  const select = knex(knex.raw(`?? ${hint}`, ['rebound_bounces', 'rebound_bounces_recorded']))
    .select('module', 'record_id')
    .limit(most + 1)
  if (from) select.where('recorded_at', '>=', from.getTime())
  if (to) select.where('recorded_at', '<', to.getTime())
  const rows = (await select) as readonly {
    readonly module: string | null
    readonly record_id: string | null
  }[]
  if (rows.length > most) return null
  return rows.flatMap(({ module, record_id }) => (module && record_id ? [{ module, id: record_id }] : []))
}

/** Records with a bounce of this type and category, an undone one too. */
function byCause(store: Store, module: string, { type, category }: RecordQuery): Source {
  const { knex, dialect } = store
  const hint = dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const table = knex.raw(`?? ${hint}`, ['rebound_bounces', 'rebound_bounces_cause'])
  const types = type === undefined ? bounceTypes : [type]
  const causes = types.flatMap(each =>
    (category === undefined ? categoryNames : [category]).map(name => ({ type: each, category: name })),
  )
  const rangeOf = ({ at, after, limit }: RangeRead<string>, first: string) =>
    knex(table)
      .select('record_id', knex.raw('? as ??', [at, 'stretch']))
      .where({ module, ...causes[at] })
      .where('record_id', '>', after ?? first)
      .groupBy('record_id')
      .orderBy('record_id')
      .limit(limit)
  return async (after, limit) => {
    const ids = await mergeRanges<string>(causes.length, limit, isBefore, async wanted => {
      const rows = await selectAll<{ readonly record_id: string; readonly stretch: number }>(
        store,
        wanted.map(each => rangeOf(each, after)),
      )
      const ofStretch = new Map<number, string[]>(wanted.map(({ at }) => [at, []]))
      for (const row of rows) ofStretch.get(Number(row.stretch))?.push(row.record_id)
      return [...ofStretch.values()].map(some => some.sort((a, b) => (isBefore(a, b) ? -1 : 1)))
    })
    return candidates(ids, limit)
  }
}

/** Records that a campaign counts with a bounce: at its worst type, so that those without a hard one are known. */
function byCampaign(store: Store, module: string, campaignId: string, type: RecordQuery['type']): Source {
  return async (after, limit) => {
    const rows = await rowsOf(store, 'rebound_campaign_records')
      .select('record_id', 'type')
      .where({ campaign_id: campaignId, module })
      .where('record_id', '>', after)
      .orderBy('record_id')
      .limit(limit)
    const ids = rows.flatMap(row => (type === 'hard' && row.type !== 'hard' ? [] : [row.record_id]))
    const last = rows.at(-1)?.record_id ?? null
    return { ids, looked: rows.length, next: rows.length < limit ? null : last }
  }
}

/** Records whose person complained. */
function byComplaint({ knex }: Store, { seen }: RecordHome): Source {
  return async (after, limit) => {
    const select = knex(seen.table)
      .where({ ...seen.where, complained: 1 })
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
    return candidates(await select.pluck('id'), limit)
  }
}

/** All that bounces or people made known. */
function bySight({ knex, dialect }: Store, { seen }: RecordHome, bounced: boolean | undefined): Source {
  const hint = dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const flagged = knex.raw(`?? ${hint}`, [seen.table, `${seen.table}_bounced`])
  return async (after, limit) => {
    const byFlag = bounced !== undefined && seen.isTruth
    // Left to itself, MariaDB may go through all that are flagged for the first few.
    const select = knex(byFlag ? flagged : seen.table).where(seen.where)
    if (byFlag) select.where('email_bounced', bounced ? 1 : 0)
    return candidates(await select.where('id', '>', after).orderBy('id').limit(limit).pluck('id'), limit)
  }
}

/** As the databases order ids: by code points. JavaScript compares halves of them. */
function isBefore(one: string, other: string): boolean {
  return one !== other && Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0
}
