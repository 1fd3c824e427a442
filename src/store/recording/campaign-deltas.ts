// What a batch adds to its campaigns' counts, as rows to insert: no row of a busy campaign stands between mail and 250.

import type { CampaignCounts } from '../../crm/effects.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { RowWrite } from '../database/row-write.ts'
import { byText } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'
import type { Transaction } from '../database/transaction.ts'

/** A campaign vanished under us: it must be made anew. */
export class CampaignGone extends Error {
  readonly code = 'REBOUND_CONFLICT'
}

/** Adds to one campaign's sum. */
export function addTo(counts: Map<string, CampaignCounts>, id: string, add: CampaignCounts): void {
  const sum = counts.get(id) ?? { hard: 0, soft: 0, blocked: 0, complaints: 0 }
  counts.set(id, {
    hard: sum.hard + add.hard,
    soft: sum.soft + add.soft,
    blocked: sum.blocked + add.blocked,
    complaints: sum.complaints + add.complaints,
  })
}

/** Are these campaigns there? Reads without a lock, so that nobody who holds one is waited for. Throws CampaignGone. */
export async function requireCampaigns(
  store: Store,
  transaction: Transaction,
  ids: ReadonlySet<string>,
): Promise<void> {
  for (const some of chunks(store, [...ids].sort(byText))) {
    const rows = await transaction.run(rowsOf(store, 'rebound_campaigns').select('id').whereIn('id', some))
    const found = new Set(rows.map(row => row.id))
    for (const id of some) if (!found.has(id)) throw new CampaignGone(`Campaign ${id} was deleted`)
  }
}

/** One row a campaign; `fold-campaigns.ts` adds them up, and until then whoever reads a campaign adds them. */
export function deltaRows(counts: ReadonlyMap<string, CampaignCounts>): RowWrite {
  return {
    table: 'rebound_campaign_deltas',
    columns: ['campaign_id', 'hard_bounces', 'soft_bounces', 'blocked_bounces', 'complaints'],
    rows: [...counts]
      .filter(([, add]) => Object.values(add).some(count => count !== 0))
      .sort(([a], [b]) => byText(a, b))
      .map(([id, { hard, soft, blocked, complaints }]) => [id, hard, soft, blocked, complaints]),
    key: null,
  }
}
