// Records of a module with their latest bounce, those of which some bounce meets a query.

import type { Knex } from 'knex'
import type { Category } from '../../model/categories.ts'
import type { ListedRecord, RecordQuery } from '../../model/record.ts'
import type { BounceType } from '../../model/verdict.ts'
import type { Store } from '../database/open.ts'
import { type RecordRow, recordColumns } from '../database/rows.ts'
import type { RecordHome } from '../homes/record-home.ts'

/** The rest of the row only where it is the truth (record-home.ts). */
export type SeenRow = Pick<RecordRow, 'id'> &
  Partial<RecordRow> &
  Pick<ListedRecord, 'lastType' | 'lastCategory'>

/** Mostly the latest bounce meets the query, and that is read anyway: only of the others earlier ones are looked for. */
export async function recordsMeeting(
  store: Store,
  module: string,
  home: RecordHome,
  ids: readonly string[],
  query: RecordQuery,
): Promise<readonly SeenRow[]> {
  const rows = await withLastBounce(store, module, home, ids, query)
  const unsure = rows.flatMap(({ id, last }) => (last !== null && !meets(last) ? [id] : []))
  const earlier = new Set(unsure.length > 0 ? await withBounce(store, module, home, unsure, query) : [])
  const asksForBounce = conditionsOf(query).length > 0
  return rows
    .filter(({ id, last }) => (last === null ? !asksForBounce : meets(last) || earlier.has(id)))
    .map(({ last, ...row }) => ({ ...row, ...causeIn(last) }))
}

/** `last`: type, category and whether it meets the query, in one text, so that one look gives all; null without bounces. */
type LastRow = Pick<RecordRow, 'id'> & Partial<RecordRow> & { readonly last: string | null }

const meets = (last: string): boolean => last.endsWith('/1')

function causeIn(last: string | null): Pick<ListedRecord, 'lastType' | 'lastCategory'> {
  const [type = '', category = ''] = (last ?? '').split('/')
  return {
    lastType: type === '' ? null : (type as BounceType),
    lastCategory: category === '' ? null : (category as Category),
  }
}

async function withLastBounce(
  store: Store,
  module: string,
  { seen }: RecordHome,
  ids: readonly string[],
  query: RecordQuery,
): Promise<readonly LastRow[]> {
  const { knex } = store
  const conditions = conditionsOf(query)
  const isMet = knex.raw(
    `case when ${['1 = 1', ...conditions.map(({ sql }) => sql)].join(' and ')} then 1 else 0 end`,
    conditions.map(({ value }) => value),
  )
  const last = ["coalesce(b.type, '')", "'/'", "coalesce(b.category, '')", "'/'", '?']
  const select = knex(`${seen.table} as r`)
    .select(seen.isTruth ? recordColumns.map(column => `r.${column}`) : ['r.id'])
    .select({
      last: bouncesOf(store, module)
        .select(
          knex.raw(store.dialect === 'mysql' ? `concat(${last.join(', ')})` : last.join(' || '), [isMet]),
        )
        .orderBy([
          { column: 'b.recorded_at', order: 'desc' },
          { column: 'b.id', order: 'desc' },
        ])
        .limit(1),
    })
    .where(columnsOf(seen))
    .whereIn('r.id', ids)
  if (query.bounced !== undefined && seen.isTruth) select.where('r.email_bounced', query.bounced ? 1 : 0)
  if (query.complained !== undefined) select.where('r.complained', query.complained ? 1 : 0)
  return (await select) as readonly LastRow[]
}

/** Those of `ids` that have a bounce which meets the query. */
async function withBounce(
  store: Store,
  module: string,
  { seen }: RecordHome,
  ids: readonly string[],
  query: RecordQuery,
): Promise<readonly string[]> {
  const meeting = bouncesOf(store, module).select(store.knex.raw('1')).limit(1)
  for (const { sql, value } of conditionsOf(query)) meeting.whereRaw(sql, [value])
  return await store
    .knex(`${seen.table} as r`)
    .where(columnsOf(seen))
    .whereIn('r.id', ids)
    // Not `exists`: MariaDB would gather the bounces of all these records first.
    .whereRaw('(?) is not null', [meeting])
    .pluck('r.id')
}

/** The bounces of the record `r`. Left to themselves, both databases may go through all of a campaign for every record. */
function bouncesOf({ knex, dialect }: Store, module: string): Knex.QueryBuilder {
  const ofRecord = dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  return knex(knex.raw(`?? as ?? ${ofRecord}`, ['rebound_bounces', 'b', 'rebound_bounces_record']))
    .where('b.module', module)
    .where('b.record_id', knex.ref('r.id'))
    .where('b.kind', 'bounce')
    .whereNot('b.concern', 'other')
    .whereNull('b.undone_at')
}

interface BounceCondition {
  readonly sql: string
  readonly value: string | number
}

/** What a query asks of a bounce. */
function conditionsOf({ type, category, campaignId, from, to }: RecordQuery): readonly BounceCondition[] {
  const asked: readonly (readonly [sql: string, value: string | number | undefined])[] = [
    ['b.type = ?', type],
    ['b.category = ?', category],
    ['b.campaign_id = ?', campaignId],
    ['b.recorded_at >= ?', from?.getTime()],
    ['b.recorded_at < ?', to?.getTime()],
  ]
  return asked.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
}

const columnsOf = ({ where }: RecordHome['seen']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(where).map(([name, value]) => [`r.${name}`, value]))
