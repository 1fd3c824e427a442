// What has become old is deleted in small steps, so that mail never waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import { dayMs } from '../../model/day.ts'
import type { Kind } from '../../model/report.ts'
import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import { ClockFault, compareClocks, isLongAgo } from './clocks.ts'
import { closeCampaigns, restFactor } from './close-campaigns.ts'

export interface Retention {
  /** Days to keep events with their evidence and webhooks, and the audit; null keeps them for ever. */
  readonly keepDays: number | null
  /** Days to keep events outside a record's history; null keeps them as long as the rest. */
  readonly keepNoiseDays: number | null
  /** Days without an event after which a campaign is closed; null never closes one. */
  readonly keepCampaignDays: number | null
  /** How long return paths are accepted; what is needed to know a report again is kept a week longer. */
  readonly returnPathDays: number
  /** How long people's answers are kept. */
  readonly replyDays: number
  /** How long mail to postmaster and abuse is kept. */
  readonly roleMailDays: number
}

/** How many rows went. */
export interface Pruned {
  readonly bounces: number
  /** Events that are no part of a record's history, before their time as events was up. */
  readonly noise: number
  readonly evidence: number
  /** The records that closed campaigns had counted. */
  readonly campaignRecords: number
  readonly webhooks: number
  readonly audit: number
  readonly returnPaths: number
  readonly messageIds: number
  readonly replies: number
  readonly roleMail: number
}

interface Old {
  readonly table: string
  readonly key: string
  /** Epoch milliseconds. */
  readonly column: string
  /** Not: rows are looked through in the order of their key, which is that of their time. */
  readonly isIndexed: boolean
  /** Only these, by an index that knows them. */
  readonly only?: Only
}

interface Only {
  readonly index: string
  readonly where: Readonly<Record<string, string | null>>
}

/** Neither bounces nor complaints, nor signs that an address is alive. */
const noiseKinds = ['delayed', 'auto-reply', 'receipt', 'ordinary'] as const satisfies readonly Kind[]

/** Blocks about other addresses are bounces without a type. */
const noise: readonly Only[] = [
  ...noiseKinds.map(kind => ({ kind, type: null })),
  { kind: 'bounce', type: null, concern: 'other' },
].map(where => ({ index: 'rebound_bounces_kind', where }))

/** How much longer than its return path a fingerprint is kept, so that a report re-sent at the last moment is still known. */
export const graceDays = 7
/** Nobody asks after a COMMIT for so long. */
const mintDays = 1
const step = 200
const leastRestMs = 10

/**
 * Deletes what is older than its time; counts of records and campaigns stay. May run in several processes at once.
 * Stops between two steps when `signal` says so.
 */
export async function prune(
  store: Store,
  { keepDays, keepNoiseDays, keepCampaignDays, returnPathDays, replyDays, roleMailDays }: Retention,
  options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
): Promise<Pruned> {
  // A report may come again as long as its path is accepted: its fingerprint must still be there.
  const pathDays = returnPathDays + graceDays
  const eventDays = keepDays === null ? null : Math.max(keepDays, pathDays)
  const noiseDays = keepNoiseDays === null ? null : Math.max(keepNoiseDays, pathDays)
  const old = (days: number | null, what: Old): Promise<number> =>
    days === null
      ? Promise.resolve(0)
      : deleteOld(store, what, options.now.getTime() - days * dayMs, options.signal)
  const [key, isIndexed] = ['id', false] as const
  // Few rows, and nobody's history: they go without being counted.
  await old(eventDays, { table: 'rebound_stripped', key: 'event_id', column: 'at', isIndexed })
  await old(pathDays, { table: 'rebound_refused', key: 'fingerprint', column: 'last_at', isIndexed: true })
  await old(mintDays, { table: 'rebound_mints', key, column: 'at', isIndexed: true })
  const events = { table: 'rebound_bounces', key, column: 'recorded_at', isIndexed: true } as const
  let noiseDeleted = 0
  for (const only of noise) noiseDeleted += await old(noiseDays, { ...events, only })
  const now = options.now.getTime()
  const quietDays = keepCampaignDays === null ? null : Math.max(keepCampaignDays, pathDays)
  return {
    campaignRecords:
      quietDays === null
        ? 0
        : await closeCampaigns(store, { before: now - quietDays * dayMs, now, signal: options.signal }),
    noise: noiseDeleted,
    bounces: await old(eventDays, events),
    evidence: await old(eventDays, { table: 'rebound_evidence', key, column: 'at', isIndexed }),
    // Given up long ago: their events are gone.
    webhooks: await old(eventDays, { table: 'rebound_outbox', key, column: 'created_at', isIndexed }),
    audit: await old(keepDays, { table: 'rebound_audit', key, column: 'at', isIndexed }),
    returnPaths: await old(pathDays, {
      table: 'rebound_return_paths',
      key: 'token',
      column: 'issued_at',
      isIndexed: true,
    }),
    messageIds: await old(pathDays, {
      table: 'rebound_message_ids',
      key: 'message_id_hash',
      column: 'issued_at',
      isIndexed: true,
    }),
    roleMail: await old(roleMailDays, {
      table: 'rebound_role_mail',
      key,
      column: 'kept_at',
      isIndexed: true,
    }),
    replies:
      (await old(replyDays, {
        table: 'rebound_replies',
        key: 'event_id',
        column: 'received_at',
        isIndexed: true,
      })) + (await deleteSurplusReplies(store)),
  }
}

/** However many networks write: more than this nobody reads. */
const mostReplies = 10_000

async function deleteSurplusReplies(store: Store): Promise<number> {
  const replies = () => rowsOf(store, 'rebound_replies')
  const [last] = (await persist(
    async () => await replies().select('event_id').orderBy('event_id', 'desc').offset(mostReplies).limit(1),
  )) as readonly { readonly event_id: number }[]
  return last === undefined
    ? 0
    : await persist(async () => await replies().where('event_id', '<=', last.event_id).del())
}

/** By what time rows are old. */
export interface PruneTime {
  readonly now: Date
  /** The clock, where it is later than `now`: nothing came for so long that it may be wrong. */
  readonly doubted: Date | null
}

/**
 * The database's time, and at most a day after the newest event. A clock that is far ahead makes everything look old, and
 * what was deleted would count again when it comes again. Throws ClockFault when clocks disagree.
 */
export async function pruneTime(store: Store): Promise<PruneTime> {
  const { fault, time, newest } = await persist(() => compareClocks(store))
  if (fault !== null) throw new ClockFault(`Nothing is deleted while the clocks disagree (${fault})`)
  const clock = new Date(time)
  return isLongAgo(newest, time)
    ? { now: new Date(newest + dayMs), doubted: clock }
    : { now: clock, doubted: null }
}

async function deleteOld(
  store: Store,
  { table, key, column, isIndexed, only }: Old,
  before: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let deleted = 0
  while (!signal?.aborted) {
    const started = performance.now()
    // Chosen first and deleted by key: neither database then locks more than goes.
    const rows = await persist(async () => {
      const select = store
        .knex(sourceOf(store, table, only))
        .select(key, column)
        .limit(step)
      if (only) select.where(only.where)
      // A removal that waits for a decision is never dropped silently.
      if (table === 'rebound_bounces') select.whereNot('effect', 'held')
      return (await (isIndexed
        ? select.where(column, '<', before).orderBy(column)
        : select.orderBy(key))) as readonly Readonly<Record<string, string | number>>[]
    })
    const keys = rows.flatMap(row => (Number(row[column]) < before ? (row[key] ?? []) : []))
    for (const some of chunks(store, keys))
      deleted += await persist(async () => await store.knex(table).whereIn(key, some).del())
    if (keys.length < step) break
    await sleep(Math.max(leastRestMs, restFactor * (performance.now() - started)))
  }
  return deleted
}

function sourceOf({ knex, dialect }: Store, table: string, only: Only | undefined) {
  if (!only) return table
  return knex.raw(dialect === 'mysql' ? '?? force index (??)' : '?? indexed by ??', [table, only.index])
}
