// Webhooks claimed for sending: leased by the database's clock, so that several servers share the work.

import { randomBytes } from 'node:crypto'
import type { ClaimedWebhook, SettledWebhook, WebhookOutcome } from '../../model/webhook.ts'
import { chunks } from '../database/chunks.ts'
import { fitText } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'
import { errorLength, eventIdOf } from './outbox-rows.ts'

type ClaimedRow = BounceRow & {
  readonly outbox_id: number
  readonly attempts: number
  readonly fingerprint: string | null
}

/** Epoch milliseconds. */
type At = { readonly at: number }

export async function claimWebhooks(
  store: Store,
  { at, leaseMs, limit }: At & { readonly leaseMs: number; readonly limit: number },
): Promise<readonly ClaimedWebhook[]> {
  const outbox = () => rowsOf(store, 'rebound_outbox')
  const due = await persist(
    async () => await outbox().select('id').where('due_at', '<=', at).orderBy(['due_at', 'id']).limit(limit),
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
  const rows = await persist(() => leased(store, ids, lease))
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
}

/** Those of `ids` that this lease got, with their events. */
const leased = async (store: Store, ids: readonly number[], lease: string): Promise<readonly ClaimedRow[]> =>
  await rowsOf(store, 'rebound_outbox')
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

export async function settleWebhooks(
  store: Store,
  settled: readonly SettledWebhook[],
  at: number,
): Promise<void> {
  const outbox = () => rowsOf(store, 'rebound_outbox')
  const delivered = settled
    .filter(({ outcome }) => outcome.kind === 'delivered')
    .map(({ webhook }) => Number(webhook.id))
    .sort((a, b) => a - b)
  const others = settled
    .filter(({ outcome }) => outcome.kind !== 'delivered')
    .sort((a, b) => Number(a.webhook.id) - Number(b.webhook.id))
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
            .update(fieldsOf(store, outcome, at)),
        )
    }),
  )
}

function fieldsOf(store: Store, outcome: WebhookOutcome, at: number): object {
  if (outcome.kind !== 'failed') return { lease: null, due_at: at }
  return {
    lease: null,
    due_at: outcome.againInMs === null ? null : at + outcome.againInMs,
    attempts: store.knex.raw('attempts + 1'),
    last_error: fitText(outcome.error, errorLength),
  }
}
