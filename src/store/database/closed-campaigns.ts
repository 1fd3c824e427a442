// Which campaigns are closed: they count nothing any more (upkeep/close-campaigns.ts).

import { persist } from './failures.ts'
import type { Store } from './open.ts'
import { rowsOf } from './tables.ts'

/** A server takes an open campaign for open this long before it asks again. */
export const closedKnownMs = 3_600_000

const remembered = 10_000

/** Says of a campaign whether it is closed. */
export function createClosedCampaigns(
  { knex }: Store,
  steady: () => number = () => performance.now(),
): (id: string) => Promise<boolean> {
  const known = new Map<string, { readonly isClosed: boolean; readonly since: number }>()
  return async id => {
    const found = known.get(id)
    if (found && steady() - found.since < closedKnownMs) return found.isClosed
    const since = steady()
    const rows = await persist(
      async () =>
        await rowsOf({ knex }, 'rebound_campaigns').where({ id }).whereNotNull('closed_at').select('id'),
    )
    if (known.size >= remembered) known.clear()
    known.set(id, { isClosed: rows.length > 0, since })
    return rows.length > 0
  }
}
