// Campaigns with their counts, as people and the CRM see and change them.

import type { Campaign, CampaignChange, Campaigns } from '../../model/campaign.ts'
import { FieldError } from '../../model/field-error.ts'
import { isKey } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type CampaignRow, campaignColumns, toCampaign } from '../database/rows.ts'
import { ensureCampaign } from './campaign-numbers.ts'

/** What a JSON number holds exactly (RFC 8259 §6). */
const maxSent = Number.MAX_SAFE_INTEGER

export function createCampaigns(store: Store): Campaigns {
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
