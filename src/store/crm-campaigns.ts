// Keeps the mapped columns of the CRM's campaigns equal to Rebound's counts.

import type { ColumnRef } from '../crm/mapping.ts'
import { columnName, meeting } from './crm-reader.ts'
import { idValues, timeValue } from './crm-values.ts'
import type { Store } from './open.ts'
import { byText } from './rows.ts'
import type { Transaction } from './transaction.ts'

/**
 * Writes the counts of these campaigns, as `rebound_campaigns` has them by now. A campaign that the CRM does not have
 * is passed over. `at`: epoch milliseconds.
 */
export async function writeCampaigns(
  store: Store,
  transaction: Transaction,
  ids: readonly string[],
  at: number,
): Promise<void> {
  const campaigns = store.crm?.mapping.campaigns
  if (!store.crm || !campaigns) return
  const { knex } = store
  const columns: readonly (readonly [string, ColumnRef | null])[] = [
    ['hard_bounces', campaigns.hardBounces],
    ['soft_bounces', campaigns.softBounces],
    ['blocked_bounces', campaigns.blockedBounces],
    ['complaints', campaigns.complaints],
  ]
  for (const id of [...ids].sort(byText)) {
    const [value] = idValues(store.crm, campaigns.id, [id])
    if (value === undefined) continue
    const counts = Object.fromEntries(
      columns.flatMap(([count, ref]) =>
        ref ? [[ref.column, knex('rebound_campaigns').select(count).where({ id })]] : [],
      ),
    )
    const { updatedAt } = campaigns
    const query = knex(campaigns.id.table)
      .where(columnName(campaigns.id), value)
      .update({ ...counts, ...(updatedAt ? { [updatedAt.column]: timeValue(updatedAt, at) } : {}) })
    await transaction.run(meeting(query, campaigns.where))
  }
}
