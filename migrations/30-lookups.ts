// What pages and lists look up and no index led to: the events of an incident, the changes of a module, and on MariaDB
// and MySQL one campaign's results.

import type { Knex } from 'knex'
import { flavourOf } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  const isSqlite = (await flavourOf(knex)) === 'sqlite'
  // Hardly any event is held: where an index may be of some rows, recording the others does not write into it.
  const some = isSqlite ? ' where incident_id is not null' : ''
  await index(knex, 'rebound_bounces', 'rebound_bounces_incident', `(incident_id, recorded_at, id)${some}`)
  await index(knex, 'rebound_audit', 'rebound_audit_module', '(module, id)')
  if (!isSqlite) await createCampaignResults(knex)
}

/** MySQL commits each statement by itself: a start that was killed half-way must be able to begin again. */
async function index(knex: Knex, table: string, name: string, rows: string): Promise<void> {
  const isSqlite = (await flavourOf(knex)) === 'sqlite'
  const found = isSqlite
    ? await knex('sqlite_master').where({ type: 'index', name })
    : (await knex.raw('show index from ?? where key_name = ?', [table, name]))[0]
  if (found.length === 0) await knex.raw(`create index ${name} on ${table} ${rows}`)
}

/** As before: the hint left out the primary key, and one campaign was looked for among all. */
async function createCampaignResults(knex: Knex): Promise<void> {
  const count = (column: string): string =>
    `cast(c.${column} + coalesce((select sum(d.${column}) from rebound_campaign_deltas d where d.campaign_id = c.id), 0) as signed)`
  const rate = (column: string): string => `case when c.sent > 0 then (${count(column)}) * 1.0 / c.sent end`
  await knex.raw('drop view if exists rebound_campaign_results')
  await knex.raw(
    `create view rebound_campaign_results as
     select c.id, c.number, c.name, c.sent, ${count('hard_bounces')} as hard_bounces,
     ${count('soft_bounces')} as soft_bounces, ${count('blocked_bounces')} as blocked_bounces,
     ${count('complaints')} as complaints, ${rate('hard_bounces')} as hard_rate,
     ${rate('soft_bounces')} as soft_rate, ${rate('complaints')} as complaint_rate, c.brake
     from rebound_campaigns c force index for order by (primary, rebound_campaigns_number)`,
  )
}
