// This server's part in a cluster of databases: it tells how far the clock of its node is, as long as it runs.

import type { Store } from '../store/database/open.ts'
import { createNodeClock } from '../store/upkeep/node-clocks.ts'
import type { Log } from '../system/log.ts'
import { startLoop } from '../system/loop.ts'

export interface ClusterMember {
  readonly close: () => Promise<void>
}

/** A poller is so much later at most. */
const everyMs = 2_000

/** Resolves once it was told for the first time: no event of ours comes before. */
export async function joinCluster(store: Store, log: Pick<Log, 'warn'>): Promise<ClusterMember> {
  const clock = createNodeClock(store)
  const onError = (error: unknown): void =>
    log.warn({ err: error }, 'the clock of this node could not be told to pollers')
  const loop = startLoop({ turn: clock.tell, firstMs: 0, waitMs: () => everyMs, onError })
  await loop.now().catch(onError)
  return {
    close: async () => {
      await loop.close()
      // Others forget us within a minute.
      await clock.leave().catch(() => {})
    },
  }
}
