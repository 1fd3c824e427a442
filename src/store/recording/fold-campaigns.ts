// Adds the deltas of campaigns up into `rebound_campaigns` and the CRM's mapped columns, beside the mail's way.

import { databaseNow } from '../database/clock.ts'
import { failureOf } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { writeCampaigns } from '../homes/crm-campaigns.ts'
import { ensureCampaign } from '../tables/campaign-numbers.ts'

const rowsAtOnce = 1_000
const campaignsAtOnce = 200

/** Folds every campaign that has deltas, one after another; one whose row is locked is passed over. True: some are left. */
export async function foldCampaigns(store: Store, onError: (error: unknown) => void): Promise<boolean> {
  const rows = (await store
    .knex('rebound_campaign_deltas')
    .distinct('campaign_id')
    .orderBy('campaign_id')
    .limit(campaignsAtOnce)) as readonly { campaign_id: string }[]
  let isLeft = rows.length === campaignsAtOnce
  for (const { campaign_id: id } of rows) {
    try {
      isLeft = (await foldCampaign(store, id, onError)) || isLeft
    } catch (error) {
      isLeft = true
      // Somebody works on the campaign's row: its counts wait, and nothing else does.
      if (failureOf(error) !== 'locked' && failureOf(error) !== 'conflict') throw error
    }
  }
  return isLeft
}

/** True: some deltas of the campaign are left. */
async function foldCampaign(store: Store, id: string, onError: (error: unknown) => void): Promise<boolean> {
  // Deleted by hand, with counts on their way: they make it anew.
  await ensureCampaign(store, id)
  return await inTransaction(store, transaction => foldInside(store, transaction, id, onError), {
    waitsForRows: false,
  })
}

interface DeltaRow {
  readonly id: number
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly blocked_bounces: number
  readonly complaints: number
}

const counted = ['hard_bounces', 'soft_bounces', 'blocked_bounces', 'complaints'] as const

async function foldInside(
  store: Store,
  transaction: Transaction,
  id: string,
  onError: (error: unknown) => void,
): Promise<boolean> {
  const { knex } = store
  // The campaign's row first: of two servers the second then finds the deltas gone.
  const campaign = knex('rebound_campaigns').select('id').where({ id })
  await transaction.run(store.dialect === 'mysql' ? campaign.forUpdate() : campaign)
  const rows = (await transaction.run(
    knex('rebound_campaign_deltas')
      .select('id', ...counted)
      .where({ campaign_id: id })
      .orderBy('id')
      .limit(rowsAtOnce),
  )) as readonly DeltaRow[]
  if (rows.length === 0) return false
  const sum = (column: (typeof counted)[number]): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0)
  await transaction.run(
    knex('rebound_campaigns')
      .where({ id })
      .update(Object.fromEntries(counted.map(column => [column, knex.raw('?? + ?', [column, sum(column)])]))),
  )
  await transaction.run(
    knex('rebound_campaign_deltas')
      .whereIn(
        'id',
        rows.map(row => Number(row.id)),
      )
      .del(),
  )
  await writeCampaigns(store, transaction, [id], await databaseNow(store, transaction), onError)
  return rows.length === rowsAtOnce
}
