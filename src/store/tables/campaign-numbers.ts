// The numbers under which signed return paths carry campaigns: 32 bits, unique, and never changed, since sent paths carry them.

import { createHash } from 'node:crypto'
import type { CampaignRef } from '../../model/return-path.ts'
import { createClosedCampaigns } from '../database/closed-campaigns.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

/** Ids that are numbers below this are their own number; all other numbers begin here. */
const allocatedFrom = 2 ** 31

/** The id as a number, where it is a canonical decimal below 2^31; else null. */
export function ownNumber(id: string): number | null {
  return /^(0|[1-9][0-9]{0,9})$/.test(id) && Number(id) < allocatedFrom ? Number(id) : null
}

export interface CampaignIds {
  /** The campaign's id; the campaign is created where it is not known yet. */
  readonly idOf: (ref: CampaignRef) => Promise<string>
  /** The campaign's id; null where it is not known yet. */
  readonly find: (ref: CampaignRef) => Promise<string | null>
  /** Was it closed, so that it counts nothing any more? */
  readonly isClosed: (id: string) => Promise<boolean>
  /** The campaign's number; the campaign is created where it is not known yet. */
  readonly numberOf: (id: string) => Promise<number>
  /** Forgets what it remembers: somebody deleted a campaign. */
  readonly forget: () => void
}

const remembered = 10_000

/** Looks campaigns up and creates them, remembering the last few thousand: in steady state it asks nothing. */
export function createCampaignIds(store: Store): CampaignIds {
  const ids = new Map<string, string>()
  const numbers = new Map<string, number>()
  const keep = <V>(map: Map<string, V>, key: string, value: V): V => {
    if (map.size >= remembered) map.clear()
    map.set(key, value)
    return value
  }
  const numberOf = async (id: string): Promise<number> =>
    numbers.get(id) ?? keep(numbers, id, (await persist(() => ensureCampaign(store, id))).number)
  const idOf = async (ref: CampaignRef): Promise<string> => {
    if ('id' in ref) {
      await numberOf(ref.id)
      return ref.id
    }
    const key = String(ref.number)
    return ids.get(key) ?? keep(ids, key, await persist(() => campaignOfNumber(store, ref.number)))
  }
  const find = async (ref: CampaignRef): Promise<string | null> => {
    const isKnown = 'id' in ref ? numbers.has(ref.id) : ids.has(String(ref.number))
    if (isKnown) return await idOf(ref)
    const rows = await persist(
      async () => await rowsOf(store, 'rebound_campaigns').select('id').where(ref).limit(1),
    )
    return rows[0]?.id ?? null
  }
  return {
    idOf,
    find,
    isClosed: createClosedCampaigns(store),
    numberOf,
    forget: () => {
      ids.clear()
      numbers.clear()
    },
  }
}

/** Creates the campaign unless it is there. */
export async function ensureCampaign(
  store: Store,
  id: string,
): Promise<{ readonly number: number; readonly isNew: boolean }> {
  const known = await numberById(store, id)
  if (known !== null) return { number: known, isNew: false }
  const own = ownNumber(id)
  // A number that follows from the id comes out the same in a database made anew: paths already sent stay valid.
  const digest = createHash('sha256').update(id).digest().readUInt32BE(0) % allocatedFrom
  for (let step = 0; ; step++) {
    const number = own ?? allocatedFrom + ((digest + step) % allocatedFrom)
    try {
      await rowsOf(store, 'rebound_campaigns').insert({ id, number })
      return { number, isNew: true }
    } catch (error) {
      if (failureOf(error) !== 'duplicate') throw error
      const raced = await numberById(store, id)
      if (raced !== null) return { number: raced, isNew: false }
      // Its own number is taken by a row that was not named after it: nothing of ours does that.
      if (own !== null || step > 1_000) throw error
    }
  }
}

async function campaignOfNumber(store: Store, number: number, attempt = 0): Promise<string> {
  const rows = await rowsOf(store, 'rebound_campaigns').select('id').where({ number })
  if (rows[0]) return rows[0].id
  // A number that nobody was given here: the count is kept under a name that says so.
  const id = number < allocatedFrom ? String(number) : `#${number}${"'".repeat(attempt)}`
  try {
    await rowsOf(store, 'rebound_campaigns').insert({ id, number })
    return id
  } catch (error) {
    if (failureOf(error) !== 'duplicate' || attempt > 10) throw error
    return campaignOfNumber(store, number, attempt + 1)
  }
}

async function numberById(store: Store, id: string): Promise<number | null> {
  const rows = await rowsOf(store, 'rebound_campaigns').select('number').where({ id })
  return rows[0] ? Number(rows[0].number) : null
}
