// What people do with webhooks that are not delivered: look, try again, drop.

import type { PendingWebhook, WebhookCensus } from '../../model/webhook.ts'
import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type OutboxRow, rowsOf } from '../database/tables.ts'
import { numberOf, toPending } from './outbox-rows.ts'

/** Counting takes longer than anybody waits where a receiver was away for weeks. */
const mostCounted = 100_000
/** Rows of one statement: new webhooks must not wait for it, nor may it last so long that it is cut. */
const step = 2_000

const outboxOf = (store: Store) => rowsOf(store, 'rebound_outbox')

export async function listWebhooks(store: Store, limit: number): Promise<readonly PendingWebhook[]> {
  const rows = async (
    most: number,
    narrow: (select: ReturnType<typeof outboxOf>) => ReturnType<typeof outboxOf>,
  ): Promise<readonly OutboxRow[]> => await persist(async () => await narrow(outboxOf(store)).limit(most))
  const givenUp = await rows(limit, select => select.whereNull('due_at').orderBy('id'))
  // Each failure puts the next try further off: those that are due last have failed most.
  const others = await rows(limit - givenUp.length, select =>
    select.whereNotNull('due_at').orderBy([
      { column: 'due_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ]),
  )
  const shown = [...givenUp, ...others]
  const fingerprints = new Map<number, string>()
  for (const ids of chunks(
    store,
    shown.map(row => Number(row.event_id)),
  )) {
    const found = await persist(
      async () => await rowsOf(store, 'rebound_bounces').select('id', 'fingerprint').whereIn('id', ids),
    )
    for (const row of found) fingerprints.set(Number(row.id), row.fingerprint)
  }
  return shown.flatMap(row => {
    const fingerprint = fingerprints.get(Number(row.event_id))
    return fingerprint === undefined ? [] : [toPending(row, fingerprint)]
  })
}

export async function countWebhooks(store: Store): Promise<WebhookCensus> {
  const outbox = () => outboxOf(store)
  const waiting = await countSome(store, outbox().whereNotNull('due_at').orderBy('due_at'), mostCounted)
  const givenUp = await countSome(store, outbox().whereNull('due_at'), mostCounted)
  // The first id among those counted: by id alone, all that was given up before would be passed over.
  const [oldest] =
    waiting.first === null ? [] : await outbox().where({ id: waiting.first }).select('created_at')
  return {
    waiting: waiting.count,
    givenUp: givenUp.count,
    most: mostCounted,
    oldestAt: oldest ? new Date(Number(oldest.created_at)) : null,
  }
}

/** How many were given up, up to so many. */
export async function countGivenUp(store: Store, most: number): Promise<number> {
  return (await persist(() => countSome(store, outboxOf(store).whereNull('due_at'), most))).count
}

/** By the index that begins with `due_at`. */
async function countSome(
  { knex }: Store,
  rows: ReturnType<typeof outboxOf>,
  most: number,
): Promise<{ readonly count: number; readonly first: number | null }> {
  const some = rows.select('id').limit(most).as('some')
  const [found] = (await knex.from(some).count('* as count').min('id as first')) as readonly {
    readonly count: number
    readonly first: number | null
  }[]
  return { count: Number(found?.count), first: found?.first == null ? null : Number(found.first) }
}

/** Does it to one row, or to all, a few at a time; answers how many rows were changed. */
async function inSteps(
  store: Store,
  id: string | null,
  change: (some: ReturnType<typeof outboxOf>) => PromiseLike<number>,
): Promise<number> {
  const outbox = () => outboxOf(store)
  if (id !== null) return await persist(async () => await change(outbox().where({ id: numberOf(id) })))
  let changed = 0
  for (let after = 0; ; ) {
    const from = after
    const [last] = await persist(
      async () =>
        await outbox()
          .select('id')
          .where('id', '>', from)
          .orderBy('id')
          .offset(step - 1)
          .limit(1),
    )
    // Rows that arrive while it runs have not failed yet.
    const some = () => (last ? outbox().where('id', '<=', last.id) : outbox()).where('id', '>', from)
    changed += await persist(async () => await change(some()))
    if (!last) return changed
    after = Number(last.id)
  }
}

export function retryWebhooks(store: Store, id: string | null, at: number): Promise<number> {
  return inSteps(store, id, some =>
    some
      .where(either => either.whereNull('due_at').orWhere('attempts', '>', 0))
      .update({ due_at: at, lease: null, attempts: 0 }),
  )
}

export function dropWebhooks(store: Store, id: string | null): Promise<number> {
  return inSteps(store, id, some => some.whereNull('due_at').del())
}
