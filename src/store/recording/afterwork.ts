// What recording leaves to be done beside the mail's way: campaigns' counts folded, rules' hits added up.

import type { BounceEvent } from '../../model/event.ts'
import type { Store } from '../database/open.ts'
import { inTransaction } from '../database/transaction.ts'
import { addHits } from '../tables/rule-rows.ts'
import { foldCampaigns } from './fold-campaigns.ts'

export interface Afterwork {
  /** These events were committed just now. */
  readonly committed: (events: readonly BounceEvent[]) => void
  /** Does what is left, once, and resolves when nothing of it is under way. */
  readonly close: () => Promise<void>
}

export interface AfterworkOptions {
  /** The database, or the CRM's own table, did not take it; it is tried again. */
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** In ticks: other servers may have left something; and a database that refused gets a rest. */
const idleTicks = 60
const restTicks = 5

/** Begins within a second of the first commit. A crash loses a second's hits of rules, and no count of a campaign. */
export function scheduleAfterwork(store: Store, { onError, everyMs = 1_000 }: AfterworkOptions): Afterwork {
  let hits = new Map<string, number>()
  let running: Promise<void> | null = null
  let isDirty = true
  let ticks = 0

  const run = async (): Promise<void> => {
    const adding = hits
    hits = new Map()
    try {
      if (adding.size > 0)
        await inTransaction(store, transaction => addHits(store, transaction, adding, Date.now()), {
          waitsForRows: false,
        })
    } catch (error) {
      for (const [id, count] of adding) hits.set(id, (hits.get(id) ?? 0) + count)
      isDirty = true
      onError(error)
    }
    if (await foldCampaigns(store, onError)) isDirty = true
  }
  const tick = (): void => {
    ticks++
    if (running || ticks < 0 || (!isDirty && ticks < idleTicks)) return
    isDirty = false
    ticks = 0
    running = run()
      .catch(error => {
        isDirty = true
        ticks = -restTicks
        onError(error)
      })
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(tick, everyMs).unref()

  return {
    committed: events => {
      if (events.length > 0) isDirty = true
      for (const { verdict } of events) {
        const rung = verdict?.because.rung
        if (verdict && (rung === 'override' || rung === 'fallback'))
          hits.set(verdict.because.rule, (hits.get(verdict.because.rule) ?? 0) + 1)
      }
    },
    close: async () => {
      clearInterval(timer)
      await running
      await run().catch(onError)
    },
  }
}
