// The fast path's middle: what a group needs to be read, and what follows from it. Pure; `sqlite.ts` and `packets.ts` are its edges.

import { effectiveKinds } from '../../../crm/effects.ts'
import type { BounceEvent } from '../../../model/event.ts'
import type { RowWrite } from '../../database/row-write.ts'
import { byText, type RecordRow } from '../../database/rows.ts'
import { ownRows } from '../../homes/own-rows.ts'
import { type BatchEffects, effectsOfBatch, standingKeyOf } from '../batch-effects.ts'
import type { BatchResult } from '../batch-result.ts'
import { CampaignGone } from '../campaign-deltas.ts'
import { type Decided, decideBatch, distinctEvents, mayRepeat, resultOf } from '../decide.ts'
import { outboxRows } from '../enqueue.ts'
import { eventRows } from '../event-rows.ts'
import { idsByModule, joinRecords, type RecordKey } from '../locked-records.ts'
import type { PastRow } from '../pasts.ts'
import { type Promotions, promotionsOf, recordsWithPast } from '../promotions.ts'
import { dayBegin, type Repeated, repeatsOf, type TodayRow } from '../repeats.ts'
import { inLockOrder, type StandingKey, type StandingRow, type Standings, standingsOf } from '../standings.ts'
import type { Trust } from '../trust.ts'

export interface FastBatch {
  /** The events of each message. */
  readonly messages: readonly (readonly BounceEvent[])[]
  /** Campaign ids by fingerprint, of the events that belong to one. */
  readonly campaigns: ReadonlyMap<string, string>
  readonly trust: Trust
  /** Put new events that concern a record into the outbox, for webhooks. */
  readonly outbox: boolean
  /** The record that an event acts on, if any; of Rebound's own tables. */
  readonly recordOf: (event: BounceEvent) => RecordKey | null
}

/** What is to be read, in the order in which it is locked. */
export interface Plan {
  readonly batch: FastBatch
  readonly distinct: ReadonlyMap<string, BounceEvent>
  /** Ids of records by module. */
  readonly records: ReadonlyMap<string, readonly string[]>
  readonly standings: readonly StandingKey[]
  readonly campaigns: readonly string[]
  /** Ids of records whose past is asked for, by module. */
  readonly pasts: ReadonlyMap<string, readonly string[]>
}

export interface Read {
  /** Ids of events by their fingerprints. */
  readonly stored: ReadonlyMap<string, number>
  /** By module. */
  readonly records: ReadonlyMap<string, readonly RecordRow[]>
  readonly standings: readonly StandingRow[]
  readonly campaigns: readonly string[]
  /** By module. */
  readonly pasts: ReadonlyMap<string, readonly PastRow[]>
  /** The database's clock, epoch milliseconds. */
  readonly now: number
}

/** What is known once everything is read but the day's rows of some records. */
export interface Ground {
  readonly plan: Plan
  readonly read: Read
  readonly fresh: readonly BounceEvent[]
  readonly effects: BatchEffects
  /** Since when, epoch milliseconds, and of which records by module, rows are to be read. */
  readonly today: { readonly since: number; readonly records: ReadonlyMap<string, readonly string[]> }
  readonly changes: {
    readonly records: () => readonly RowWrite[]
    readonly standings: Standings['changes']
    readonly audits: Promotions['audits']
  }
}

/** @typeParam Id an event's id, or what stands for it until it is known */
export interface Writes<Id> {
  readonly rows: readonly RowWrite<Id | string | number | null>[]
  readonly repeated: readonly Repeated<Id | number>[]
}

export interface Outcome {
  readonly events: RowWrite
  /** Of the events to insert, in the order of their rows. */
  readonly fingerprints: readonly string[]
  /** What campaigns' counts grow by, by their ids. */
  readonly counts: BatchEffects['counts']
  /** What is written after the events. */
  readonly writes: <Id>(idOf: (fingerprint: string) => Id) => Writes<Id>
  /** @param ids of the inserted events by their fingerprints */
  readonly result: (ids: ReadonlyMap<string, number>) => BatchResult
}

export function planOf(batch: FastBatch): Plan {
  const distinct = distinctEvents(batch.messages)
  const events = [...distinct.values()]
  return {
    batch,
    distinct,
    records: recordsOf(events, batch),
    standings: inLockOrder(
      events.flatMap(event => standingKeyOf(event, batch.recordOf(event), batch.campaigns) ?? []),
    ),
    campaigns: [...new Set(batch.campaigns.values())].sort(byText),
    pasts: recordsWithPast(
      events.flatMap(event => {
        const key = batch.recordOf(event)
        return key ? [{ event, key }] : []
      }),
      batch.trust,
    ),
  }
}

/** Throws CampaignGone when one of the campaigns is not there. */
export function groundOf(plan: Plan, read: Read): Ground {
  const { batch, distinct } = plan
  const { trust, campaigns, recordOf } = batch
  const there = new Set(read.campaigns)
  for (const id of plan.campaigns) if (!there.has(id)) throw new CampaignGone(`Campaign ${id} was deleted`)
  const fresh = [...distinct.values()].filter(event => !read.stored.has(event.fingerprint))
  const rows = new Map(
    [...recordsOf(fresh, batch)].map(([module, ids]) => [
      module,
      ownRows(`rebound_${module}`, ids, read.records.get(module) ?? []),
    ]),
  )
  const records = joinRecords(rows)
  const standings = standingsOf(plan.standings, read.standings)
  const recordedAt = Math.max(read.now, records.latestReset)
  const promotions = promotionsOf(read.pasts, { ...trust, since: records.countsSince })
  const effects = effectsOfBatch({ records, standings, promotions, recordedAt, campaigns, trust, recordOf })
  const candidates = fresh.filter(event => mayRepeat(event, effects.isFlagged(event)))
  return {
    plan,
    read,
    fresh,
    effects,
    today: {
      since: dayBegin(recordedAt),
      records: idsByModule(candidates.flatMap(event => recordOf(event) ?? [])),
    },
    changes: {
      records: () => [...rows.values()].flatMap(each => each.changes()),
      standings: standings.changes,
      audits: promotions.audits,
    },
  }
}

export function outcomeOf(ground: Ground, today: readonly TodayRow[]): Outcome {
  const { plan, read, fresh, effects, changes } = ground
  const { messages, campaigns, outbox } = plan.batch
  const { recordedAt } = effects
  const repeats = repeatsOf(today, recordedAt)
  const decided: Decided = decideBatch(fresh, effects, repeats, { detail: 'full', campaigns })
  return {
    events: eventRows(decided.rows),
    fingerprints: decided.kept.map(({ event }) => event.fingerprint),
    counts: effects.counts,
    writes: idOf => ({
      rows: [
        ...changes.records(),
        ...changes.standings(idOf),
        changes.audits(recordedAt, idOf),
        outboxRows(outbox ? decided.announced.map(idOf) : [], recordedAt),
      ].filter(({ rows }) => rows.length > 0),
      repeated: repeats.counted(idOf),
    }),
    result: ids => resultOf(messages, decided, read.stored, ids),
  }
}

function recordsOf(events: readonly BounceEvent[], { recordOf }: FastBatch) {
  return idsByModule(
    events.flatMap(event => (effectiveKinds.includes(event.kind) ? (recordOf(event) ?? []) : [])),
  )
}
