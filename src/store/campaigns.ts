// Campaigns with their counts, as people and the CRM see and change them.

import type { Campaign } from '../model.ts'
import { ensureCampaign } from './campaign-numbers.ts'
import { isKey } from './columns.ts'
import { persist } from './failures.ts'
import type { Store } from './open.ts'
import { type CampaignRow, toCampaign } from './rows.ts'

export interface CampaignChange {
  readonly name?: string | null | undefined
  readonly sent?: number | undefined
}

export interface Campaigns {
  readonly get: (id: string) => Promise<Campaign | null>
  /** Changes the fields given; null when it is not there and `create` is false. */
  readonly change: (
    id: string,
    change: CampaignChange,
    options: { readonly create: boolean; readonly actor: string },
  ) => Promise<Campaign | null>
  /** Adds to the sends; null when it is not there and `create` is false. */
  readonly addSent: (
    id: string,
    count: number,
    options: { readonly create: boolean },
  ) => Promise<Campaign | null>
}

export function createCampaigns(store: Store): Campaigns {
  const read = async (id: string): Promise<Campaign | null> => {
    const rows = (await store.knex('rebound_campaigns').where({ id })) as readonly CampaignRow[]
    return rows[0] ? toCampaign(rows[0]) : null
  }
  return {
    get: id => (isKey(id) ? persist(() => read(id)) : Promise.resolve(null)),
    change: async (id, change, options) => {
      if (!isKey(id)) return null
      return await persist(async () => {
        if (options.create) await ensureCampaign(store, id)
        const changed = {
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.sent === undefined ? {} : { sent: change.sent }),
        }
        if (Object.keys(changed).length > 0)
          await store.knex('rebound_campaigns').where({ id }).update(changed)
        return await read(id)
      })
    },
    addSent: async (id, count, options) => {
      if (!isKey(id)) return null
      // Not repeated after a lost connection: it may have happened.
      if (options.create) await persist(() => ensureCampaign(store, id))
      await persist(
        async () =>
          await store
            .knex('rebound_campaigns')
            .where({ id })
            .update({ sent: store.knex.raw('sent + ?', [count]) }),
        { conflictMs: 10_000, lostMs: 0 },
      )
      return await persist(() => read(id))
    },
  }
}
