// What people do with webhooks that are not delivered: look, try again, drop.

import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import type { PendingWebhook, WebhookCensus } from './outbox.ts'
import { numberOf, type OutboxRow, toPending } from './outbox-rows.ts'

/** Counting takes longer than anybody waits where a receiver was away for weeks. */
const mostCounted = 100_000
/** So many rows are gone through in one statement: what comes in must not wait for it, nor be cut for its length. */
const step = 2_000

const outboxOf = (store: Store) => store.knex('rebound_outbox')

export async function listWebhooks(store: Store, limit: number): Promise<readonly PendingWebhook[]> {
  const rows = await persist(
    async () =>
      (await outboxOf(store)
        .leftJoin('rebound_bounces', 'rebound_bounces.id', 'rebound_outbox.event_id')
        .select('rebound_outbox.*', 'fingerprint')
        .orderByRaw('due_at is null desc, attempts desc, rebound_outbox.id')
        .limit(limit)) as readonly (OutboxRow & { readonly fingerprint: string | null })[],
  )
  return rows.flatMap(row => (row.fingerprint === null ? [] : [toPending(row, row.fingerprint)]))
}

export async function countWebhooks(store: Store): Promise<WebhookCensus> {
  const outbox = () => outboxOf(store)
  const count = async (rows: ReturnType<typeof outbox>): Promise<number> => {
    const counted = store.knex.from(rows.select('id').limit(mostCounted).as('some')).count('* as count')
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
