// Campaigns with their counts, as people and the CRM see and change them.

import type { Campaign, CampaignChange, Campaigns } from '../../model/campaign.ts'
import { FieldError } from '../../model/field-error.ts'
import type { Page, PageQuery } from '../../model/page.ts'
import { isKey } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type CampaignRow, campaignColumns, toCampaign } from '../database/rows.ts'
import { ensureCampaign } from './campaign-numbers.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** What a JSON number holds exactly (RFC 8259 §6). */
const maxSent = Number.MAX_SAFE_INTEGER

export interface StoredCampaigns extends Campaigns {
  /** The highest number first: of a CRM that counts its campaigns, the newest. */
  readonly list: (page: PageQuery) => Promise<Page<Campaign>>
}

export function createCampaigns(store: Store): StoredCampaigns {
  const read = async (id: string): Promise<Campaign | null> => {
    const rows = (await store
      .knex('rebound_campaign_results')
      .select(campaignColumns)
      .where({ id })) as readonly CampaignRow[]
    return rows[0] ? toCampaign(rows[0]) : null
  }
  const change = async (id: string, { name, sent }: CampaignChange): Promise<Campaign | null> => {
    const changed = { ...(name === undefined ? {} : { name }), ...(sent === undefined ? {} : { sent }) }
    if (Object.keys(changed).length > 0) await store.knex('rebound_campaigns').where({ id }).update(changed)
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
          await store
            .knex('rebound_campaigns')
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

async function list(store: Store, page: PageQuery): Promise<Page<Campaign>> {
  const select = store
    .knex('rebound_campaign_results')
    .select(campaignColumns)
    .orderBy('number', 'desc')
    .limit(page.limit + 1)
  if (page.after !== undefined) select.where('number', '<', decodeCursor('c', page.after, [0] as const)[0])
  const campaigns = ((await select) as readonly CampaignRow[]).map(toCampaign)
  const items = campaigns.slice(0, page.limit)
  const last = items.at(-1)
  return {
    items,
    next: campaigns.length > page.limit && last ? encodeCursor('c', last.number) : null,
  }
}
