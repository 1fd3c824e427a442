// Views for people with SQL: times readable and in UTC, counts with their rates.

import type { Knex } from 'knex'
import { flavourOf } from './columns.ts'

const modules = ['contacts', 'companies', 'leads'] as const
const views = ['rebound_bounced_records', 'rebound_bounce_history', 'rebound_campaign_results'] as const

export async function up(knex: Knex): Promise<void> {
  const sqlite = (await flavourOf(knex)) === 'sqlite'
  const time = (column: string): string =>
    sqlite
      ? `datetime(${column} / 1000, 'unixepoch')`
      : `timestamp('1970-01-01 00:00:00') + interval (${column} div 1000) second`
  const rate = (count: string): string => `case when sent > 0 then ${count} * 1.0 / sent end`

  for (const view of views) await knex.raw(`drop view if exists ${view}`)
  await knex.raw(
    `create view rebound_bounced_records as ${modules
      .map(
        module =>
          `select '${module}' as module, id, email, bounced_address, hard_bounces, soft_bounces,
           ${time('last_bounce_at')} as last_bounce, ${time('reset_at')} as reset
           from rebound_${module} where email_bounced = 1`,
      )
      .join(' union all ')}`,
  )
  await knex.raw(
    `create view rebound_bounce_history as
     select id, module, record_id, ${time('received_at')} as received, address, reported_address, kind, type,
     category, permanent, status, reply_code, diagnostic, campaign_id, mail_id, linked_by, decided_by,
     decided_rule, decided_text, ${time('undone_at')} as undone
     from rebound_bounces where record_id is not null and concern <> 'other'`,
  )
  await knex.raw(
    `create view rebound_campaign_results as
     select id, number, name, sent, hard_bounces, soft_bounces, blocked_bounces, complaints,
     ${rate('hard_bounces')} as hard_rate, ${rate('soft_bounces')} as soft_rate,
     ${rate('complaints')} as complaint_rate
     from rebound_campaigns`,
  )
}

export async function down(knex: Knex): Promise<void> {
  for (const view of views) await knex.raw(`drop view if exists ${view}`)
}
