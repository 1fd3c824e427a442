// Campaigns of which nothing came back for years are closed, and with them goes whom they have counted; their counts stay.

import { setTimeout as sleep } from 'node:timers/promises'
import { closedKnownMs } from '../database/closed-campaigns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { createBounces } from '../tables/events.ts'

const step = 200
/**
 * For each millisecond of work so many of rest. What comes in shall lose less than a tenth (`npm run bench -- growth`), and
 * deleting costs more than its own time: what it changed all over the indexes is written out later, in the mail's commits.
 */
export const restFactor = 15

interface StandingKeyRow {
  readonly campaign_id: string
  readonly module: string
  readonly record_id: string
}

/**
 * Closes campaigns without an event since `before`. Their rows of `rebound_campaign_records` go in a later run, once no
 * server takes them for open. Answers how many rows went.
 * @param before and `now`: epoch milliseconds
 */
export async function closeCampaigns(
  store: Store,
  {
    before,
    now,
    signal,
  }: { readonly before: number; readonly now: number; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  let deleted = 0
  for (let id = await nextCampaign(store, ''); id !== null && !signal?.aborted; ) {
    const started = performance.now()
    const current: string = id
    const closedAt = await closedAtOf(store, current)
    if (closedAt === null) await closeIfQuiet(store, current, before, now)
    // Twice as long as a server may remember that it was open.
    else if (closedAt !== undefined && closedAt < now - 2 * closedKnownMs) {
      const gone = await deleteSome(store, current)
      deleted += gone
      if (gone === step) {
        await sleep(restFactor * (performance.now() - started))
        continue
      }
    }
    id = await nextCampaign(store, current)
    await sleep(restFactor * (performance.now() - started))
  }
  return deleted
}

/** The next campaign that has counted a record: each is found by one look into the key. */
async function nextCampaign({ knex }: Store, after: string): Promise<string | null> {
  const rows = (await persist(
    async () =>
      await knex('rebound_campaign_records')
        .select('campaign_id')
        .where('campaign_id', '>', after)
        .orderBy('campaign_id')
        .limit(1),
  )) as readonly StandingKeyRow[]
  return rows[0]?.campaign_id ?? null
}

/** Null if it is open, undefined if there is no such campaign. */
async function closedAtOf({ knex }: Store, id: string): Promise<number | null | undefined> {
  const rows = (await persist(
    async () => await knex('rebound_campaigns').select('closed_at').where({ id }),
  )) as readonly { readonly closed_at: number | null }[]
  const [row] = rows
  if (!row) return undefined
  return row.closed_at === null ? null : Number(row.closed_at)
}

async function closeIfQuiet(store: Store, id: string, before: number, now: number): Promise<void> {
  const { items } = await createBounces(store).newest({ campaignId: id, limit: 1 })
  const [newest] = items
  if (newest && newest.recordedAt.getTime() >= before) return
  await persist(
    async () =>
      await store.knex('rebound_campaigns').where({ id }).whereNull('closed_at').update({ closed_at: now }),
  )
}

async function deleteSome({ knex }: Store, id: string): Promise<number> {
  return await persist(async () => {
    const keys = (await knex('rebound_campaign_records')
      .select('campaign_id', 'module', 'record_id')
      .where({ campaign_id: id })
      .limit(step)) as readonly StandingKeyRow[]
    if (keys.length === 0) return 0
    return await knex('rebound_campaign_records')
      .whereIn(
        ['campaign_id', 'module', 'record_id'],
        keys.map(key => [key.campaign_id, key.module, key.record_id]),
      )
      .del()
  })
}
