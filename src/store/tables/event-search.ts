// Events that meet conditions, in either order, in constant time a page: one index leads through the rows, and what no
// index knows is looked for among so many of them at a time.

import type { Knex } from 'knex'
import type { BounceQuery } from '../../model/bounces.ts'
import { kinds } from '../../model/report.ts'
import { bounceTypes } from '../../model/verdict.ts'
import { chunks } from '../database/chunks.ts'
import { rowNumber } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceRows, bounceSelection } from '../database/rows.ts'
import { containing, like, type RowFilter } from './containing.ts'
import { spelledLike } from './known-addresses.ts'
import { mergeRanges, selectAll } from './merged-ranges.ts'

/** Rows looked through in one query: a search that finds nothing must not hold the database for long. */
const slice = 10_000
/** The same where several ranges are merged, whose rows are then read by their ids. */
const mergedSlice = 1_000

export interface EventPlace {
  readonly at: number
  readonly id: number
}

export interface Found {
  readonly rows: readonly BounceRow[]
  /** How far was looked; null where the index ended. */
  readonly end: EventPlace | null
}

export interface Search {
  readonly query: BounceQuery
  readonly order: 'asc' | 'desc'
  readonly after: EventPlace | null
  readonly limit: number
  /** Nothing beyond: what is read later must not get ahead of what came meanwhile. */
  readonly until?: { readonly recorded_at: number } | { readonly id: number }
}

/** At most `limit` rows of the next slice. */
export async function searchEvents(store: Store, search: Search): Promise<Found> {
  const lead = leadOf(search.query)
  return lead.ranges.length > 1
    ? await searchRanges(store, search, lead)
    : await searchRange(store, search, lead)
}

async function searchRange(store: Store, search: Search, { index, ranges, rest }: Lead): Promise<Found> {
  const { order, limit, after } = search
  const led = () => leading(store, search, { index, known: ranges[0] ?? {}, after, limit })
  if (rest === null) {
    const rows: readonly BounceRow[] = await led().select(bounceSelection)
    return { rows, end: rows.length < limit ? null : placeOf(rows.at(-1)) }
  }
  const edges: readonly Pick<BounceRow, 'recorded_at' | 'id'>[] = await led()
    .select('recorded_at', 'id')
    .offset(slice - 1)
    .limit(1)
  const edge = placeOf(edges[0])
  const select = led().select(bounceSelection).where(rest)
  if (edge !== null) {
    const [beyond, same] = order === 'asc' ? ['<', '<='] : ['>', '>=']
    select
      .where('recorded_at', same, edge.at)
      .where(either => either.where('recorded_at', beyond, edge.at).orWhere('id', same, edge.id))
  }
  const rows: readonly BounceRow[] = await select
  return { rows, end: rows.length < limit ? edge : placeOf(rows.at(-1)) }
}

/** The ranges give positions only, so that no row is read but those shown. */
async function searchRanges(store: Store, search: Search, { index, ranges, rest }: Lead): Promise<Found> {
  const { order, limit } = search
  const size = rest === null ? limit : mergedSlice
  const isBefore = (one: EventPlace, other: EventPlace): boolean => {
    const apart = one.at - other.at || one.id - other.id
    return order === 'asc' ? apart < 0 : apart > 0
  }
  const places = await mergeRanges<EventPlace>(ranges.length, size, isBefore, async wanted => {
    const selects = wanted.map(({ at, after, limit: most }) =>
      leading(store, search, {
        index,
        known: ranges[at] ?? {},
        after: after ?? search.after,
        limit: most,
      }).select('recorded_at', 'id', store.knex.raw('? as ??', [at, 'stretch'])),
    )
    const ofRange = new Map<number, EventPlace[]>(wanted.map(({ at }) => [at, []]))
    for (const row of await selectAll<EdgeRow>(store, selects))
      ofRange.get(Number(row.stretch))?.push({ at: Number(row.recorded_at), id: Number(row.id) })
    return [...ofRange.values()].map(some => some.sort((a, b) => (isBefore(a, b) ? -1 : 1)))
  })
  const rows: BounceRow[] = []
  for (const some of chunks(store, places)) {
    const found = new Map<number, BounceRow>()
    const ids = some.map(({ id }) => id)
    const select = bounceRows(store).whereIn('id', ids)
    if (rest) select.where(rest)
    for (const row of await select) found.set(Number(row.id), row)
    rows.push(...ids.flatMap(id => found.get(id) ?? []))
    if (rows.length >= limit) break
  }
  const shown = rows.slice(0, limit)
  if (shown.length === limit) return { rows: shown, end: placeOf(shown.at(-1)) }
  return { rows: shown, end: places.length < size ? null : (places.at(-1) ?? null) }
}

interface EdgeRow {
  readonly recorded_at: number
  readonly id: number
  readonly stretch: number
}

function placeOf(row: Pick<BounceRow, 'recorded_at' | 'id'> | undefined): EventPlace | null {
  return row === undefined ? null : { at: Number(row.recorded_at), id: Number(row.id) }
}

type Known = Readonly<Record<string, string | number | null>>

interface Lead {
  readonly index: string
  /** Each fixes every column of the index before `recorded_at`. */
  readonly ranges: readonly Known[]
  /** What is left to look for in each row; null when that is nothing. */
  readonly rest: RowFilter | null
}

/** The rows of one range behind a place and within the span of time. */
function leading(
  store: Store,
  { query, order, until }: Search,
  {
    index,
    known,
    after,
    limit,
  }: {
    readonly index: string
    readonly known: Known
    readonly after: EventPlace | null
    readonly limit: number
  },
): Knex.QueryBuilder {
  const hint = store.dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const select = store
    .knex(store.knex.raw(`?? ${hint}`, ['rebound_bounces', index]))
    .where(known)
    .orderBy([
      { column: 'recorded_at', order },
      { column: 'id', order },
    ])
    .limit(limit)
  if (query.from) select.where('recorded_at', '>=', query.from.getTime())
  if (query.to) select.where('recorded_at', '<', query.to.getTime())
  for (const [column, value] of Object.entries(until ?? {})) select.where(column, '<=', value)
  if (after) {
    const [beyond, same] = order === 'asc' ? ['>', '>='] : ['<', '<=']
    select
      .where('recorded_at', same, after.at)
      .where(either => either.where('recorded_at', beyond, after.at).orWhere('id', beyond, after.id))
  }
  return select
}

/** Which index leads, through which ranges. */
function leadOf(query: BounceQuery): Lead {
  const { type, campaignId, module, recordId, category, effect, address, addressLike, incidentId, q } = query
  // Only bounces have a type.
  const kind = query.kind ?? (type && 'bounce')
  const equal = new Map<string, string | number>()
  // No incident has the number 0.
  const incident = incidentId === undefined ? undefined : (rowNumber(incidentId) ?? 0)
  const given = {
    module,
    record_id: recordId,
    campaign_id: campaignId,
    incident_id: incident,
    category,
    effect,
    kind,
    type,
  }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) equal.set(name, value)
  const others: RowFilter[] = []
  // An index over addresses leads by one of their spellings at a time.
  const spellings = address === undefined ? null : spelledLike(address)
  if (addressLike !== undefined) others.push(like(['reported_address'], addressLike))
  if (q !== undefined) others.push(containing(['subject', 'diagnostic', 'address', 'reported_address'], q))

  const lead = leaders.find(each =>
    each.columns.every(name => equal.has(name) || (name === 'address' && spellings)),
  )
  const { index, columns, kinds: knowsKinds } = lead ?? byTime
  const fixed = Object.fromEntries(
    columns.flatMap(name => (equal.has(name) ? [[name, equal.get(name) ?? null]] : [])),
  )
  const isByAddress = columns.includes('address')
  if (spellings && !isByAddress) others.push(select => void select.whereIn('address', spellings))
  for (const name of columns) equal.delete(name)
  if (knowsKinds) for (const name of ['kind', 'type']) equal.delete(name)
  else if (kind !== undefined && kind !== 'bounce' && type === undefined)
    others.push(select => void select.whereNull('type'))
  for (const [name, value] of equal) others.push(select => void select.where(name, value))
  const ends: readonly Known[] = knowsKinds ? kindsAndTypes(kind, type) : [{}]
  const starts = isByAddress && spellings ? spellings.map(each => ({ ...fixed, address: each })) : [fixed]
  return {
    index,
    ranges: starts.flatMap(start => ends.map(end => ({ ...start, ...end }))),
    rest:
      others.length === 0
        ? null
        : select => {
            for (const condition of others) condition(select)
          },
  }
}

/** Every kind and type that there is, of those asked for. */
function kindsAndTypes(askedKind: string | undefined, askedType: string | undefined): readonly Known[] {
  return kinds.flatMap(kind =>
    (kind === 'bounce' ? [...bounceTypes, null] : [null])
      .filter(type => askedType === undefined || type === askedType)
      .flatMap(type => (askedKind === undefined || kind === askedKind ? [{ kind, type }] : [])),
  )
}

interface Leader {
  readonly index: string
  readonly columns: readonly string[]
  /** Kind and type follow, before the time. */
  readonly kinds: boolean
}

const byTime: Leader = { index: 'rebound_bounces_recorded', columns: [], kinds: false }

/** The indexes that end in recorded_at and id, those that leave the fewest rows first. docs/operate.md lists them all. */
const leaders: readonly Leader[] = [
  { index: 'rebound_bounces_record', columns: ['module', 'record_id'], kinds: false },
  { index: 'rebound_bounces_address', columns: ['address'], kinds: false },
  { index: 'rebound_bounces_incident', columns: ['incident_id'], kinds: false },
  { index: 'rebound_bounces_campaign_kind', columns: ['campaign_id'], kinds: true },
  // `kind` is among the columns so that it leads only where one is asked for.
  { index: 'rebound_bounces_kind', columns: ['kind'], kinds: true },
  { index: 'rebound_bounces_module', columns: ['module'], kinds: false },
]
