// Messages that share a transaction, and how they are divided when it cannot be had for all of them.

import type { BounceEvent, Recorded } from '../../model/event.ts'
import type { BatchResult } from './batch-result.ts'
import { partOf } from './batch-result.ts'
import { hasUsableLink } from './event-row.ts'

/** A message whose sender waits for the answer. */
export interface Waiting {
  readonly events: readonly BounceEvent[]
  readonly resolve: (recorded: readonly Recorded[]) => void
  readonly reject: (error: unknown) => void
}

export interface Group {
  readonly messages: readonly Waiting[]
  /** When it was taken on, by the clock of `performance.now()`. */
  readonly since: number
  /** Waits for rows that others hold; else it fails at the first that it cannot have at once. */
  readonly waitsForRows: boolean
  /** As it was taken from the queue: nothing is known against it. */
  readonly isWhole: boolean
  /** What an earlier try wrote whose COMMIT got no answer: found again, it is ours and not a duplicate. */
  unanswered: BatchResult | null
}

/** Milliseconds. */
export function waited(group: Group): number {
  return performance.now() - group.since
}

/** The next messages of the queue, with at most `maxEvents` events; a message is never divided. */
export function takeGroup(queue: Waiting[], maxEvents: number, waitsForRows: boolean): Group {
  let events = 0
  let messages = 0
  for (const message of queue) {
    events += message.events.length
    if (messages > 0 && events > maxEvents) break
    messages++
  }
  return {
    messages: queue.splice(0, messages),
    since: performance.now(),
    waitsForRows,
    isWhole: true,
    unanswered: null,
  }
}

/** Two groups that take their time anew, to find the message that no transaction takes. */
export function halves(group: Group): readonly Group[] {
  const all = [...group.messages.keys()]
  const half = all.length >> 1
  return [all.slice(0, half), all.slice(half)].map(places => ({
    ...part(group, places),
    since: performance.now(),
  }))
}

/** A group for each record, to find those that others hold; none of them waits for a row. */
export function byRecord(group: Group): readonly Group[] {
  const places = new Map<string, number[]>()
  for (const [place, { events }] of group.messages.entries()) {
    const records = events
      .filter(hasUsableLink)
      .map(({ link }) => `${link?.send.module}\0${link?.send.recordId}`)
    const key = [...new Set(records)].sort().join('\0\0')
    places.set(key, [...(places.get(key) ?? []), place])
  }
  return [...places.values()].map(some => ({ ...part(group, some), waitsForRows: false }))
}

function part(group: Group, places: readonly number[]): Group {
  const messages = places.flatMap(place => group.messages[place] ?? [])
  const events = messages.flatMap(message => message.events)
  return {
    ...group,
    messages,
    isWhole: false,
    unanswered: group.unanswered && partOf(group.unanswered, places, events),
  }
}
