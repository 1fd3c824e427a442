// What the log tells of a message that was taken: its events, without an address.

import type { Recorded } from '../model/event.ts'

/** Longer lists are cut: a stranger decides how many recipients a report has, and a line must not grow with them. */
const maxEvents = 20

export interface EventsLogged {
  readonly events: readonly object[]
  /** Events left out of the list. */
  readonly more?: number
}

export function eventsLogged(recorded: readonly Recorded[]): EventsLogged {
  const events = recorded.slice(0, maxEvents).map(({ id, isNew, event: { kind, link, verdict } }) => ({
    id,
    isNew,
    kind,
    module: link?.send.module,
    record: link?.send.recordId,
    type: verdict?.type,
    category: verdict?.category,
    because: verdict?.because.rule,
  }))
  return recorded.length > maxEvents ? { events, more: recorded.length - maxEvents } : { events }
}
