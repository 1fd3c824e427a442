// Records with what bounced last, filtered by their bounces, page by page: a million of them in constant memory.

import type { Category } from '../../model/categories.ts'
import type { Page } from '../../model/page.ts'
import type { ListedRecord, RecordQuery } from '../../model/record.ts'
import type { BounceType } from '../../model/verdict.ts'
import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type RecordRow, toRecord } from '../database/rows.ts'
import { homeOf, modulesOf } from '../homes/home-of.ts'
import type { RecordHome } from '../homes/record-home.ts'
import { brokenCursor, decodeCursor, encodeCursor } from './cursor.ts'

type ListedRow = RecordRow & { readonly last_id: number | null }
type SeenRow = Pick<ListedRow, 'id' | 'last_id'>

/** So many records are looked through in one query: a filter that nothing meets must not hold the database for long. */
const slice = 2_000
/** And so many at least once some were looked at in vain: a page of one must not take a query for each record. */
const reread = 500

/** By module and id. `next` is null at the end; throws CursorError. */
export async function listRecords(store: Store, query: RecordQuery): Promise<Page<ListedRecord>> {
  const modules = modulesOf(store)
  const wanted = modules.filter(module => query.module === undefined || module === query.module)
  const [startModule, startId] =
    query.after === undefined ? [wanted[0] ?? '', ''] : decodeCursor('l', query.after, ['', ''] as const)
  // Where another module was asked for, or this one is no longer mapped, it would begin anew without a word.
  if (query.after !== undefined && !wanted.includes(startModule)) throw brokenCursor()
  const found: { readonly module: string; readonly row: ListedRow }[] = []
  const isFull = (): boolean => found.length > query.limit

  for (const module of wanted.slice(wanted.indexOf(startModule))) {
    const home = homeOf(store, module)
    if (!home) continue
    let after: string | null = module === startModule ? startId : ''
    while (after !== null && !isFull()) {
      const from: string = after
      const end = await persist(() => endOfSlice(store, home, from, query))
      const rows = await persist(() =>
        matching(store, { module, home }, from, end, query, query.limit + 1 - found.length),
      )
      found.push(...rows.map(row => ({ module, row })))
      after = end
    }
    if (isFull()) break
  }

  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  const verdicts = await persist(() =>
    verdictsOf(
      store,
      shown.flatMap(({ row }) => row.last_id ?? []),
    ),
  )
  return {
    items: shown.map(({ module, row }) => ({
      ...toRecord(module, row),
      lastType: verdicts.get(Number(row.last_id))?.type ?? null,
      lastCategory: verdicts.get(Number(row.last_id))?.category ?? null,
    })),
    next: isFull() && last ? encodeCursor('l', last.module, last.row.id) : null,
  }
}

/** The id that ends the next slice; null when the rest of the table is less than one. */
async function endOfSlice(
  store: Store,
  { seen }: RecordHome,
  after: string,
  query: RecordQuery,
): Promise<string | null> {
  const select = store
    .knex(seen.table)
    .select('id')
    .where(seen.where)
    .where('id', '>', after)
    .orderBy('id')
    .offset(slice - 1)
    .limit(1)
  if (query.bounced !== undefined && seen.isTruth) select.where('email_bounced', query.bounced ? 1 : 0)
  const rows = (await select) as readonly { id: string }[]
  return rows[0]?.id ?? null
}

async function matching(
  store: Store,
  at: { readonly module: string; readonly home: RecordHome },
  after: string,
  end: string | null,
  query: RecordQuery,
  limit: number,
): Promise<readonly ListedRow[]> {
  const found: ListedRow[] = []
  let size = limit
  for (let from = after; ; size = Math.max(limit, reread)) {
    const rows = await seenRows(store, at, from, end, query, size)
    const records = await at.home.read(rows.map(row => row.id))
    for (const { id, last_id } of rows) {
      const record = records.get(id)
      // Where the CRM's own columns are the truth, its people may have set or cleared the flag meanwhile.
      if (!record || (query.bounced !== undefined && Boolean(record.email_bounced) !== query.bounced))
        continue
      found.push({ ...record, last_id })
    }
    const last = rows.at(-1)
    if (!last || rows.length < size || found.length >= limit) return found.slice(0, limit)
    from = last.id
  }
}

async function seenRows(
  store: Store,
  { module, home: { seen } }: { readonly module: string; readonly home: RecordHome },
  after: string,
  end: string | null,
  query: RecordQuery,
  limit: number,
): Promise<readonly SeenRow[]> {
  const { knex } = store
  // Left to themselves, both databases may go through all bounces of a campaign, again for every record.
  const ofRecord = store.dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const source = knex.raw(`?? as ?? ${ofRecord}`, ['rebound_bounces', 'b', 'rebound_bounces_record'])
  const bounces = () =>
    knex(source)
      .where('b.module', module)
      .where('b.record_id', knex.ref('r.id'))
      .where('b.kind', 'bounce')
      .whereNot('b.concern', 'other')
      .whereNull('b.undone_at')
  const select = knex(`${seen.table} as r`)
    .select('r.id')
    .select({
      last_id: bounces()
        .select('b.id')
        .orderBy([
          { column: 'b.recorded_at', order: 'desc' },
          { column: 'b.id', order: 'desc' },
        ])
        .limit(1),
    })
    .where(Object.fromEntries(Object.entries(seen.where).map(([name, value]) => [`r.${name}`, value])))
    .where('r.id', '>', after)
    .orderBy('r.id')
    .limit(limit)
  if (end !== null) select.where('r.id', '<=', end)
  if (query.bounced !== undefined && seen.isTruth) select.where('r.email_bounced', query.bounced ? 1 : 0)
  const { type, category, campaignId, from, to } = query
  if (type ?? category ?? campaignId ?? from ?? to) {
    const meeting = bounces().select(knex.raw('1'))
    if (type) meeting.where('b.type', type)
    if (category) meeting.where('b.category', category)
    if (campaignId !== undefined) meeting.where('b.campaign_id', campaignId)
    if (from) meeting.where('b.received_at', '>=', from.getTime())
    if (to) meeting.where('b.received_at', '<', to.getTime())
    select.whereExists(meeting)
  }
  return (await select) as readonly SeenRow[]
}

interface VerdictRow {
  readonly id: number
  readonly type: BounceType | null
  readonly category: Category | null
}

async function verdictsOf(store: Store, ids: readonly number[]): Promise<ReadonlyMap<number, VerdictRow>> {
  const found = new Map<number, VerdictRow>()
  for (const some of chunks(store, ids)) {
    const rows = await store.knex('rebound_bounces').select('id', 'type', 'category').whereIn('id', some)
    for (const row of rows as readonly VerdictRow[]) found.set(Number(row.id), row)
  }
  return found
}
