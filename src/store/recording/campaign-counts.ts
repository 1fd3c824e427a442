// What a batch adds to its campaigns' counts.

import type { CampaignCounts } from '../../crm/effects.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { writeCampaigns } from '../homes/crm-campaigns.ts'

/** A campaign vanished under us: its number must be given anew. */
export class CampaignGone extends Error {}

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

/** Last before COMMIT: the row of a busy campaign is locked as briefly as can be. `at`: epoch milliseconds; `onRefused`: as for `writeCampaigns`. Throws CampaignGone. */
export async function addToCampaigns(
  store: Store,
  transaction: Transaction,
  counts: ReadonlyMap<string, CampaignCounts>,
  at: number,
  onRefused: (error: unknown) => void,
): Promise<void> {
  const { knex } = store
  for (const [id, add] of [...counts].sort(([a], [b]) => byText(a, b))) {
    const changed = await transaction.run(
      knex('rebound_campaigns')
        .where({ id })
        .update({
          hard_bounces: knex.raw('hard_bounces + ?', [add.hard]),
          soft_bounces: knex.raw('soft_bounces + ?', [add.soft]),
          blocked_bounces: knex.raw('blocked_bounces + ?', [add.blocked]),
          complaints: knex.raw('complaints + ?', [add.complaints]),
        }),
    )
    if (changed === 0) throw new CampaignGone(`Campaign ${id} was deleted`)
  }
  await writeCampaigns(store, transaction, [...counts.keys()], at, onRefused)
}
