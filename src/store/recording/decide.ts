// What a batch stores and answers: each new event decided upon in its order. Pure, so that every path of recording shares it.

import type { BounceEvent, Recorded } from '../../model/event.ts'
import { type BatchEffects, type EventDecision, withoutEffect } from './batch-effects.ts'
import type { BatchResult } from './batch-result.ts'
import { isAnnounced } from './enqueue.ts'
import { type Detail, type EventValue, eventRow } from './event-row.ts'
import type { Repeats } from './repeats.ts'

export interface Decided {
  /** The events to insert, with their rows, in their order. */
  readonly kept: readonly { readonly event: BounceEvent; readonly decision: EventDecision }[]
  readonly rows: readonly (readonly EventValue[])[]
  /** The fingerprints of those that go into the outbox. */
  readonly announced: readonly string[]
  /** Of what is not inserted: the row that stands for it, by its id or its fingerprint. */
  readonly standIns: ReadonlyMap<string, number | string>
}

/** The distinct events of some messages, each the first of its fingerprint. */
export function distinctEvents(
  messages: readonly (readonly BounceEvent[])[],
): ReadonlyMap<string, BounceEvent> {
  const distinct = new Map<string, BounceEvent>()
  for (const events of messages)
    for (const event of events) if (!distinct.has(event.fingerprint)) distinct.set(event.fingerprint, event)
  return distinct
}

/** May the event turn out to change nothing? The first bounce of a record moves its flag: nothing need be read for it. */
export const mayRepeat = (event: BounceEvent, isFlagged: boolean): boolean =>
  event.concern !== 'other' && (event.kind !== 'bounce' || isFlagged)

/** @param fresh events that are not stored yet, each once */
export function decideBatch(
  fresh: readonly BounceEvent[],
  effects: BatchEffects,
  repeats: Repeats,
  { detail, campaigns }: { readonly detail: Detail; readonly campaigns: ReadonlyMap<string, string> },
): Decided {
  const isInert = detail === 'inert'
  const kept: { readonly event: BounceEvent; readonly decision: EventDecision }[] = []
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
  const { recordedAt } = effects
  return {
    kept,
    rows: kept.map(({ event, decision }) =>
      eventRow(event, decision.effects, {
        recordedAt,
        campaignId: campaigns.get(event.fingerprint) ?? null,
        address: decision.address,
        detail,
      }),
    ),
    announced: kept.flatMap(({ event }) => (isAnnounced(event) ? [event.fingerprint] : [])),
    standIns,
  }
}

/**
 * What each message is answered.
 * @param stored ids of the events that were there, by fingerprint
 * @param ids those of what was inserted
 */
export function resultOf(
  messages: readonly (readonly BounceEvent[])[],
  { kept, standIns }: Pick<Decided, 'kept' | 'standIns'>,
  stored: ReadonlyMap<string, number>,
  ids: ReadonlyMap<string, number>,
): BatchResult {
  const inserted = new Map<string, number>()
  const news = new Map<string, Recorded>()
  for (const { event, decision } of kept) {
    const id = ids.get(event.fingerprint)
    if (id === undefined) throw new Error('An event that was just inserted is not there')
    inserted.set(event.fingerprint, id)
    news.set(event.fingerprint, newlyRecorded(event, id, decision))
  }
  const standInOf = (fingerprint: string): number | undefined => {
    const ref = standIns.get(fingerprint)
    return typeof ref === 'string' ? ids.get(ref) : ref
  }
  // Of the same event twice in one batch, the first is the new one.
  const recorded = messages.map(events =>
    events.map((event): Recorded => {
      const { fingerprint } = event
      const first = news.get(fingerprint)
      if (first) {
        news.delete(fingerprint)
        return first
      }
      const id = inserted.get(fingerprint) ?? standInOf(fingerprint) ?? stored.get(fingerprint)
      return { event, id: String(id), isNew: false, address: null, movedTo: null, effect: 'none' }
    }),
  )
  return { recorded, inserted }
}

/** With the type at which it counts, so that metrics and log agree with the database. */
function newlyRecorded(event: BounceEvent, id: number, { effects }: EventDecision): Recorded {
  const { address, movedTo, type, effect } = effects
  const { verdict } = event
  const isSame = !verdict || !type || verdict.type === type
  return {
    event: isSame ? event : { ...event, verdict: { ...verdict, type } },
    id: String(id),
    isNew: true,
    address,
    movedTo,
    effect,
  }
}
