// Webhooks waiting to be delivered: put here with their event, taken by one sender at a time, gone once delivered.

import { chunks } from './chunks.ts'
import { fitText } from './columns.ts'
import { persist } from './failures.ts'
import type { Store } from './open.ts'
import type { Transaction } from './transaction.ts'

export interface Delivery {
  readonly id: string
  readonly bounceId: string
  readonly createdAt: Date
  readonly dueAt: Date
  /** How often it failed so far. */
  readonly attempts: number
  readonly lastError: string | null
}

export interface Outbox {
  /**
   * Deliveries that are due, the longest waiting first. Each is nobody else's until `leaseMs` have passed:
   * if it is neither delivered nor failed by then it is due again, so that each is delivered at least once.
   */
  readonly take: (options: {
    readonly now: Date
    readonly leaseMs: number
    readonly limit: number
  }) => Promise<readonly Delivery[]>
  readonly delivered: (id: string) => Promise<void>
  /** Due again at `dueAt`; null gives it up. */
  readonly failed: (id: string, error: string, dueAt: Date | null) => Promise<void>
  /** Those that failed at least once, the longest waiting first. */
  readonly stuck: (limit: number) => Promise<readonly Delivery[]>
}

interface OutboxRow {
  readonly id: number
  readonly event_id: number
  readonly created_at: number
  readonly due_at: number
  readonly attempts: number
  readonly last_error: string | null
}

const errorLength = 500

export function createOutbox(store: Store): Outbox {
  const outbox = () => store.knex('rebound_outbox')
  return {
    take: async ({ now, leaseMs, limit }) => {
      const due = await persist(
        async () =>
          (await outbox()
            .where('due_at', '<=', now.getTime())
            .orderBy(['due_at', 'id'])
            .limit(limit)) as readonly OutboxRow[],
      )
      const taken: Delivery[] = []
      for (const row of due) {
        // Whoever moves the time first has it.
        const mine = await persist(
          async () =>
            await outbox()
              .where({ id: row.id, due_at: row.due_at })
              .update({ due_at: now.getTime() + leaseMs }),
        )
        if (mine === 1) taken.push(toDelivery(row))
      }
      return taken
    },
    delivered: async id => {
      await persist(
        async () =>
          await outbox()
            .where({ id: Number(id) })
            .del(),
      )
    },
    failed: async (id, error, dueAt) => {
      await persist(async () =>
        dueAt === null
          ? await outbox()
              .where({ id: Number(id) })
              .del()
          : await outbox()
              .where({ id: Number(id) })
              .update({
                due_at: dueAt.getTime(),
                attempts: store.knex.raw('attempts + 1'),
                last_error: fitText(error, errorLength),
              }),
      )
    },
    stuck: async limit => {
      const rows = await persist(
        async () =>
          (await outbox().where('attempts', '>', 0).orderBy('id').limit(limit)) as readonly OutboxRow[],
      )
      return rows.map(toDelivery)
    },
  }
}

/** Puts new events into the outbox, in the transaction that stores them. */
export async function enqueue(
  store: Store,
  transaction: Transaction,
  eventIds: readonly number[],
  at: number,
): Promise<void> {
  const rows = eventIds.map(id => ({ event_id: id, created_at: at, due_at: at }))
  for (const some of chunks(store, rows))
    await transaction.run(store.knex('rebound_outbox').insert([...some]))
}

function toDelivery(row: OutboxRow): Delivery {
  return {
    id: String(row.id),
    bounceId: String(row.event_id),
    createdAt: new Date(Number(row.created_at)),
    dueAt: new Date(Number(row.due_at)),
    attempts: row.attempts,
    lastError: row.last_error,
  }
}
