// Prunes now and then for as long as the server lives. Several servers on one database may do so side by side.

import { startLoop } from '../../system/loop.ts'
import type { Store } from '../database/open.ts'
import { type Pruned, prune, pruneTime, type Retention } from './retention.ts'

export interface PruneSchedule {
  /** Stops a run between two of its steps, and resolves once nothing of it is under way. */
  readonly close: () => Promise<void>
}

export interface PruneScheduleOptions {
  /** Called after each run that deleted something. */
  readonly onPruned: (pruned: Pruned) => void
  /** Called after a run that failed; the next one tries again. */
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
  /** From 0 to below 1: servers that start together must not prune together. */
  readonly random?: () => number
}

/** The first run comes within a tenth of the interval, so that a server that is restarted daily prunes too. */
export function schedulePruning(
  store: Store,
  retention: Retention,
  { onPruned, onError, everyMs = 3_600_000, random = Math.random }: PruneScheduleOptions,
): PruneSchedule {
  return startLoop({
    turn: async signal => {
      const { now } = await pruneTime(store)
      const pruned = await prune(store, retention, { now, signal })
      if (Object.values(pruned).some(count => count > 0)) onPruned(pruned)
    },
    firstMs: (everyMs / 10) * random(),
    waitMs: () => everyMs * (0.9 + 0.2 * random()),
    onError,
  })
}
