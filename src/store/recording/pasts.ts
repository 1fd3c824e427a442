// What records had before a batch, as far as thresholds ask: one statement for the records of a module, as SQL.

import type { Beginning, BouncedDay, RecordPast } from '../../crm/promotion.ts'
import type { ThresholdsInForce } from '../../crm/thresholds.ts'
import { type Category, groupOf } from '../../model/categories.ts'
import { dayMs } from '../../model/day.ts'
import { countedConcerns } from '../../model/event.ts'
import { provenLinks } from '../../model/return-path.ts'
import { tuple } from '../database/literal.ts'
import type { RecordKey } from './locked-records.ts'

export interface PromotionSettings {
  readonly thresholds?: ThresholdsInForce | undefined
  readonly trustClaimed: boolean
}

export interface PastRow {
  readonly record_id: string
  /** Not a soft bounce, or a promotion: the count begins after it. */
  readonly begins: number
  readonly category: Category | null
  readonly address: string | null
  /** Epoch milliseconds of its midnight. */
  readonly day: number
  /** Of the last one that day, as its id. */
  readonly recorded_at: number
  readonly id: number
}

/** A record of all modules, as one word. */
export const nameOf = ({ module, recordId }: RecordKey): string => `${module}\0${recordId}`

/**
 * By the names of the records.
 * @param rows by module
 */
export function recordPasts(rows: ReadonlyMap<string, readonly PastRow[]>): ReadonlyMap<string, RecordPast> {
  const pasts = new Map<string, { readonly days: BouncedDay[]; readonly beginnings: Beginning[] }>()
  for (const [module, some] of rows)
    for (const { record_id: recordId, begins, category, address, ...row } of some) {
      const record = nameOf({ module, recordId })
      const past = pasts.get(record) ?? { days: [], beginnings: [] }
      pasts.set(record, past)
      const id = Number(row.id)
      if (Number(begins) === 1) past.beginnings.push({ address, id })
      else if (category !== null && address !== null)
        past.days.push({ category, address, at: Number(row.day), recordedAt: Number(row.recorded_at), id })
    }
  return pasts
}

// One row a day: more of a day count for nothing, and a return path can be hit a million times.
const day = `received_at - received_at % ${dayMs}`
// An undone promotion has spent its count all the same.
const begins = "case when effect = 'alive' or promoted_by is not null then 1 else 0 end"

const among = (column: string, words: readonly string[]): string =>
  words.length === 0 ? '1 = 0' : `${column} in ${tuple(words)}`

/**
 * Bounces that may count, as `isCandidate` says, and what made counts begin anew.
 * @param module a literal, or the place of a value
 * @param ids what follows `in`
 */
export function selectPasts(
  module: string,
  ids: string,
  { thresholds = {}, trustClaimed }: PromotionSettings,
): string {
  const categories = Object.keys(thresholds) as readonly Category[]
  const hard = categories.filter(category => groupOf(category) === 'hard')
  const soft = categories.filter(category => groupOf(category) !== 'hard')
  return `select record_id, category, address, ${begins} as begins, ${day} as day,
      max(recorded_at) as recorded_at, max(id) as id
    from rebound_bounces where module = ${module} and record_id in ${ids} and (
      promoted_by is not null or effect = 'alive' and undone_at is null
      or type = 'soft' and effect <> 'none' and undone_at is null and ${among('concern', countedConcerns)}
      and (${among('category', soft)}
        or ${among('category', hard)} and (permanent = 0 or reply_code < 500))
      ${trustClaimed ? '' : `and ${among('linked_by', provenLinks)}`})
    group by record_id, category, address, ${begins}, ${day}`
}
