// Every list and view of big tables (big-tables.ts): how it is read, and how many rows it may read for each that it shows.
// A new filter belongs here; without an index it fails.

import type { BounceQuery } from '../../src/model/bounces.ts'
import type { RecordQuery } from '../../src/model/record.ts'
import type { Store } from '../../src/store/database/open.ts'
import { listAudit } from '../../src/store/tables/audit-list.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { lastBounces, recordsOfAddress } from '../../src/store/tables/known-addresses.ts'
import { createOutbox } from '../../src/store/tables/outbox.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { listStripped } from '../../src/store/tables/stripped-bounces.ts'
import { start, time } from './big-tables.ts'

export const page = 100

export type Amount = 'full' | 'some' | 'none'

/** What is shown, page by page. */
export type Pages = readonly (readonly unknown[])[]

export interface BigList {
  readonly what: string
  /** How many are shown of a page of 100; null: it depends. */
  readonly amount: Amount | null
  /** Rows that it may read for each of a page. */
  readonly most: number
  readonly read: (store: Store) => Promise<Pages>
}

/** Rows that a page may read for each that it shows, lookups by key among them. */
const looks = {
  row: 5,
  /** A record may have several bounces of a cause, three in these tables: the index has an entry each. */
  cause: 7,
  /** Of two filters the index leads that holds fewer, as a look at each tells; what does not meet the other is passed over. */
  combined: 8,
  /** Four counts, each with a sum of what is not folded yet. */
  campaign: 6,
  /** Four counts and three rates: SQL computes a sum again for each column that uses it. */
  results: 9,
  /** What no index knows is looked for in slices of 10,000 rows, of events in an index and each by its key. */
  slice: 201,
} as const

const looksFor = ({ module: _, from, to, ...filters }: Partial<RecordQuery>): number => {
  const { type, category } = filters
  if (Object.keys(filters).length + (from || to ? 1 : 0) > 1) return looks.combined
  // By time alone, records are gone through whose latest bounce may be another.
  return type || category || from || to ? looks.cause : looks.row
}

const recordCases = (
  events: number,
): readonly (readonly [what: string, query: Partial<RecordQuery>, Amount])[] => [
  ['all', {}, 'full'],
  ['of a module', { module: 'leads' }, 'full'],
  ['flagged', { bounced: true }, 'full'],
  ['not flagged', { bounced: false, module: 'contacts' }, 'full'],
  ['who complained', { complained: true }, 'some'],
  ['who complained, and bounced hard', { complained: true, type: 'hard' }, 'none'],
  ['hard', { type: 'hard' }, 'full'],
  ['soft', { type: 'soft' }, 'full'],
  ['of a common category', { category: 'spam' }, 'full'],
  ['of a rare category', { category: 'virus' }, 'some'],
  ['of a category that nobody has', { category: 'security' }, 'none'],
  ['of a category and type that nobody has', { category: 'virus', type: 'hard' }, 'none'],
  ['of a module without bounces', { module: 'companies', type: 'hard' }, 'none'],
  ['of a big campaign', { campaignId: 'big' }, 'full'],
  ['of a small campaign', { campaignId: 'small' }, 'some'],
  ['of a campaign that is not there', { campaignId: 'none' }, 'none'],
  ['hard in a big campaign', { campaignId: 'big', type: 'hard' }, 'full'],
  ['rare in a big campaign', { campaignId: 'big', category: 'virus' }, 'none'],
  ['hard in a small campaign', { campaignId: 'small', type: 'hard' }, 'some'],
  ['flagged and hard', { bounced: true, type: 'hard' }, 'full'],
  ['flagged, in a small campaign', { bounced: true, campaignId: 'small' }, 'some'],
  ['of the last minute', { from: time(events - 60) }, 'some'],
  ['after everything', { from: time(events + 60) }, 'none'],
  ['before everything', { to: time(-60) }, 'none'],
  ['of a minute long ago', { from: time(500), to: time(560) }, 'some'],
  ['of the second half', { from: time(events / 2) }, 'full'],
  ['hard of the last minute', { from: time(events - 60), type: 'hard' }, 'some'],
  ['rare of the first half', { to: time(events / 2), category: 'virus' }, 'some'],
  [
    'of all filters',
    { bounced: true, type: 'hard', category: 'unknown-user', campaignId: 'big', module: 'contacts' },
    'full',
  ],
]

const eventCases = (
  events: number,
): readonly (readonly [what: string, query: Partial<BounceQuery>, Amount])[] => [
  ['all', {}, 'full'],
  ['bounces', { kind: 'bounce' }, 'full'],
  ['complaints', { kind: 'complaint' }, 'some'],
  ['of a kind that never came', { kind: 'receipt' }, 'none'],
  ['hard', { type: 'hard' }, 'full'],
  ['hard, and said to be bounces', { type: 'hard', kind: 'bounce' }, 'full'],
  ['of a big campaign', { campaignId: 'big' }, 'full'],
  ['of a small campaign', { campaignId: 'small' }, 'some'],
  ['of a campaign that is not there', { campaignId: 'none' }, 'none'],
  ['hard of a big campaign', { campaignId: 'big', type: 'hard' }, 'full'],
  ['complaints of a big campaign', { campaignId: 'big', kind: 'complaint' }, 'none'],
  ['of a record', { module: 'contacts', recordId: '1' }, 'some'],
  ['of an address', { address: 'ana@example.org' }, 'full'],
  ['of an address that never bounced', { address: 'eva@example.org' }, 'none'],
  ['of the last minute', { from: time(events - 60) }, 'some'],
  ['hard of the first half', { type: 'hard', to: time(events / 2) }, 'full'],
  ['hard of a record', { module: 'contacts', recordId: '27', type: 'hard' }, 'some'],
  ['of a module', { module: 'leads' }, 'full'],
]

/** What no index knows is looked for in slices of 10,000 rows: a page may be empty, and the next one goes on. */
const searchCases: readonly (readonly [what: string, query: Partial<BounceQuery>])[] = [
  ['of a category', { category: 'virus' }],
  ['of an effect', { effect: 'removed' }],
  ['of a provider', { addressLike: ['%@gmail.com'] }],
  ['with a text', { q: 'nowhere' }],
  ['of a category in a big campaign', { campaignId: 'big', category: 'security' }],
]

const viewCases: readonly (readonly [what: string, sql: string, Amount, most: number])[] = [
  ['bounced records', 'select * from rebound_bounced_records limit 100', 'full', looks.row],
  [
    'bounced records of a module',
    "select * from rebound_bounced_records where module = 'leads' limit 100",
    'full',
    looks.row,
  ],
  [
    'results of campaigns',
    'select * from rebound_campaign_results order by number desc limit 100',
    'full',
    looks.results,
  ],
  ['bounce history', 'select * from rebound_bounce_history limit 100', 'full', looks.row],
  [
    'history of a record',
    "select * from rebound_bounce_history where module = 'contacts' and record_id = '1'",
    'some',
    looks.row,
  ],
]

/** Reads a list on, three pages deep: the first one is not the only one that counts. */
const paged = async (
  read: (query: {
    readonly limit: number
    readonly after: string | undefined
  }) => Promise<{ readonly items: readonly unknown[]; readonly next: string | null }>,
): Promise<Pages> => {
  const pages: (readonly unknown[])[] = []
  for (let after: string | undefined; pages.length < 3; ) {
    const { items, next } = await read({ limit: page, after })
    pages.push(items)
    if (next === null || items.length === 0) break
    after = next
  }
  return pages
}

/** @param events how many there are */
export function bigLists(events: number): readonly BigList[] {
  const list = (what: string, amount: Amount | null, most: number, read: BigList['read']): BigList => ({
    what,
    amount,
    most,
    read,
  })
  const ofEvents = (order: 'list' | 'newest', name: string): readonly BigList[] => [
    ...eventCases(events).map(([what, query, amount]) =>
      list(`events ${what}, ${name} first`, amount, looks.row, store =>
        paged(part => createBounces(store)[order]({ ...query, ...part })),
      ),
    ),
    ...searchCases.map(([what, query]) =>
      list(`events ${what}, ${name} first`, null, looks.slice, store =>
        paged(part => createBounces(store)[order]({ ...query, ...part })),
      ),
    ),
  ]
  const audits = [{}, { module: 'contacts', recordId: '1' }, { recordId: '1' }, { bounceId: '1' }]
  return [
    ...recordCases(events).map(([what, query, amount]) =>
      list(`records ${what}`, amount, looksFor(query), store =>
        paged(part => listRecords(store, { ...query, ...part })),
      ),
    ),
    ...ofEvents('list', 'oldest'),
    ...ofEvents('newest', 'newest'),
    ...viewCases.map(([what, sql, amount, most]) =>
      list(`view: ${what}`, amount, most, async store => {
        const answer = await store.knex.raw(sql)
        return [store.dialect === 'mysql' ? answer[0] : answer]
      }),
    ),
    list('history of a record', 'some', looks.row, store =>
      paged(part => createRecords(store).history('contacts', '1', part)),
    ),
    list('campaigns', 'full', looks.campaign, store => paged(createCampaigns(store).list)),
    list('campaigns with a text', 'none', looks.slice, store =>
      paged(part => createCampaigns(store).list({ ...part, q: 'nowhere' })),
    ),
    list('the last bounce of an address', 'some', looks.row, async store => [
      await lastBounces(store, ['ana@example.org', 'eva@example.org']),
    ]),
    list('the records that had an address', null, looks.row, async store => [
      await recordsOfAddress(store, 'ana@example.org'),
    ]),
    ...audits.map(query =>
      list(`who changed what: ${JSON.stringify(query)}`, null, looks.row, store =>
        paged(part => listAudit(store, { ...query, ...part })),
      ),
    ),
    list('webhooks', 'full', looks.row, async store => [await outboxOf(store).list(page)]),
    list('webhooks that are due', 'full', looks.row, async store => [
      await outboxOf(store).claim({ leaseMs: 1_000, limit: page }),
    ]),
    list('what was stored without its text', null, looks.row, async store => [await listStripped(store)]),
  ]
}

const outboxOf = (store: Store) => createOutbox(store, async () => start + 200_000)
