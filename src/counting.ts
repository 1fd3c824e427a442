// What the server counts: its metrics, with the words of their labels from the rooms that own them.

import { areas } from './http/areas.ts'
import { providerOfDomain, providers } from './knowledge/providers.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { Vocabulary } from './metrics/table.ts'
import { deferrals, rejections } from './smtp/replies.ts'
import { failures } from './store/database/failures.ts'
import { version } from './system/version.ts'

/** The words that labels of metrics may have, beside those of `model`. */
export const vocabulary: Vocabulary = {
  providers: providers.map(provider => provider.name),
  rejections: Object.keys(rejections),
  deferrals: Object.keys(deferrals),
  databaseErrors: failures,
  areas,
}

/** `onError` is told what could not be counted. */
export function metricsOf(onError: (error: unknown) => void): Metrics {
  return createMetrics({
    version,
    vocabulary,
    providerOf: address => providerOfDomain(address.slice(address.lastIndexOf('@') + 1)),
    onError,
  })
}
