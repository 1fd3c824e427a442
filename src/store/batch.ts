// One transaction for many messages: their events, the records and campaigns they touch, all or nothing.

import { type Effects, effectsOf } from '../crm/effects.ts'
import type { BounceEvent, Recorded, SendRef } from '../model.ts'
import type { CampaignIds } from './campaign-numbers.ts'
import { databaseNow } from './clock.ts'
import { isKey } from './columns.ts'
import {
  type Detail,
  type EventValue,
  eventColumns,
  eventRow,
  hasUsableLink,
  receivedAt,
} from './event-row.ts'
import type { Store } from './open.ts'
import {
  chunks,
  holdRecords,
  holdStandings,
  type RecordKey,
  type StandingKey,
  tableOf,
} from './record-rows.ts'
import type { Transaction } from './transaction.ts'

export interface BatchSettings {
  /** Is this the address the mail was sent to? Only asked of links that carry a check. */
  readonly matches: (send: SendRef, address: string) => boolean
  /** REBOUND_TRUST_LEGACY=remove: claimed links act like proven ones. */
  readonly trustClaimed: boolean
}

/** What a transaction wrote: enough to know it again when its COMMIT got no answer. */
export interface Written {
  readonly recorded: readonly (readonly Recorded[])[]
  /** Fingerprint to id of the rows this transaction inserted. */
  readonly inserted: ReadonlyMap<string, number>
}

/** Campaign ids by fingerprint, for events that belong to one; made before the transaction, in small ones. */
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

/** A campaign vanished under us: its number must be given anew. */
export class CampaignGone extends Error {}

/** Writes the messages' events and all they do; `pending` is an earlier try of the same whose outcome is unknown. */
export async function writeBatch(
  store: Store,
  transaction: Transaction,
  messages: readonly (readonly BounceEvent[])[],
  campaigns: ReadonlyMap<string, string>,
  settings: BatchSettings,
  detail: Detail,
  pending: Written | null,
): Promise<Written> {
  const { knex } = store
  const distinct = new Map<string, BounceEvent>()
  for (const event of messages.flat())
    if (!distinct.has(event.fingerprint)) distinct.set(event.fingerprint, event)

  const stored = await idsOf(store, transaction, [...distinct.keys()])
  if (pending && [...pending.inserted].every(([fingerprint, id]) => stored.get(fingerprint) === id))
    return pending

  const fresh = [...distinct.values()].filter(event => !stored.has(event.fingerprint))
  const outcomes = new Map<string, Recorded>()
  const inserted = new Map<string, number>()
  if (fresh.length > 0) {
    const standingKeys: StandingKey[] = []
    const recordKeys: RecordKey[] = []
    for (const event of fresh) {
      const key = detail === 'inert' ? null : keyOf(event)
      if (!key) continue
      if (event.kind === 'bounce') recordKeys.push(key)
      const campaignId = campaigns.get(event.fingerprint)
      if (campaignId !== undefined) standingKeys.push({ ...key, campaignId })
    }
    const records = await holdRecords(store, transaction, recordKeys)
    const standings = await holdStandings(store, transaction, standingKeys)
    const counts = new Map<string, { hard: number; soft: number; blocked: number; complaints: number }>()

    // Not before a reset of one of them: what is recorded since then counts, and may be taken back.
    const recordedAt = Math.max(await databaseNow(store, transaction), records.latestReset)
    const rows: (readonly EventValue[])[] = []
    const decided: { readonly event: BounceEvent; readonly effects: Effects }[] = []
    for (const event of fresh) {
      const key = detail === 'inert' ? null : keyOf(event)
      const campaignId = campaigns.get(event.fingerprint) ?? null
      const standingKey = key && campaignId !== null ? { ...key, campaignId } : null
      const record = key ? records.get(key) : null
      const standing = standingKey ? (standings.get(standingKey) ?? 'new') : null
      const effects = key
        ? effectsOf(record, standing, factsOf(event, record?.email ?? null, recordedAt, settings))
        : nothing(event)
      if (key && effects.record) records.set(key, effects.record)
      if (standingKey && effects.campaign) {
        standings.set(standingKey, effects.campaign.state, event.fingerprint)
        const sum = counts.get(standingKey.campaignId) ?? { hard: 0, soft: 0, blocked: 0, complaints: 0 }
        sum.hard += effects.campaign.add.hard
        sum.soft += effects.campaign.add.soft
        sum.blocked += effects.campaign.add.blocked
        sum.complaints += effects.campaign.add.complaints
        counts.set(standingKey.campaignId, sum)
      }
      const claimed = event.link?.send.addressCheck === null ? (record?.email ?? null) : null
      rows.push(
        eventRow(event, effects, { recordedAt, campaignId, address: effects.address ?? claimed, detail }),
      )
      decided.push({ event, effects })
    }

    for (const some of chunks(rows)) {
      const places = `(${eventColumns.map(() => '?').join(', ')})`
      await transaction.run(
        knex.raw(
          `insert into rebound_bounces (${eventColumns.join(', ')}) values ${some.map(() => places).join(', ')}`,
          some.flat(),
        ),
      )
    }
    const ids = await idsOf(
      store,
      transaction,
      fresh.map(event => event.fingerprint),
    )
    for (const { event, effects } of decided) {
      const id = ids.get(event.fingerprint)
      if (id === undefined) throw new Error('An event that was just inserted is not there')
      inserted.set(event.fingerprint, id)
      outcomes.set(event.fingerprint, {
        event: asCounted(event, effects),
        id: String(id),
        isNew: true,
        address: effects.address,
        movedTo: effects.movedTo,
      })
    }
    await records.write()
    await standings.write(fingerprint => ids.get(fingerprint) ?? null)
    await addToCampaigns(store, transaction, counts)
  }

  const told = new Set<string>()
  const recorded = messages.map(events =>
    events.map((event): Recorded => {
      const outcome = outcomes.get(event.fingerprint)
      if (outcome && !told.has(event.fingerprint)) {
        told.add(event.fingerprint)
        return outcome
      }
      const id = outcome?.id ?? String(stored.get(event.fingerprint))
      return { event, id, isNew: false, address: null, movedTo: null }
    }),
  )
  return { recorded, inserted }
}

/** The record that an event acts on, if any. */
function keyOf(event: BounceEvent): RecordKey | null {
  if (!event.link || !hasUsableLink(event) || tableOf(event.link.send.module) === null) return null
  return { module: event.link.send.module, recordId: event.link.send.recordId }
}

function factsOf(event: BounceEvent, current: string | null, now: number, settings: BatchSettings) {
  const send = event.link?.send ?? null
  const { address, originalAddress } = event.recipient
  const checked = send !== null && send.addressCheck !== null
  const trusted = event.link?.proven === true || settings.trustClaimed
  const matches = (candidate: string | null): boolean =>
    checked && candidate !== null && settings.matches(send, candidate)
  const reported = matches(originalAddress) ? originalAddress : matches(address) ? address : null
  return {
    kind: event.kind,
    concern: event.concern,
    verdict: event.verdict,
    trusted,
    at: receivedAt(event, now),
    reported,
    reportedMatches: reported !== null,
    // Without a check only a trusted claim that names the very address says anything.
    currentMatches:
      current === null || checked
        ? matches(current)
        : trusted && [address, originalAddress].some(name => name !== null && sameAddress(name, current))
          ? true
          : null,
  }
}

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function nothing(event: BounceEvent): Effects {
  return {
    type: event.verdict?.type ?? null,
    effect: 'none',
    record: null,
    campaign: null,
    address: null,
    movedTo: null,
  }
}

/** The event with the type at which it counts, so that metrics and log agree with the database. */
function asCounted(event: BounceEvent, effects: Effects): BounceEvent {
  if (!event.verdict || !effects.type || event.verdict.type === effects.type) return event
  return { ...event, verdict: { ...event.verdict, type: effects.type } }
}

async function idsOf(
  store: Store,
  transaction: Transaction,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const some of chunks(fingerprints)) {
    const rows = await transaction.run(
      store.knex('rebound_bounces').select('id', 'fingerprint').whereIn('fingerprint', some),
    )
    for (const row of rows as readonly { id: number; fingerprint: string }[])
      found.set(row.fingerprint, row.id)
  }
  return found
}

/** Last before COMMIT, sorted: the row of a busy campaign is locked as briefly as can be. */
async function addToCampaigns(
  store: Store,
  transaction: Transaction,
  counts: ReadonlyMap<string, { hard: number; soft: number; blocked: number; complaints: number }>,
): Promise<void> {
  for (const [id, add] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const changed = await transaction.run(
      store
        .knex('rebound_campaigns')
        .where({ id })
        .update({
          hard_bounces: store.knex.raw('hard_bounces + ?', [add.hard]),
          soft_bounces: store.knex.raw('soft_bounces + ?', [add.soft]),
          blocked_bounces: store.knex.raw('blocked_bounces + ?', [add.blocked]),
          complaints: store.knex.raw('complaints + ?', [add.complaints]),
        }),
    )
    if (changed === 0) throw new CampaignGone(`Campaign ${id} was deleted`)
  }
}
