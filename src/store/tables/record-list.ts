// Records with what bounced last, filtered by their bounces, page by page: a million of them in constant memory.

import type { Page } from '../../model/page.ts'
import type { ListedRecord, RecordQuery } from '../../model/record.ts'
import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type RecordRow, toRecord } from '../database/rows.ts'
import { homeOf, modulesOf } from '../homes/home-of.ts'
import type { RecordHome } from '../homes/record-home.ts'
import { brokenCursor, decodeCursor, encodeCursor } from './cursor.ts'
import { recordsMeeting } from './last-bounces.ts'
import { candidatesOf, onlyIds } from './record-candidates.ts'

type ListedRow = RecordRow & Pick<ListedRecord, 'lastType' | 'lastCategory'>

/**
 * Candidates looked at in one go: a filter that few meet must not hold the database for long. Powers of two, since
 * these are read in the fewest statements (chunks.ts).
 */
const most = 512
const least = 16

/** By module and id. `next` is null at the end; throws CursorError. */
export async function listRecords(store: Store, query: RecordQuery): Promise<Page<ListedRecord>> {
  const modules = modulesOf(store)
  const wanted = modules.filter(module => query.module === undefined || module === query.module)
  const [startModule, startId] =
    query.after === undefined ? [wanted[0] ?? '', ''] : decodeCursor('l', query.after, ['', ''] as const)
  // Where another module was asked for, or this one is no longer mapped, it would begin anew without a word.
  if (query.after !== undefined && !wanted.includes(startModule)) throw brokenCursor()
  const found: { readonly module: string; readonly row: ListedRow }[] = []
  const only = await onlyIds(store, query)
  for (const module of wanted.slice(wanted.indexOf(startModule))) {
    const missing = query.limit + 1 - found.length
    if (missing <= 0) break
    const from = module === startModule ? startId : ''
    const rows = await rowsOf(store, module, query, { only, from, limit: missing })
    found.push(...rows.map(row => ({ module, row })))
  }

  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ module, row }) => ({
      ...toRecord(module, row),
      lastType: row.lastType,
      lastCategory: row.lastCategory,
    })),
    next: found.length > query.limit && last ? encodeCursor('l', last.module, last.row.id) : null,
  }
}

/** The first `limit` records of a module behind the id `from`. */
async function rowsOf(
  store: Store,
  module: string,
  query: RecordQuery,
  {
    only,
    from,
    limit,
  }: {
    readonly only: Awaited<ReturnType<typeof onlyIds>>
    readonly from: string
    readonly limit: number
  },
): Promise<readonly ListedRow[]> {
  const home = homeOf(store, module)
  if (!home) return []
  const candidates = only?.(module) ?? candidatesOf(store, module, home, query)
  const found: ListedRow[] = []
  let next: string | null = from
  for (let size = Math.max(least, limit); next !== null && found.length < limit; ) {
    const after: string = next
    const before = found.length
    const some = await persist(() => candidates(after, size))
    next = some.next
    for (const ids of chunks(store, some.ids)) {
      if (found.length >= limit) break
      found.push(...(await persist(() => matching(store, module, home, ids, query))))
    }
    // As many as give the rest of the page where the others are like these.
    const share = some.looked > 0 ? (found.length - before) / some.looked : 0
    const enough = share > 0 ? Math.ceil((limit - found.length) / share) : size * 2
    size = sizeFor(enough)
  }
  return found.slice(0, limit)
}

const sizeFor = (wanted: number): number => Math.min(most, Math.max(least, 2 ** Math.ceil(Math.log2(wanted))))

/** Those of `ids` that meet the query, in their order. */
async function matching(
  store: Store,
  module: string,
  home: RecordHome,
  ids: readonly string[],
  query: RecordQuery,
): Promise<readonly ListedRow[]> {
  const rows = new Map((await recordsMeeting(store, module, home, ids, query)).map(row => [row.id, row]))
  // Where they say all there is to say, they are read already.
  const records = home.seen.isTruth
    ? (rows as ReadonlyMap<string, ListedRow>)
    : await home.read([...rows.keys()])
  return ids.flatMap(id => {
    const seen = rows.get(id)
    const record = records.get(id)
    if (!seen || !record) return []
    // Where the CRM's own columns are the truth, its people may have set or cleared the flag meanwhile.
    if (query.bounced !== undefined && Boolean(record.email_bounced) !== query.bounced) return []
    return [{ ...record, lastType: seen.lastType, lastCategory: seen.lastCategory }]
  })
}
