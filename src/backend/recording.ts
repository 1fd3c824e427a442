// The recorder on connections of its own, with what metrics, log, webhooks and readiness hear of it.

import type { ThresholdsInForce } from '../crm/thresholds.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { createRecorder, type Recorder } from '../store/recording/recorder.ts'
import type { Log } from '../system/log.ts'
import type { Announcer } from './announcer.ts'
import type { Brake } from './brake.ts'
import type { DatabaseHealth } from './health.ts'

export interface RecordingParts {
  readonly store: Store
  readonly thresholds: ThresholdsInForce
  readonly announcer: Announcer | null
  readonly health: DatabaseHealth
  readonly metrics: Metrics
  readonly log: Log
  readonly brake: Pick<Brake, 'heldBy'> | null
  readonly onObserverError: (error: unknown) => void
}

/** One writes, one folds campaigns, one kills what was cut. */
const connections = 3

export function openRecorder(
  config: Config,
  { store, thresholds, brake, announcer, health, metrics, log, onObserverError }: RecordingParts,
): Recorder {
  // Slow lists of HTTP may take every connection they can get: mail does not wait for one of theirs.
  const own = store.apart(connections)
  const recorder = createRecorder(own, {
    outbox: announcer !== null,
    ...(brake === null ? {} : { heldBy: brake.heldBy }),
    trustClaimed: config.trustLegacy === 'remove',
    thresholds,
    onCommit: batch => {
      metrics.committed(batch)
      health.committed()
      if (batch.events > 0) announcer?.wake()
    },
    onFailure: (failure, error) => {
      metrics.databaseError(failure)
      // Two writers at one row are every day's business: the batch is tried again.
      const level = failure === 'conflict' || failure === 'duplicate' ? 'debug' : 'warn'
      log[level]({ failure, err: error }, 'the database did not take a batch')
    },
    onRefusal: health.refused,
    onStripped: ({ detail, ids, error }) => {
      metrics.stripped(detail)
      log.error(
        { detail, events: ids, err: error },
        'stored a message without its text (rebound bounces list --stripped)',
      )
    },
    onGaveUp: error => log.debug({ err: error }, 'a batch is stored the general way'),
    onAfterworkError: error =>
      log.warn({ err: error }, 'counts of campaigns could not be added up; they are tried again'),
    onObserverError,
  })
  return {
    record: recorder.record,
    waiting: recorder.waiting,
    close: async () => {
      await recorder.close()
      await own.close()
    },
  }
}
