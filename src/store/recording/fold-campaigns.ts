// Adds the deltas of campaigns up into `rebound_campaigns` and the CRM's mapped columns, beside the mail's way.

import { databaseNow } from '../database/clock.ts'
import { failureOf } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { writeCampaigns } from '../homes/crm-campaigns.ts'
import { ensureCampaign } from '../tables/campaign-numbers.ts'

const rowsAtOnce = 5_000
const campaignsAtOnce = 200

/**
 * Folds the campaigns that have deltas, all in one transaction: a commit each would cost as much as their mail. One whose
 * row is locked is passed over. True: some are left.
 */
export async function foldCampaigns(store: Store, onError: (error: unknown) => void): Promise<boolean> {
  const rows = await rowsOf(store, 'rebound_campaign_deltas')
    .distinct('campaign_id')
    .orderBy('campaign_id')
    .limit(campaignsAtOnce)
  const ids = rows.map(row => row.campaign_id)
  await ensureCampaigns(store, ids)
  // The CRM's own rows are held as briefly as can be.
  const isMapped = Boolean(store.crm?.mapping.campaigns)
  let isLeft = rows.length === campaignsAtOnce
  const ahead: (readonly string[])[] = isMapped || ids.length === 0 ? ids.map(id => [id]) : [ids]
  for (let some = ahead.shift(); some; some = ahead.shift()) {
    try {
      isLeft = (await foldSome(store, some, onError)) || isLeft
    } catch (error) {
      // Somebody works on a campaign's row: its counts wait, and nothing else does.
      if (failureOf(error) !== 'locked' && failureOf(error) !== 'conflict') throw error
      if (some.length > 1) ahead.unshift(...some.map(id => [id]))
      else isLeft = true
    }
  }
  return isLeft
}

/** Deleted by hand, with counts on their way: they make it anew. */
async function ensureCampaigns(store: Store, ids: readonly string[]): Promise<void> {
  const there = new Set(await rowsOf(store, 'rebound_campaigns').whereIn('id', ids).pluck('id'))
  for (const id of ids) if (!there.has(id)) await ensureCampaign(store, id)
}

/** True: some deltas of these campaigns are left. */
async function foldSome(
  store: Store,
  ids: readonly string[],
  onError: (error: unknown) => void,
): Promise<boolean> {
  return await inTransaction(store, transaction => foldInside(store, transaction, ids, onError), {
    waitsForRows: false,
  })
}

interface DeltaRow {
  readonly id: number
  readonly campaign_id: string
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly blocked_bounces: number
  readonly complaints: number
}

const counted = ['hard_bounces', 'soft_bounces', 'blocked_bounces', 'complaints'] as const

async function foldInside(
  store: Store,
  transaction: Transaction,
  ids: readonly string[],
  onError: (error: unknown) => void,
): Promise<boolean> {
  const { knex } = store
  // The campaigns' rows first: of two servers the second then finds the deltas gone.
  const campaigns = rowsOf({ knex }, 'rebound_campaigns').select('id').whereIn('id', ids).orderBy('id')
  const there = (await transaction.run(
    store.dialect === 'mysql' ? campaigns.forUpdate() : campaigns,
  )) as readonly { readonly id: string }[]
  const rows = await transaction.run(
    rowsOf({ knex }, 'rebound_campaign_deltas')
      .select('id', 'campaign_id', ...counted)
      .whereIn(
        'campaign_id',
        there.map(({ id }) => id),
      )
      .orderBy('id')
      .limit(rowsAtOnce),
  )
  if (rows.length === 0) return false
  const sums = sumsOf(rows)
  await transaction.run(addSums(store, sums))
  // Numbers of ours: as text, for no database takes so many values.
  const folded = rows.map(row => Number(row.id)).join(', ')
  // MariaDB goes through the whole table where most of it is to be deleted: up to the last of them, or it would wait for
  // what the next batch is about to commit.
  const end = store.dialect === 'mysql' ? `order by id limit ${rows.length}` : ''
  await transaction.run(knex.raw(`delete from rebound_campaign_deltas where id in (${folded}) ${end}`))
  const now = await databaseNow(store, transaction)
  await writeCampaigns(store, transaction, [...sums.keys()], now, onError)
  return rows.length === rowsAtOnce
}

type SumsByCampaign = ReadonlyMap<string, readonly number[]>

/** By campaign, in the order of `counted`. */
function sumsOf(rows: readonly DeltaRow[]): SumsByCampaign {
  const sums = new Map<string, readonly number[]>()
  for (const row of rows) {
    const before = sums.get(row.campaign_id)
    sums.set(
      row.campaign_id,
      counted.map((column, at) => (before?.[at] ?? 0) + Number(row[column])),
    )
  }
  return sums
}

/** One statement for all of them. */
function addSums({ knex }: Store, sums: SumsByCampaign) {
  const ids = [...sums.keys()]
  const added = counted.map((column, at) => {
    const cases = ids.map(() => 'when ? then ?').join(' ')
    return {
      sql: `${column} = ${column} + case id ${cases} else 0 end`,
      values: [...sums].flatMap(([id, sum]) => [id, sum[at] ?? 0]),
    }
  })
  const places = ids.map(() => '?').join(', ')
  return knex.raw(
    `update rebound_campaigns set ${added.map(({ sql }) => sql).join(', ')} where id in (${places})`,
    [...added.flatMap(({ values }) => values), ...ids],
  )
}
