// What the fast path reads, as SQL. A list is a text that follows `in`: a place for JSON, or literals.

import { recordColumns } from '../../database/rows.ts'
import { todayColumns } from '../repeats.ts'
import { standingColumns } from '../standings.ts'

export const reads = {
  stored: (fingerprints: string) =>
    `select id, fingerprint from rebound_bounces where fingerprint in ${fingerprints}`,
  records: (module: string, ids: string) =>
    `select ${recordColumns.join(', ')} from rebound_${module} where id in ${ids} order by id`,
  standings: (keys: string) =>
    `select ${standingColumns.join(', ')} from rebound_campaign_records where (campaign_id, module, record_id) in ${keys}`,
  campaigns: (ids: string) => `select id from rebound_campaigns where id in ${ids}`,
  /** @param since epoch milliseconds, or the place for them */
  today: (module: string, ids: string, since: string) =>
    `select ${todayColumns.join(', ')} from rebound_bounces
     where module = ${module} and record_id in ${ids} and recorded_at >= ${since} and concern <> 'other' order by id`,
} as const
