// One transaction for many messages: their events, the records and campaigns they touch, all or nothing.

import type { BounceEvent } from '../../model/event.ts'
import { chunks } from '../database/chunks.ts'
import { isKey } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import type { Transaction } from '../database/transaction.ts'
import type { CampaignIds } from '../tables/campaign-numbers.ts'
import { lockEffects } from './batch-effects.ts'
import { type BatchResult, isStored } from './batch-result.ts'
import { type Decided, decideBatch, distinctEvents, mayRepeat, resultOf } from './decide.ts'
import { outboxRows } from './enqueue.ts'
import { type Detail, hasUsableLink } from './event-row.ts'
import { eventRows, idsOf } from './event-rows.ts'
import { addRepeats, dayBegin, repeatsOf, rowsOfToday } from './repeats.ts'
import type { Trust } from './trust.ts'

export interface Batch {
  /** The events of each message. */
  readonly messages: readonly (readonly BounceEvent[])[]
  /** Campaign ids by fingerprint, of the events that belong to one. */
  readonly campaigns: ReadonlyMap<string, string>
  readonly detail: Detail
  readonly trust: Trust
  /** Put new events that concern a record into the outbox, for webhooks. */
  readonly outbox: boolean
  /** Ids of events whose COMMIT got no answer, by fingerprint: found again, they are ours and not duplicates. */
  readonly unanswered: BatchResult | null
}

/** Which campaign each event belongs to; one that is closed takes nothing in. Unknown ones are created, before the transaction, in small ones; a claim creates none. */
export async function campaignsOf(
  messages: readonly (readonly BounceEvent[])[],
  ids: CampaignIds,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const event of messages.flat()) {
    const ref = hasUsableLink(event) ? (event.link?.send.campaign ?? null) : null
    if (!ref || ('id' in ref && !isKey(ref.id))) continue
    const id = event.link?.proven ? await ids.idOf(ref) : await ids.find(ref)
    if (id !== null && !(await ids.isClosed(id))) found.set(event.fingerprint, id)
  }
  return found
}

/** Writes the events that are new and all they do; throws what the database throws, or CampaignGone. */
export async function writeBatch(store: Store, transaction: Transaction, batch: Batch): Promise<BatchResult> {
  const { messages, unanswered } = batch
  const distinct = distinctEvents(messages)
  const stored = await idsOf(store, transaction, [...distinct.keys()])
  if (unanswered && isStored(unanswered, stored)) return unanswered

  const fresh = [...distinct.values()].filter(event => !stored.has(event.fingerprint))
  if (fresh.length === 0) return resultOf(messages, { kept: [], standIns: new Map() }, stored, new Map())
  const { decided, ids } = await writeFresh(store, transaction, batch, fresh)
  return resultOf(messages, decided, stored, ids)
}

/** The events that were not there, and the ids they got. */
async function writeFresh(
  store: Store,
  transaction: Transaction,
  batch: Batch,
  fresh: readonly BounceEvent[],
): Promise<{ readonly decided: Decided; readonly ids: ReadonlyMap<string, number> }> {
  const acting = batch.detail === 'inert' ? [] : fresh
  const effects = await lockEffects(store, transaction, acting, batch)
  const { recordedAt } = effects
  const candidates = acting.filter(event => mayRepeat(event, effects.isFlagged(event)))
  const today = await rowsOfToday(store, transaction, candidates, dayBegin(recordedAt))
  const repeats = repeatsOf(today, recordedAt)
  const decided = decideBatch(fresh, effects, repeats, batch)

  await writeRows(store, transaction, [eventRows(decided.rows)])
  const ids = await idsOf(
    store,
    transaction,
    decided.kept.map(({ event }) => event.fingerprint),
  )
  const idOf = (fingerprint: string): number | null => ids.get(fingerprint) ?? null
  await effects.write(idOf)
  const repeated = repeats.counted(idOf).flatMap(({ id, count }) => (id === null ? [] : [{ id, count }]))
  for (const some of chunks(store, repeated)) await transaction.run(store.knex.raw(addRepeats(some)))
  if (batch.outbox) {
    const announced = decided.announced.flatMap(fingerprint => ids.get(fingerprint) ?? [])
    await writeRows(store, transaction, [outboxRows(announced, recordedAt)])
  }
  return { decided, ids }
}
