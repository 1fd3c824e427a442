// Columns of the CRM that the mapping file names since the last start: filled once, beside everything else.

import type { Store } from '../store/database/open.ts'
import { copyKept } from '../store/homes/crm-copy.ts'
import type { Log } from '../system/log.ts'

/** Starts filling them; `close` stops between two steps. */
export function copyNewColumns(store: Store, log: Log): { readonly close: () => Promise<void> } {
  const stopping = new AbortController()
  const copying = copyKept(store, stopping.signal).catch((error: unknown) => {
    if (stopping.signal.aborted) return
    log.warn({ err: error }, 'newly mapped columns of the CRM could not be filled; the next start will retry')
  })
  return {
    close: async () => {
      stopping.abort()
      await copying
    },
  }
}
