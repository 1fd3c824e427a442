// Events whose sender was refused although they may be stored, since the COMMIT got no answer.

import type { Recorded } from '../../model/event.ts'
import type { BatchResult } from './batch-result.ts'

type RecordedMessages = BatchResult['recorded']

export interface Doubtful {
  /** What an attempt wrote whose outcome nobody knows; null: there was none. */
  readonly add: (unanswered: BatchResult | null) => void
  /** Found stored when they come again, they are new and not duplicates. */
  readonly settle: (recorded: RecordedMessages) => RecordedMessages
}

/** More than wait at once. */
const mostEvents = 20_000

export function createDoubtful(): Doubtful {
  const byFingerprint = new Map<string, Recorded>()

  const settleOne = (each: Recorded): Recorded => {
    const { fingerprint } = each.event
    const before = byFingerprint.get(fingerprint)
    byFingerprint.delete(fingerprint)
    return !each.isNew && before?.id === each.id ? before : each
  }

  return {
    add: unanswered => {
      if (byFingerprint.size > mostEvents) byFingerprint.clear()
      for (const recorded of unanswered?.recorded.flat() ?? [])
        if (recorded.isNew) byFingerprint.set(recorded.event.fingerprint, recorded)
    },
    settle: recorded => (byFingerprint.size === 0 ? recorded : recorded.map(events => events.map(settleOne))),
  }
}
