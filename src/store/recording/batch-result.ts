// What a transaction wrote: enough to know it again when its COMMIT got no answer.

import type { BounceEvent, Recorded } from '../../model/event.ts'

export interface BatchResult {
  /** For each message, its events in the order given. */
  readonly recorded: readonly (readonly Recorded[])[]
  /** Fingerprint to id of the rows this transaction inserted. */
  readonly inserted: ReadonlyMap<string, number>
}

/** The same for some of its messages, by their places, with these events. */
export function partOf(
  written: BatchResult,
  places: readonly number[],
  events: readonly BounceEvent[],
): BatchResult {
  const fingerprints = new Set(events.map(event => event.fingerprint))
  return {
    recorded: places.map(place => written.recorded[place] ?? []),
    inserted: new Map([...written.inserted].filter(([fingerprint]) => fingerprints.has(fingerprint))),
  }
}

/** Are the rows it inserted all there, with the ids it gave them? */
export function isStored(written: BatchResult, stored: ReadonlyMap<string, number>): boolean {
  return [...written.inserted].every(([fingerprint, id]) => stored.get(fingerprint) === id)
}
