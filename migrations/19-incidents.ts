// The brake on removals: incidents, the events that each holds, and campaigns that it leaves alone.

import type { Knex } from 'knex'
import { createTable, flavourOf } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_incidents', (table, { ascii, text, time }) => {
    table.bigIncrements('id')
    // host, campaign or provider
    ascii(table, 'sign', 16).notNullable()
    text(table, 'subject', 255).notNullable()
    // Sign and subject while it lasts, so that of several servers one opens it; null afterwards.
    text(table, 'open_key', 280)
    time(table, 'opened_at').notNullable()
    time(table, 'last_sign_at').notNullable()
    time(table, 'ended_at')
    table.integer('records').notNullable()
    table.integer('domains').notNullable()
    // apply or drop
    ascii(table, 'decision', 8)
    time(table, 'decided_at')
    text(table, 'decided_by', 100)
    text(table, 'reason', 500)
    table.unique(['open_key'], { indexName: 'rebound_incidents_open' })
  })
  if (!(await knex.schema.hasColumn('rebound_bounces', 'incident_id')))
    await knex.schema.alterTable('rebound_bounces', table => void table.bigInteger('incident_id'))
  if (!(await knex.schema.hasColumn('rebound_campaigns', 'brake')))
    await knex.schema.alterTable(
      'rebound_campaigns',
      table => void table.integer('brake').notNullable().defaultTo(1),
    )
  await createCampaignResults(knex)
}

/** As before, with the brake. */
async function createCampaignResults(knex: Knex): Promise<void> {
  const count = (column: string): string =>
    `cast(c.${column} + coalesce((select sum(d.${column}) from rebound_campaign_deltas d where d.campaign_id = c.id), 0) as signed)`
  const rate = (column: string): string => `case when c.sent > 0 then (${count(column)}) * 1.0 / c.sent end`
  // Told outright, MariaDB does not sort all campaigns for the newest hundred.
  const byNumber =
    (await flavourOf(knex)) === 'sqlite' ? '' : 'force index for order by (rebound_campaigns_number)'
  await knex.raw('drop view if exists rebound_campaign_results')
  await knex.raw(
    `create view rebound_campaign_results as
     select c.id, c.number, c.name, c.sent, ${count('hard_bounces')} as hard_bounces,
     ${count('soft_bounces')} as soft_bounces, ${count('blocked_bounces')} as blocked_bounces,
     ${count('complaints')} as complaints, ${rate('hard_bounces')} as hard_rate,
     ${rate('soft_bounces')} as soft_rate, ${rate('complaints')} as complaint_rate, c.brake
     from rebound_campaigns c ${byNumber}`,
  )
}
