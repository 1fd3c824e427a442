// Webhooks waiting to be delivered: put here with their event, taken by one sender at a time, gone once delivered.

import { randomBytes } from 'node:crypto'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { chunks } from '../database/chunks.ts'
import { databaseTime } from '../database/clock.ts'
import { fitText } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { inTransaction } from '../database/transaction.ts'

/** `retrying`: failed at least once. `given-up`: failed for a day; nothing more is tried unless somebody asks for it. */
export type WebhookState = 'waiting' | 'retrying' | 'given-up'

/** One webhook that is not delivered yet. */
export interface PendingWebhook {
  readonly id: string
  /** Names the event to its receiver: the same whenever and from wherever it is sent. */
  readonly eventId: string
  readonly bounceId: string
  readonly state: WebhookState
  readonly createdAt: Date
  /** When it is tried next; null when it was given up. */
  readonly dueAt: Date | null
  /** How often it failed so far. */
  readonly attempts: number
  readonly lastError: string | null
}

/** A webhook taken for sending, nobody else's until its lease ends. */
export interface TakenWebhook {
  readonly id: string
  readonly eventId: string
  readonly lease: string
  readonly attempts: number
  readonly bounce: StoredBounce
}

/** What became of a taken one. `released`: not tried to its end, due again at once. */
export type WebhookOutcome =
  | { readonly kind: 'delivered' | 'released' }
  /** `againInMs` null gives it up. */
  | { readonly kind: 'failed'; readonly error: string; readonly againInMs: number | null }

export interface Settled {
  readonly webhook: Pick<TakenWebhook, 'id' | 'lease'>
  readonly outcome: WebhookOutcome
}

export interface WebhookCensus {
  /** Still to be tried, those that failed before among them; counted up to `most`. */
  readonly waiting: number
  readonly givenUp: number
  readonly most: number
  /** The creation of the oldest that is still to be tried. */
  readonly oldestAt: Date | null
}

export interface Outbox {
  /**
   * Those that are due, the longest waiting first. Each is nobody else's until `leaseMs` have passed:
   * if it is not settled by then it is due again, so that each is delivered at least once.
   */
  readonly take: (options: {
    readonly leaseMs: number
    readonly limit: number
  }) => Promise<readonly TakenWebhook[]>
  /** Writes down what became of taken ones, all or nothing. A failure counts only while its lease lasts. */
  readonly settle: (settled: readonly Settled[]) => Promise<void>
  /** What is not delivered: given up first, then by how often it failed, the oldest first. */
  readonly list: (limit: number) => Promise<readonly PendingWebhook[]>
  readonly census: () => Promise<WebhookCensus>
  /** Makes those that failed due now, with a whole day of tries; null means all. @returns how many. */
  readonly retry: (id: string | null) => Promise<number>
  /** Deletes those that were given up; null means all. @returns how many. */
  readonly drop: (id: string | null) => Promise<number>
}

interface OutboxRow {
  readonly id: number
  readonly event_id: number
  readonly created_at: number
  readonly due_at: number | null
  readonly lease: string | null
  readonly attempts: number
  readonly last_error: string | null
}

type TakenRow = BounceRow & {
  readonly outbox_id: number
  readonly attempts: number
  readonly fingerprint: string | null
}

const errorLength = 500
/** Counting takes longer than anybody waits where a receiver was away for weeks. */
const mostCounted = 100_000
/** So many rows are gone through in one statement: what comes in must not wait for it, nor be cut for its length. */
const step = 2_000

/** `now` gives epoch milliseconds; the database's clock unless told. */
export function createOutbox(store: Store, now: () => Promise<number> = () => databaseTime(store)): Outbox {
  const { knex } = store
  const outbox = () => knex('rebound_outbox')

  /** Those of `ids` that this lease got, with their events. */
  const leased = async (ids: readonly number[], lease: string): Promise<readonly TakenRow[]> =>
    await outbox()
      .leftJoin('rebound_bounces', 'rebound_bounces.id', 'rebound_outbox.event_id')
      .whereIn('rebound_outbox.id', [...ids])
      .where({ lease })
      .orderBy('rebound_outbox.id')
      .select(
        'rebound_outbox.id as outbox_id',
        'attempts',
        'fingerprint',
        ...bounceSelection.map(column => `rebound_bounces.${column}`),
      )

  /** Does it to one row, or to all, a few at a time; answers how many rows were changed. */
  const inSteps = async (
    id: string | null,
    change: (some: ReturnType<typeof outbox>) => PromiseLike<number>,
  ): Promise<number> => {
    if (id !== null) return await persist(async () => await change(outbox().where({ id: numberOf(id) })))
    let changed = 0
    for (let after = 0; ; ) {
      const from = after
      const [last] = await persist(
        async () =>
          (await outbox()
            .select('id')
            .where('id', '>', from)
            .orderBy('id')
            .offset(step - 1)
            .limit(1)) as readonly {
            id: number
          }[],
      )
      // What comes in while it runs has not failed yet.
      const some = () => (last ? outbox().where('id', '<=', last.id) : outbox()).where('id', '>', from)
      changed += await persist(async () => await change(some()))
      if (!last) return changed
      after = Number(last.id)
    }
  }

  return {
    take: async ({ leaseMs, limit }) => {
      const at = await persist(now)
      const due = await persist(
        async () =>
          (await outbox()
            .select('id')
            .where('due_at', '<=', at)
            .orderBy(['due_at', 'id'])
            .limit(limit)) as readonly { id: number }[],
      )
      if (due.length === 0) return []
      const ids = due.map(row => Number(row.id)).sort((a, b) => a - b)
      const lease = randomBytes(16).toString('hex')
      // Whoever moves the time first has it.
      await persist(
        async () =>
          await outbox()
            .whereIn('id', ids)
            .where('due_at', '<=', at)
            .update({ due_at: at + leaseMs, lease }),
      )
      const rows = await persist(() => leased(ids, lease))
      // Retention may have taken the event away meanwhile: then there is nothing to tell.
      const gone = rows.filter(row => row.fingerprint === null).map(row => Number(row.outbox_id))
      if (gone.length > 0) await persist(async () => await outbox().whereIn('id', gone).del())
      return rows.flatMap(row =>
        row.fingerprint === null
          ? []
          : [
              {
                id: String(row.outbox_id),
                eventId: eventIdOf(row.fingerprint),
                lease,
                attempts: row.attempts,
                bounce: toBounce(row),
              },
            ],
      )
    },

    settle: async settled => {
      const delivered = settled
        .filter(({ outcome }) => outcome.kind === 'delivered')
        .map(({ webhook }) => Number(webhook.id))
        .sort((a, b) => a - b)
      const others = settled
        .filter(({ outcome }) => outcome.kind !== 'delivered')
        .sort((a, b) => Number(a.webhook.id) - Number(b.webhook.id))
      const at = await persist(now)
      await persist(() =>
        inTransaction(store, async transaction => {
          for (const some of chunks(store, delivered))
            await transaction.run(
              outbox()
                .whereIn('id', [...some])
                .del(),
            )
          for (const { webhook, outcome } of others)
            await transaction.run(
              outbox()
                .where({ id: Number(webhook.id), lease: webhook.lease })
                .update(
                  outcome.kind === 'failed'
                    ? {
                        lease: null,
                        due_at: outcome.againInMs === null ? null : at + outcome.againInMs,
                        attempts: knex.raw('attempts + 1'),
                        last_error: fitText(outcome.error, errorLength),
                      }
                    : { lease: null, due_at: at },
                ),
            )
        }),
      )
    },

    list: async limit => {
      const rows = await persist(
        async () =>
          (await outbox()
            .leftJoin('rebound_bounces', 'rebound_bounces.id', 'rebound_outbox.event_id')
            .select('rebound_outbox.*', 'fingerprint')
            .orderByRaw('due_at is null desc, attempts desc, rebound_outbox.id')
            .limit(limit)) as readonly (OutboxRow & { readonly fingerprint: string | null })[],
      )
      return rows.flatMap(row => (row.fingerprint === null ? [] : [toPending(row, row.fingerprint)]))
    },

    census: async () =>
      persist(async () => {
        const count = async (rows: ReturnType<typeof outbox>): Promise<number> => {
          const counted = knex.from(rows.select('id').limit(mostCounted).as('some')).count('* as count')
          return Number(((await counted) as readonly { count: number }[])[0]?.count)
        }
        const waiting = await count(outbox().whereNotNull('due_at'))
        const givenUp = await count(outbox().whereNull('due_at'))
        const [oldest] = await outbox().whereNotNull('due_at').orderBy('id').limit(1).select('created_at')
        return {
          waiting,
          givenUp,
          most: mostCounted,
          oldestAt: oldest ? new Date(Number(oldest.created_at)) : null,
        }
      }),

    retry: async id => {
      const at = await persist(now)
      return inSteps(id, some =>
        some
          .where(either => either.whereNull('due_at').orWhere('attempts', '>', 0))
          .update({ due_at: at, lease: null, attempts: 0 }),
      )
    },

    drop: id => inSteps(id, some => some.whereNull('due_at').del()),
  }
}

/** Ids are numbers from 1 up: what is none finds nothing. */
const numberOf = (id: string): number => (/^\d{1,15}$/.test(id) ? Number(id) : 0)

/** The same report is the same event, in a database made anew too: a row's number would not be. */
const eventIdOf = (fingerprint: string): string => `evt_${fingerprint}`

function toPending(row: OutboxRow, fingerprint: string): PendingWebhook {
  return {
    id: String(row.id),
    eventId: eventIdOf(fingerprint),
    bounceId: String(row.event_id),
    state: row.due_at === null ? 'given-up' : row.attempts > 0 ? 'retrying' : 'waiting',
    createdAt: new Date(Number(row.created_at)),
    dueAt: row.due_at === null ? null : new Date(Number(row.due_at)),
    attempts: row.attempts,
    lastError: row.last_error,
  }
}
