// Views for people with SQL: times readable and in UTC, counts with their rates.

import type { Knex } from 'knex'
import { flavourOf } from './columns.ts'

const modules = ['contacts', 'companies', 'leads'] as const
const views = ['rebound_bounced_records', 'rebound_bounce_history', 'rebound_campaign_results'] as const

export async function up(knex: Knex): Promise<void> {
  const rate = (count: string): string => `case when sent > 0 then ${count} * 1.0 / sent end`

  for (const view of views) await knex.raw(`drop view if exists ${view}`)
  await createBouncedRecords(knex)
  await createBounceHistory(knex)
  await knex.raw(
    `create view rebound_campaign_results as
     select id, number, name, sent, hard_bounces, soft_bounces, blocked_bounces, complaints,
     ${rate('hard_bounces')} as hard_rate, ${rate('soft_bounces')} as soft_rate,
     ${rate('complaints')} as complaint_rate
     from rebound_campaigns`,
  )
}

/** `more`: columns that later migrations added. */
export async function createBounceHistory(knex: Knex, more: readonly string[] = []): Promise<void> {
  const time = await readableTime(knex)
  await knex.raw('drop view if exists rebound_bounce_history')
  await knex.raw(
    `create view rebound_bounce_history as
     select id, module, record_id, ${time('received_at')} as received, address, reported_address, kind, type,
     category, permanent, status, reply_code, diagnostic, campaign_id, mail_id, linked_by, decided_by,
     decided_rule, decided_text, effect, ${time('undone_at')} as undone${more.map(column => `, ${column}`).join('')}
     from rebound_bounces where record_id is not null and concern <> 'other'`,
  )
}

/** `more`: tables of records of the CRM's own, whose addresses are the CRM's to show; each module is shown once. */
export async function createBouncedRecords(knex: Knex, more: readonly string[] = []): Promise<void> {
  const time = await readableTime(knex)
  const byRecord = ((await flavourOf(knex)) === 'sqlite' ? 'indexed by ?' : 'force index (?)').replace(
    '?',
    'rebound_bounces_record',
  )
  // As lists over HTTP say it: of the bounces that were not taken back the one recorded last.
  const last = (column: string, module: string): string =>
    `(select b.${column} from rebound_bounces b ${byRecord}
      where b.module = ${module} and b.record_id = r.id and b.kind = 'bounce' and b.concern <> 'other'
      and b.undone_at is null order by b.recorded_at desc, b.id desc limit 1) as last_${column}`
  const flagged = (table: string, module: string, email: string, shown: string): string =>
    `select ${module} as module, r.id, ${email} as email, r.bounced_address, r.hard_bounces, r.soft_bounces,
     ${time('r.last_bounce_at')} as last_bounce, ${last('type', module)}, ${last('category', module)},
     ${time('r.reset_at')} as reset
     from ${table} r where r.email_bounced = 1${shown}`
  const selects = [
    ...modules.map(module => {
      const shown = more.length > 0 ? ` and not ${registered(`'${module}'`, 'null')}` : ''
      return flagged(`rebound_${module}`, `'${module}'`, 'r.email', shown)
    }),
    ...more.map(table => {
      const shown = ` and (not ${registered('r.module', 'not null')} or ${registered('r.module', 'null')})`
      return flagged(table, 'r.module', 'null', shown)
    }),
  ]
  await knex.raw('drop view if exists rebound_bounced_records')
  await knex.raw(`create view rebound_bounced_records as ${selects.join(' union all ')}`)
}

/** SQL that says whether the module is one of the mapping file now (`null`), or was one, perhaps with another number. */
const registered = (module: string, retired: 'null' | 'not null'): string =>
  `exists (select 1 from rebound_modules m where m.module = ${module} and m.retired_at is ${retired})`

/** SQL that shows a column of epoch milliseconds as a time in UTC. */
async function readableTime(knex: Knex): Promise<(column: string) => string> {
  const sqlite = (await flavourOf(knex)) === 'sqlite'
  return column =>
    sqlite
      ? `datetime(${column} / 1000, 'unixepoch')`
      : `timestamp('1970-01-01 00:00:00') + interval (${column} div 1000) second`
}
