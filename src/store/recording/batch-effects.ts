// What the events of one batch do to records, campaigns and thresholds: read under lock, decided in memory, written at its end.

import { type CampaignCounts, type Effects, effectsOf } from '../../crm/effects.ts'
import { factsOf } from '../../crm/facts.ts'
import type { BounceEvent } from '../../model/event.ts'
import { databaseNow } from '../database/clock.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import { homeOf } from '../homes/home-of.ts'
import { addTo, insertDeltas, requireCampaigns } from './campaign-deltas.ts'
import { hasUsableLink, receivedAt } from './event-row.ts'
import { lockRecords, type RecordKey } from './locked-records.ts'
import { lockStandings, type StandingKey } from './locked-standings.ts'
import { readPromotions } from './promotions.ts'
import type { Trust } from './trust.ts'

export interface Decision {
  readonly effects: Effects
  /** The address of the record at that time. */
  readonly address: string | null
  /** Does anything change but a count of the record? */
  readonly moves: boolean
}

export interface BatchEffects {
  /** Epoch milliseconds: the time of all that is written. */
  readonly recordedAt: number
  /** What the event does, after those decided before it. Nothing changes until it is accepted. */
  readonly decide: (event: BounceEvent) => Decision
  readonly accept: (event: BounceEvent, decision: Decision) => void
  /** Was the record flagged before this batch began? */
  readonly isFlagged: (event: BounceEvent) => boolean
  /** @param idOf the rows' ids by fingerprint */
  readonly write: (idOf: (fingerprint: string) => number | null) => Promise<void>
}

/** @param campaigns campaign ids by fingerprint, of the events that belong to one */
export async function lockEffects(
  store: Store,
  transaction: Transaction,
  events: readonly BounceEvent[],
  settings: { readonly campaigns: ReadonlyMap<string, string>; readonly trust: Trust },
): Promise<BatchEffects> {
  const { campaigns, trust } = settings
  const standingKeyOf = (event: BounceEvent): StandingKey | null => {
    const key = recordKeyOf(store, event)
    const campaignId = campaigns.get(event.fingerprint)
    return key && campaignId !== undefined ? { ...key, campaignId } : null
  }
  const bounces = events.filter(event => event.kind === 'bounce')
  const records = await lockRecords(
    store,
    transaction,
    bounces.flatMap(event => recordKeyOf(store, event) ?? []),
  )
  const standings = await lockStandings(
    store,
    transaction,
    events.flatMap(event => standingKeyOf(event) ?? []),
  )
  await requireCampaigns(store, transaction, new Set(campaigns.values()))
  const promotions = await readPromotions(
    store,
    transaction,
    events.flatMap(event => {
      const key = recordKeyOf(store, event)
      return key ? [{ event, key }] : []
    }),
    { ...trust, resetAt: records.resetAt },
  )
  // Not before a reset of one of them: what is recorded since then counts, and may be taken back.
  const recordedAt = Math.max(await databaseNow(store, transaction), records.latestReset)
  const counts = new Map<string, CampaignCounts>()

  return {
    recordedAt,
    isFlagged: event => {
      const key = recordKeyOf(store, event)
      return key !== null && records.get(key, event.isSentTo)?.emailBounced === true
    },
    decide: event => {
      const key = recordKeyOf(store, event)
      const record = key ? records.get(key, event.isSentTo) : null
      const facts = factsOf(event, record, {
        at: receivedAt(event, recordedAt),
        trustClaimed: trust.trustClaimed,
      })
      if (!key) return { effects: withoutEffect(event), address: null, moves: false }
      const standingKey = standingKeyOf(event)
      const standing = standingKey ? (standings.get(standingKey) ?? 'new') : null
      const own = effectsOf(record, standing, facts)
      const effects = promotions.grown(event, key, record, own)
      const claimed = event.link?.send.addressCheck === null ? (record?.email ?? null) : null
      const after = effects.record
      const moves =
        effects.campaign !== null ||
        effects !== own ||
        (after !== null &&
          (!record ||
            after.emailBounced !== record.emailBounced ||
            after.email !== record.email ||
            after.bouncedAddress !== record.bouncedAddress))
      return { effects, address: effects.address ?? claimed, moves }
    },
    accept: (event, { effects }) => {
      const key = recordKeyOf(store, event)
      const standingKey = standingKeyOf(event)
      if (key && effects.record) records.set(key, effects.record, event.isSentTo)
      if (standingKey && effects.campaign) {
        standings.set(standingKey, effects.campaign.state, event.fingerprint)
        addTo(counts, standingKey.campaignId, effects.campaign.add)
      }
    },
    write: async idOf => {
      await records.write(recordedAt)
      await standings.write(idOf)
      await promotions.write(recordedAt, idOf)
      await insertDeltas(store, transaction, counts)
    },
  }
}

/** The record that an event acts on, if any. */
export function recordKeyOf(store: Store, event: BounceEvent): RecordKey | null {
  if (!event.link || !hasUsableLink(event) || homeOf(store, event.link.send.module) === null) return null
  return { module: event.link.send.module, recordId: event.link.send.recordId }
}

/** Of an event that acts on no record. */
export function withoutEffect(event: BounceEvent): Effects {
  const type = event.kind === 'bounce' ? (event.verdict?.type ?? null) : null
  return { type, effect: 'none', record: null, campaign: null, address: null, movedTo: null }
}
