// Keeps the mapped columns of the CRM's campaigns equal to Rebound's counts.

import type { ColumnRef } from '../../crm/mapping.ts'
import { failureOf } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'
import type { Transaction } from '../database/transaction.ts'
import { columnName, meeting } from './crm-reader.ts'
import { idValues, plain, timeValue } from './crm-values.ts'

/**
 * Writes the counts of these campaigns, as `rebound_campaigns` has them by now. A campaign that the CRM does not have
 * is passed over. `at`: epoch milliseconds. `onRefused` is told where the CRM's table does not take them.
 */
export async function writeCampaigns(
  store: Store,
  transaction: Transaction,
  ids: readonly string[],
  at: number,
  onRefused: (error: unknown) => void = () => {},
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
        ref ? [[ref.column, rowsOf({ knex }, 'rebound_campaigns').select(count).where({ id })]] : [],
      ),
    )
    const { updatedAt } = campaigns
    const found = () =>
      meeting(knex(campaigns.id.table).where(columnName(campaigns.id), value), campaigns.where)
    // Only as it stands: `News` and `news` may be the same to the database.
    const rows = await transaction.run(found().select({ id: columnName(campaigns.id) }))
    if (!(rows as readonly { id: unknown }[]).some(row => plain(row.id) === id)) continue
    const update = found().update({
      ...counts,
      ...(updatedAt ? { [updatedAt.column]: timeValue(updatedAt, at) } : {}),
    })
    try {
      await transaction.run(update)
    } catch (error) {
      // Both databases undo the statement alone: what the CRM does not take costs no event its effect.
      if (['conflict', 'locked', 'lost', 'slow'].includes(failureOf(error))) throw error
      onRefused(error)
    }
  }
}
