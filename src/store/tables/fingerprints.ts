// Which events are stored already: what a trial run asks, since it records nothing.

import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

/** Those of these fingerprints that are stored. */
export async function storedFingerprints(
  store: Store,
  fingerprints: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const some of chunks(store, fingerprints)) {
    const rows: readonly { readonly fingerprint: string }[] = await rowsOf(store, 'rebound_bounces')
      .select('fingerprint')
      .whereIn('fingerprint', some)
    for (const row of rows) found.add(row.fingerprint)
  }
  return found
}
