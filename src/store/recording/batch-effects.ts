// What the events of one batch do to records, campaigns and thresholds: read under lock, decided in memory, written at its end.

import { type CampaignCounts, type Effects, effectiveKinds, effectsOf, heldBack } from '../../crm/effects.ts'
import { factsOf } from '../../crm/facts.ts'
import type { BounceEvent } from '../../model/event.ts'
import { databaseNow } from '../database/clock.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import type { Transaction } from '../database/transaction.ts'
import { hasHome } from '../homes/home-of.ts'
import { addTo, deltaRows, requireCampaigns } from './campaign-deltas.ts'
import { hasUsableLink, receivedAt } from './event-row.ts'
import { type LockedRecords, lockRecords, type RecordKey } from './locked-records.ts'
import { lockStandings } from './locked-standings.ts'
import { type Promotions, readPromotions } from './promotions.ts'
import type { StandingKey, Standings } from './standings.ts'
import type { Trust } from './trust.ts'

export interface EventDecision {
  readonly effects: Effects
  /** The address of the record at that time. */
  readonly address: string | null
  /** Does anything change but a count of the record? */
  readonly moves: boolean
}

/** What is known, and locked, of all that a batch touches. */
export interface Grounds {
  readonly records: Pick<LockedRecords, 'get' | 'set'>
  readonly standings: Pick<Standings, 'get' | 'set'>
  readonly promotions: Pick<Promotions, 'grown'>
  /** Epoch milliseconds: the time of all that is written. */
  readonly recordedAt: number
  /** Campaign ids by fingerprint, of the events that belong to one. */
  readonly campaigns: ReadonlyMap<string, string>
  readonly trust: Trust
  /** The record that an event acts on, if any. */
  readonly recordOf: (event: BounceEvent) => RecordKey | null
}

export interface BatchEffects {
  /** Epoch milliseconds: the time of all that is written. */
  readonly recordedAt: number
  /** What the event does, after those decided before it. Nothing changes until it is accepted. */
  readonly decide: (event: BounceEvent) => EventDecision
  readonly accept: (event: BounceEvent, decision: EventDecision) => void
  /** Was the record flagged before this batch began? */
  readonly isFlagged: (event: BounceEvent) => boolean
  /** What campaigns' counts grow by, by their ids. */
  readonly counts: ReadonlyMap<string, CampaignCounts>
}

/** Decides in memory; records and standings change with each event that is accepted. */
export function effectsOfBatch(grounds: Grounds): BatchEffects {
  const { records, standings, promotions, recordedAt, campaigns, trust, recordOf } = grounds
  const standingOf = (event: BounceEvent): StandingKey | null =>
    standingKeyOf(event, recordOf(event), campaigns)
  const counts = new Map<string, CampaignCounts>()

  return {
    recordedAt,
    counts,
    isFlagged: event => {
      const key = recordOf(event)
      return key !== null && records.get(key, event.isSentTo)?.emailBounced === true
    },
    decide: event => {
      const key = recordOf(event)
      if (!key) return { effects: withoutEffect(event), address: null, moves: false }
      const record = records.get(key, event.isSentTo)
      const facts = factsOf(event, record, {
        at: receivedAt(event, recordedAt),
        trustClaimed: trust.trustClaimed,
      })
      const standingKey = standingOf(event)
      const standing = standingKey ? (standings.get(standingKey) ?? 'new') : null
      const own = effectsOf(record, standing, facts)
      const incidentId = trust.heldBy?.(event, campaigns.get(event.fingerprint) ?? null) ?? null
      // A promotion that is held comes with the record's next soft bounce after the incident.
      const effects =
        incidentId === null ? promotions.grown(event, key, record, own) : heldBack(own, record, incidentId)
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
      const key = recordOf(event)
      const standingKey = standingOf(event)
      if (key && effects.record) records.set(key, effects.record, event.isSentTo)
      if (standingKey && effects.campaign) {
        standings.set(standingKey, effects.campaign.state, event.fingerprint)
        addTo(counts, standingKey.campaignId, effects.campaign.add)
      }
    },
  }
}

export interface LockedEffects extends BatchEffects {
  /** @param idOf the rows' ids by fingerprint */
  readonly write: (idOf: (fingerprint: string) => number | null) => Promise<void>
}

/** @param campaigns campaign ids by fingerprint, of the events that belong to one */
export async function lockEffects(
  store: Store,
  transaction: Transaction,
  events: readonly BounceEvent[],
  settings: { readonly campaigns: ReadonlyMap<string, string>; readonly trust: Trust },
): Promise<LockedEffects> {
  const { campaigns, trust } = settings
  const recordOf = (event: BounceEvent): RecordKey | null => recordKeyOf(store, event)
  const records = await lockRecords(
    store,
    transaction,
    events.flatMap(event => (effectiveKinds.includes(event.kind) ? (recordOf(event) ?? []) : [])),
  )
  const standings = await lockStandings(
    store,
    transaction,
    events.flatMap(event => standingKeyOf(event, recordOf(event), campaigns) ?? []),
  )
  await requireCampaigns(store, transaction, new Set(campaigns.values()))
  const promotions = await readPromotions(
    store,
    transaction,
    events.flatMap(event => {
      const key = recordOf(event)
      return key ? [{ event, key }] : []
    }),
    { ...trust, since: records.countsSince },
  )
  // Not before a reset or proof of life of one of them: what is recorded since then counts, and may be taken back.
  const recordedAt = Math.max(await databaseNow(store, transaction), records.latestReset)
  const effects = effectsOfBatch({ records, standings, promotions, recordedAt, campaigns, trust, recordOf })
  return {
    ...effects,
    write: async idOf => {
      await records.write(recordedAt)
      await writeRows(store, transaction, standings.changes(idOf))
      await writeRows(store, transaction, [promotions.audits(recordedAt, idOf)])
      await writeRows(store, transaction, [deltaRows(effects.counts)])
    },
  }
}

/** How the campaign of an event, if any, counts its record. */
export function standingKeyOf(
  event: BounceEvent,
  key: RecordKey | null,
  campaigns: ReadonlyMap<string, string>,
): StandingKey | null {
  const campaignId = campaigns.get(event.fingerprint)
  return key && campaignId !== undefined ? { ...key, campaignId } : null
}

/** The record that an event acts on, if any. */
export function recordKeyOf(store: Store, event: BounceEvent): RecordKey | null {
  if (!event.link || !hasUsableLink(event)) return null
  const { module, recordId } = event.link.send
  return hasHome(store, module) ? { module, recordId } : null
}

/** Of an event that acts on no record. */
export function withoutEffect(event: BounceEvent): Effects {
  const type = event.kind === 'bounce' ? (event.verdict?.type ?? null) : null
  return { type, effect: 'none', record: null, campaign: null, address: null, movedTo: null }
}
