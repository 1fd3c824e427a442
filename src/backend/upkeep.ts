// What works by itself beside mail: prunes, copies, counts, and takes in mail of earlier versions.

import type { Metrics } from '../metrics/metrics.ts'
import type { Config } from '../settings/config.ts'
import { schedulePruning } from '../store/upkeep/prune-schedule.ts'
import type { Log } from '../system/log.ts'
import { collectCounts } from './counts.ts'
import { countDays } from './days.ts'
import { copyNewColumns } from './new-columns.ts'
import type { Base } from './open.ts'
import { adoptMaildir, countRoleMail } from './postmaster.ts'

interface Closable {
  readonly close: () => Promise<void>
}

/** Starts all of it; each part works until it is closed. */
export function startUpkeep(base: Base, config: Config, metrics: Metrics, log: Log): readonly Closable[] {
  const pruning = schedulePruning(base.store, config, {
    onPruned: pruned =>
      log.info(
        { pruned },
        'deleted what is older than REBOUND_KEEP_DAYS, REBOUND_KEEP_NOISE_DAYS and return paths allow',
      ),
    onError: error => log.warn({ err: error }, 'old rows could not be deleted; will retry within the hour'),
  })
  return [
    copyNewColumns(base.store, log),
    collectCounts(base.store, metrics, log),
    adoptMaildir(base.store, config, log),
    countRoleMail(base.store, metrics, log),
    countDays(base.countDay, log),
    pruning,
  ]
}
