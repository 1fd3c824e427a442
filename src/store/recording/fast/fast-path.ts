// The fast path may only succeed: whatever is unusual is rolled back, and the general path takes the same group.

import type { BounceEvent } from '../../../model/event.ts'
import { failureOf, isContention } from '../../database/failures.ts'
import type { Store } from '../../database/open.ts'
import { recordKeyOf } from '../batch-effects.ts'
import type { BatchResult } from '../batch-result.ts'
import type { Group } from '../group.ts'
import type { RecordKey } from '../locked-records.ts'
import { writePackets } from './packets.ts'
import type { FastBatch } from './plan.ts'
import { writeOnSqlite } from './sqlite.ts'

export interface FastPath {
  /** Is this group one for it? */
  readonly takes: (group: Group) => boolean
  /**
   * Stores a batch or throws, and then nothing of it is stored; but UnknownOutcome means what it always means.
   * @param onWritten told what is written before COMMIT
   */
  readonly write: (
    batch: Omit<FastBatch, 'recordOf'>,
    onWritten: (result: BatchResult) => void,
  ) => Promise<BatchResult>
  readonly close: () => Promise<void>
}

/** One writes; one kills what was cut. */
const connections = 2
/** What fails for no reason of the moment would fail again, and costs twice: it rests. */
const restMs = 5_000
/** Of one group: more is divided soon. */
const mostEvents = 400

export function createFastPath(store: Store): FastPath {
  const packets = store.dialect === 'mysql' ? store.apart(connections, { packets: true }) : null
  let restsUntil = 0
  return {
    takes: group =>
      !store.crm &&
      group.isWhole &&
      group.unanswered === null &&
      performance.now() >= restsUntil &&
      group.messages.reduce((sum, { events }) => sum + events.length, 0) <= mostEvents,
    write: async (batch, onWritten) => {
      const recordOf = remembered(event => recordKeyOf(store, event))
      try {
        return packets
          ? await writePackets(packets, { ...batch, recordOf }, onWritten)
          : await writeOnSqlite(store, { ...batch, recordOf }, onWritten)
      } catch (error) {
        const failure = failureOf(error)
        if (!isContention(failure) && failure !== 'duplicate') restsUntil = performance.now() + restMs
        throw error
      }
    },
    close: async () => {
      await packets?.close()
    },
  }
}

/** Every step asks for it. */
function remembered(
  find: (event: BounceEvent) => RecordKey | null,
): (event: BounceEvent) => RecordKey | null {
  const found = new Map<BounceEvent, RecordKey | null>()
  return event => {
    const known = found.get(event)
    if (known !== undefined) return known
    const key = find(event)
    found.set(event, key)
    return key
  }
}
