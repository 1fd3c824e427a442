// One transaction for many messages: their events, the records and campaigns they touch, all or nothing.

import { type CampaignCounts, type Effects, effectsOf } from '../../crm/effects.ts'
import { factsOf } from '../../crm/facts.ts'
import type { BounceEvent, Recorded } from '../../model/event.ts'
import { databaseNow } from '../database/clock.ts'
import { isKey } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import { homeOf } from '../homes/home-of.ts'
import type { CampaignIds } from '../tables/campaign-numbers.ts'
import { addHits } from '../tables/rule-rows.ts'
import { type BatchResult, isStored } from './batch-result.ts'
import { addTo, addToCampaigns } from './campaign-counts.ts'
import { enqueue, isAnnounced } from './enqueue.ts'
import { type Detail, type EventValue, eventRow, hasUsableLink, receivedAt } from './event-row.ts'
import { idsOf, insertEvents } from './event-rows.ts'
import { lockRecords, type RecordKey } from './locked-records.ts'
import { lockStandings, type StandingKey } from './locked-standings.ts'
import { readPromotions } from './promotions.ts'
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
  /** Told when the CRM's own table does not take a campaign's counts. */
  readonly onRefused: (error: unknown) => void
  /** An earlier try of the same batch whose COMMIT got no answer. */
  readonly unanswered: BatchResult | null
}

/** Which campaign each event belongs to; unknown ones are created, before the transaction, in small ones. */
export async function campaignsOf(
  messages: readonly (readonly BounceEvent[])[],
  ids: CampaignIds,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const event of messages.flat()) {
    const ref = hasUsableLink(event) ? (event.link?.send.campaign ?? null) : null
    if (!ref || ('id' in ref && !isKey(ref.id))) continue
    found.set(event.fingerprint, await ids.idOf(ref))
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
  const news = new Map<string, Recorded>()
  if (fresh.length > 0) await writeFresh(store, transaction, batch, fresh, news)
  const inserted = new Map([...news].map(([fingerprint, { id }]) => [fingerprint, Number(id)]))

  // Of the same event twice in one batch, the first is the new one.
  const recorded = batch.messages.map(events =>
    events.map((event): Recorded => {
      const first = news.get(event.fingerprint)
      if (first) {
        news.delete(event.fingerprint)
        return first
      }
      const id = inserted.get(event.fingerprint) ?? stored.get(event.fingerprint)
      return { event, id: String(id), isNew: false, address: null, movedTo: null }
    }),
  )
  return { recorded, inserted }
}

async function writeFresh(
  store: Store,
  transaction: Transaction,
  batch: Batch,
  fresh: readonly BounceEvent[],
  news: Map<string, Recorded>,
): Promise<void> {
  const keyOf = (event: BounceEvent): RecordKey | null =>
    batch.detail === 'inert' ? null : recordKeyOf(store, event)
  const standingKeyOf = (event: BounceEvent): StandingKey | null => {
    const key = keyOf(event)
    const campaignId = batch.campaigns.get(event.fingerprint)
    return key && campaignId !== undefined ? { ...key, campaignId } : null
  }
  const records = await lockRecords(
    store,
    transaction,
    fresh.filter(event => event.kind === 'bounce').flatMap(event => keyOf(event) ?? []),
  )
  const standings = await lockStandings(
    store,
    transaction,
    fresh.flatMap(event => standingKeyOf(event) ?? []),
  )
  const promotions = await readPromotions(
    store,
    transaction,
    fresh.flatMap(event => {
      const key = keyOf(event)
      return key ? [{ event, key }] : []
    }),
    { ...batch.trust, resetAt: records.resetAt },
  )
  // Not before a reset of one of them: what is recorded since then counts, and may be taken back.
  const recordedAt = Math.max(await databaseNow(store, transaction), records.latestReset)
  const counts = new Map<string, CampaignCounts>()
  const rows: (readonly EventValue[])[] = []
  const decided: Effects[] = []
  for (const event of fresh) {
    const key = keyOf(event)
    const standingKey = standingKeyOf(event)
    const isOurs = event.isSentTo
    const record = key ? records.get(key, isOurs) : null
    const standing = standingKey ? (standings.get(standingKey) ?? 'new') : null
    const effects = key
      ? promotions.grown(
          event,
          key,
          record,
          effectsOf(
            record,
            standing,
            factsOf(event, record, {
              at: receivedAt(event, recordedAt),
              trustClaimed: batch.trust.trustClaimed,
            }),
          ),
        )
      : withoutEffect(event)
    if (key && effects.record) records.set(key, effects.record, isOurs)
    if (standingKey && effects.campaign) {
      standings.set(standingKey, effects.campaign.state, event.fingerprint)
      addTo(counts, standingKey.campaignId, effects.campaign.add)
    }
    const claimed = event.link?.send.addressCheck === null ? (record?.email ?? null) : null
    rows.push(
      eventRow(event, effects, {
        recordedAt,
        campaignId: batch.campaigns.get(event.fingerprint) ?? null,
        address: effects.address ?? claimed,
        detail: batch.detail,
      }),
    )
    decided.push(effects)
  }

  await insertEvents(store, transaction, rows)
  const ids = await idsOf(
    store,
    transaction,
    fresh.map(event => event.fingerprint),
  )
  for (const [at, event] of fresh.entries()) {
    const id = ids.get(event.fingerprint)
    const effects = decided[at]
    if (id === undefined || !effects) throw new Error('An event that was just inserted is not there')
    const { address, movedTo } = effects
    news.set(event.fingerprint, {
      event: asCounted(event, effects),
      id: String(id),
      isNew: true,
      address,
      movedTo,
    })
  }
  await records.write(recordedAt)
  await standings.write(fingerprint => ids.get(fingerprint) ?? null)
  await promotions.write(recordedAt, fingerprint => ids.get(fingerprint) ?? null)
  if (batch.outbox) {
    const announced = fresh.filter(isAnnounced).flatMap(event => ids.get(event.fingerprint) ?? [])
    await enqueue(store, transaction, announced, recordedAt)
  }
  await addToCampaigns(store, transaction, counts, recordedAt, batch.onRefused)
  await addHits(store, transaction, ruleHits(fresh), recordedAt)
}

/** How often each of the operators' rules decided. */
function ruleHits(events: readonly BounceEvent[]): ReadonlyMap<string, number> {
  const hits = new Map<string, number>()
  for (const { verdict } of events) {
    if (verdict?.because.rung !== 'override' && verdict?.because.rung !== 'fallback') continue
    hits.set(verdict.because.rule, (hits.get(verdict.because.rule) ?? 0) + 1)
  }
  return hits
}

/** The record that an event acts on, if any. */
function recordKeyOf(store: Store, event: BounceEvent): RecordKey | null {
  if (!event.link || !hasUsableLink(event) || homeOf(store, event.link.send.module) === null) return null
  return { module: event.link.send.module, recordId: event.link.send.recordId }
}

function withoutEffect(event: BounceEvent): Effects {
  const type = event.kind === 'bounce' ? (event.verdict?.type ?? null) : null
  return { type, effect: 'none', record: null, campaign: null, address: null, movedTo: null }
}

/** The event with the type at which it counts, so that metrics and log agree with the database. */
function asCounted(event: BounceEvent, effects: Effects): BounceEvent {
  if (!event.verdict || !effects.type || event.verdict.type === effects.type) return event
  return { ...event, verdict: { ...event.verdict, type: effects.type } }
}
