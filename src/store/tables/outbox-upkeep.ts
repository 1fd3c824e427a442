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
