// One transaction for many messages: their events, the records and campaigns they touch, all or nothing.

import type { BounceEvent, Recorded } from '../../model/event.ts'
import { isKey } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import type { CampaignIds } from '../tables/campaign-numbers.ts'
import { type Decision, lockEffects, withoutEffect } from './batch-effects.ts'
import { type BatchResult, isStored } from './batch-result.ts'
import { enqueue, isAnnounced } from './enqueue.ts'
import { type Detail, eventRow, hasUsableLink } from './event-row.ts'
import { idsOf, insertEvents } from './event-rows.ts'
import { readRepeats } from './repeats.ts'
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

/** Which campaign each event belongs to. Unknown ones are created, before the transaction, in small ones; a claim creates none. */
export async function campaignsOf(
  messages: readonly (readonly BounceEvent[])[],
  ids: CampaignIds,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const event of messages.flat()) {
    const ref = hasUsableLink(event) ? (event.link?.send.campaign ?? null) : null
    if (!ref || ('id' in ref && !isKey(ref.id))) continue
    const id = event.link?.proven ? await ids.idOf(ref) : await ids.find(ref)
    if (id !== null) found.set(event.fingerprint, id)
  }
  return found
}

/** Writes the events that are new and all they do; throws what the database throws, or CampaignGone. */
export async function writeBatch(store: Store, transaction: Transaction, batch: Batch): Promise<BatchResult> {
  const distinct = new Map<string, BounceEvent>()
  for (const event of batch.messages.flat())
    if (!distinct.has(event.fingerprint)) distinct.set(event.fingerprint, event)

  const stored = await idsOf(store, transaction, [...distinct.keys()])
  const { unanswered } = batch
  if (unanswered && isStored(unanswered, stored)) return unanswered

  const fresh = [...distinct.values()].filter(event => !stored.has(event.fingerprint))
  const nothing: Fresh = { news: new Map(), folded: new Map() }
  const { news, folded } = fresh.length > 0 ? await writeFresh(store, transaction, batch, fresh) : nothing
  const inserted = new Map([...news].map(([fingerprint, { id }]) => [fingerprint, Number(id)]))

  // Of the same event twice in one batch, the first is the new one.
  const recorded = batch.messages.map(events =>
    events.map((event): Recorded => {
      const first = news.get(event.fingerprint)
      if (first) {
        news.delete(event.fingerprint)
        return first
      }
      const { fingerprint } = event
      const id = inserted.get(fingerprint) ?? folded.get(fingerprint) ?? stored.get(fingerprint)
      return { event, id: String(id), isNew: false, address: null, movedTo: null }
    }),
  )
  return { recorded, inserted }
}

interface Fresh {
  /** What was inserted, with what it did, by fingerprint. */
  readonly news: Map<string, Recorded>
  /** The rows that stand for what was not, by fingerprint. */
  readonly folded: ReadonlyMap<string, number>
}

/** The events that were not there. */
async function writeFresh(
  store: Store,
  transaction: Transaction,
  batch: Batch,
  fresh: readonly BounceEvent[],
): Promise<Fresh> {
  const isInert = batch.detail === 'inert'
  const effects = await lockEffects(store, transaction, isInert ? [] : fresh, batch)
  const { recordedAt } = effects
  // The first bounce of a record moves its flag: nothing needs to be read for it.
  const mayRepeat = (event: BounceEvent): boolean =>
    event.concern !== 'other' && (event.kind !== 'bounce' || effects.isFlagged(event))
  const repeats = await readRepeats(store, transaction, isInert ? [] : fresh.filter(mayRepeat), recordedAt)
  const kept: { readonly event: BounceEvent; readonly decision: Decision }[] = []
  const standIns = new Map<string, number | string>()
  for (const event of fresh) {
    const decision = isInert
      ? { effects: withoutEffect(event), address: null, moves: false }
      : effects.decide(event)
    const standIn = isInert || event.concern === 'other' ? null : repeats.find(event, decision)
    if (standIn !== null) {
      repeats.count(standIn)
      standIns.set(event.fingerprint, standIn)
      continue
    }
    if (!isInert) effects.accept(event, decision)
    if (event.concern !== 'other') repeats.stored(event, decision)
    kept.push({ event, decision })
  }
  const rows = kept.map(({ event, decision }) =>
    eventRow(event, decision.effects, {
      recordedAt,
      campaignId: batch.campaigns.get(event.fingerprint) ?? null,
      address: decision.address,
      detail: batch.detail,
    }),
  )
  await insertEvents(store, transaction, rows)
  const ids = await idsOf(
    store,
    transaction,
    kept.map(({ event }) => event.fingerprint),
  )
  const idOf = (fingerprint: string): number | null => ids.get(fingerprint) ?? null
  await effects.write(idOf)
  await repeats.write(idOf)
  if (batch.outbox) {
    const announced = kept.filter(({ event }) => isAnnounced(event))
    const eventIds = announced.flatMap(({ event }) => ids.get(event.fingerprint) ?? [])
    await enqueue(store, transaction, eventIds, recordedAt)
  }
  const news = kept.map(({ event, decision }): [string, Recorded] => {
    const id = ids.get(event.fingerprint)
    if (id === undefined) throw new Error('An event that was just inserted is not there')
    return [event.fingerprint, newlyRecorded(event, id, decision)]
  })
  const folded = [...standIns].map(([fingerprint, ref]): [string, number] => [
    fingerprint,
    typeof ref === 'number' ? ref : Number(ids.get(ref)),
  ])
  return { news: new Map(news), folded: new Map(folded) }
}

/** With the type at which it counts, so that metrics and log agree with the database. */
function newlyRecorded(event: BounceEvent, id: number, { effects }: Decision): Recorded {
  const { address, movedTo, type } = effects
  const { verdict } = event
  const isSame = !verdict || !type || verdict.type === type
  return {
    event: isSame ? event : { ...event, verdict: { ...verdict, type } },
    id: String(id),
    isNew: true,
    address,
    movedTo,
  }
}
