// Of which modules mail was stored lately: their tables work, and what is refused beside it is refused for itself.

import type { BounceEvent } from '../../model/event.ts'
import type { Group } from './group.ts'

export interface TakenLately {
  /** A group was committed. */
  readonly add: (group: Group) => void
  /** Was mail stored lately of a module that this group is about? */
  readonly has: (group: Group) => boolean
}

const recentMs = 3_600_000

export function createTakenLately(): TakenLately {
  /** By `performance.now()`. */
  const committedAt = new Map<string, number>()
  return {
    add: group => {
      const now = performance.now()
      for (const { events } of group.messages)
        for (const event of events) committedAt.set(moduleOf(event), now)
    },
    has: group =>
      group.messages
        .flatMap(message => message.events)
        .some(
          event =>
            performance.now() - (committedAt.get(moduleOf(event)) ?? Number.NEGATIVE_INFINITY) < recentMs,
        ),
  }
}

const moduleOf = (event: BounceEvent): string => event.link?.send.module ?? ''
