// Campaigns with their counts, as people and the CRM see and change them.

import type { Campaign, CampaignChange, CampaignQuery, Campaigns } from '../../model/campaign.ts'
import { FieldError } from '../../model/field-error.ts'
import type { Page } from '../../model/page.ts'
import { isKey } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { campaignColumns, toCampaign } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'
import { ensureCampaign } from './campaign-numbers.ts'
import { containing } from './containing.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** What a JSON number holds exactly (RFC 8259 §6). */
const maxSent = Number.MAX_SAFE_INTEGER

export function createCampaigns(store: Store): Campaigns {
  const read = async (id: string): Promise<Campaign | null> => {
    const rows = await rowsOf(store, 'rebound_campaign_results')
      .select(...campaignColumns)
      .where({ id })
    return rows[0] ? toCampaign(rows[0]) : null
  }
  const change = async (id: string, { name, sent, brake }: CampaignChange): Promise<Campaign | null> => {
    const changed = {
      ...(name === undefined ? {} : { name }),
      ...(sent === undefined ? {} : { sent }),
      ...(brake === undefined ? {} : { brake: brake ? 1 : 0 }),
    }
    if (Object.keys(changed).length > 0)
      await rowsOf(store, 'rebound_campaigns').where({ id }).update(changed)
    return await read(id)
  }
  return {
    list: page => persist(() => list(store, page)),
    get: id => (isKey(id) ? persist(() => read(id)) : Promise.resolve(null)),
    change: async (id, given) => (isKey(id) ? await persist(() => change(id, given)) : null),
    put: async (id, given) => {
      if (!isKey(id)) return null
      let isNew = false
      return await persist(async () => {
        // Tried again, it is there already and yet ours.
        isNew = (await ensureCampaign(store, id)).isNew || isNew
        const campaign = await change(id, given)
        return campaign && { campaign, isNew }
      })
    },
    addSent: async (id, count, options) => {
      if (!isKey(id)) return null
      // Not repeated after a lost connection: it may have happened.
      if (options.create) await persist(() => ensureCampaign(store, id))
      const added = await persist(
        async () =>
          await rowsOf(store, 'rebound_campaigns')
            .where({ id })
            .where('sent', '<=', maxSent - count)
            .update({ sent: store.knex.raw('sent + ?', [count]) }),
        { conflictMs: 10_000, lostMs: 0 },
      )
      const campaign = await persist(() => read(id))
      if (added > 0 || campaign === null || campaign.sent <= maxSent - count) return campaign
      if (options.create) return await persist(() => change(id, { sent: maxSent }))
      throw new FieldError('sentAdd', `would make more than ${maxSent} sends; ${campaign.sent} are counted`)
    },
  }
}

/** Campaigns looked through in one query. */
const slice = 10_000

async function list(store: Store, { q, after, limit }: CampaignQuery): Promise<Page<Campaign>> {
  const below = after === undefined ? null : decodeCursor('c', after, [0] as const)[0]
  const edge = q === undefined ? null : await edgeOf(store, below)
  const select = rowsOf(store, 'rebound_campaign_results')
    .select(...campaignColumns)
    .orderBy('number', 'desc')
    .limit(limit + 1)
  if (below !== null) select.where('number', '<', below)
  if (edge !== null) select.where('number', '>=', edge)
  if (q !== undefined) select.where(containing(['id', 'name'], q))
  const campaigns = (await select).map(toCampaign)
  const items = campaigns.slice(0, limit)
  const last = items.at(-1)
  const seen = campaigns.length > limit && last ? last.number : edge
  return { items, next: seen === null ? null : encodeCursor('c', seen) }
}

/** The number that ends the next slice; null when the rest is less than one. */
async function edgeOf(store: Store, below: number | null): Promise<number | null> {
  const select = rowsOf(store, 'rebound_campaigns')
    .select('number')
    .orderBy('number', 'desc')
    .offset(slice - 1)
    .limit(1)
  if (below !== null) select.where('number', '<', below)
  const rows = await select
  return rows[0] === undefined ? null : Number(rows[0].number)
}
