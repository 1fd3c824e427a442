// One group of messages written in one transaction, tried again while trying again may help.

import type { BounceEvent, Recorded } from '../../model/event.ts'
import {
  codeOf,
  type Failure,
  failureOf,
  type Patience,
  pause,
  UnknownOutcome,
} from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { createCampaignIds } from '../tables/campaign-numbers.ts'
import { campaignsOf, writeBatch } from './batch.ts'
import type { BatchResult } from './batch-result.ts'
import { CampaignGone } from './campaign-deltas.ts'
import { createDoubtful } from './doubtful.ts'
import type { Detail } from './event-row.ts'
import { createFastPath, type FastPath } from './fast/fast-path.ts'
import { type Group, waited } from './group.ts'
import { noteStripped } from './stripped.ts'
import type { Trust } from './trust.ts'

export interface AttemptSettings extends Trust {
  readonly patience: Patience
  readonly outbox: boolean
  readonly fastPath: boolean
  /** Told of each committed batch, and of each failure. */
  readonly onCommit: (batch: { readonly events: number; readonly seconds: number }) => void
  readonly onFailure: (failure: Failure, error: unknown) => void
  readonly onWritten: (recorded: readonly Recorded[]) => void
  /** Told why the fast path left a group to the general one. */
  readonly onGaveUp: (error: unknown) => void
}

export interface Attempts {
  /** Writes a group; throws what the last try threw. `cause`: the error for which its text is left out. */
  readonly write: (group: Group, detail: Detail, cause?: unknown) => Promise<readonly (readonly Recorded[])[]>
  /** Writes it without its text and rolls back: null when the database takes it so, else the error. */
  readonly tryBare: (group: Group) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** Thrown to roll a trial back. */
class RolledBack extends Error {}

export function createAttempts(store: Store, settings: AttemptSettings): Attempts {
  const campaignIds = createCampaignIds(store)
  const fastPath = settings.fastPath ? createFastPath(store) : null
  const doubtful = createDoubtful()

  const once = async (
    group: Group,
    detail: Detail,
    finish: (transaction: Transaction, result: BatchResult) => Promise<void>,
  ): Promise<BatchResult> => {
    const messages = group.messages.map(message => message.events)
    let written: BatchResult | null = null
    try {
      const campaigns = await campaignsOf(messages, campaignIds)
      const { unanswered, waitsForRows } = group
      const { outbox } = settings
      const work = async (transaction: Transaction): Promise<BatchResult> => {
        const batch = { messages, campaigns, detail, trust: settings, outbox, unanswered }
        written = await writeBatch(store, transaction, batch)
        await finish(transaction, written)
        return written
      }
      return await inTransaction(store, work, { waitsForRows })
    } catch (error) {
      if (error instanceof UnknownOutcome) group.unanswered = written
      if (error instanceof CampaignGone) campaignIds.forget()
      throw error
    }
  }

  const onceInFull = (group: Group, detail: Detail, cause: unknown): Promise<BatchResult> =>
    once(group, detail, async (transaction, { inserted }) => {
      if (detail === 'full') return
      await noteStripped(store, transaction, [...inserted.values()], { detail, code: codeOf(cause) })
    })

  const onceFast = async (path: FastPath, group: Group): Promise<BatchResult> => {
    const messages = group.messages.map(message => message.events)
    let written: BatchResult | null = null
    try {
      const campaigns = await campaignsOf(messages, campaignIds)
      const batch = { messages, campaigns, trust: settings, outbox: settings.outbox }
      return await path.write(batch, result => {
        written = result
      })
    } catch (error) {
      if (error instanceof UnknownOutcome) group.unanswered = written
      throw error
    }
  }

  /** Resolves after a pause where another try may help, else throws the error. */
  const againOrThrow = async (group: Group, tries: Tries, error: unknown): Promise<void> => {
    const failure = failureOf(error)
    if (failure === 'locked') tries.locks++
    // A lock that is tried a hundred times is one failure; a moment's is none.
    if (failure !== tries.reported && (group.waitsForRows || failure !== 'locked'))
      settings.onFailure(failure, error)
    tries.reported = failure
    if (!isWorthAnother(failure, group, tries, settings.patience)) {
      doubtful.add(group.unanswered)
      throw error
    }
    await pause(tries.attempt, failure)
  }

  return {
    write: async (group, detail, cause) => {
      const tries: Tries = { started: performance.now(), attempt: 0, locks: 0, reported: null }
      for (; ; tries.attempt++) {
        const isFirst = tries.attempt === 0 && detail === 'full'
        const path = isFirst && fastPath?.takes(group) ? fastPath : null
        try {
          const committed = path ? await onceFast(path, group) : await onceInFull(group, detail, cause)
          const seconds = (performance.now() - tries.started) / 1000
          settings.onCommit({ events: committed.inserted.size, seconds })
          settings.onWritten(committed.recorded.flat())
          return doubtful.settle(committed.recorded)
        } catch (error) {
          if (path && isLeftToGeneral(error)) settings.onGaveUp(error)
          else await againOrThrow(group, tries, error)
        }
      }
    },
    tryBare: async group => {
      try {
        await once(group, 'bare', async () => {
          throw new RolledBack()
        })
      } catch (error) {
        return error instanceof RolledBack ? null : error
      }
      return null
    },
    close: async () => {
      await fastPath?.close()
    },
  }
}

interface Tries {
  readonly started: number
  attempt: number
  locks: number
  reported: Failure | null
}

/** Time that is gone, and an outcome that nobody knows, are what they are on either path. */
function isLeftToGeneral(error: unknown): boolean {
  const failure = failureOf(error)
  return failure !== 'slow' && failure !== 'lost'
}

function isWorthAnother(failure: Failure, group: Group, so: Tries, limits: Patience): boolean {
  if (failure === 'conflict') return waited(group) < limits.conflictMs
  if (failure === 'locked') return group.waitsForRows && so.locks < 2
  if (failure === 'lost') return performance.now() - so.started < limits.lostMs
  // Somebody else stored the same meanwhile: the next try sees it.
  return failure === 'duplicate' && so.attempt < 20
}

/** What a message is known by: its first event. */
export function fingerprintOfMessage(events: readonly BounceEvent[]): string {
  return events[0]?.fingerprint ?? ''
}
