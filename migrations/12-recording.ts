// What recording keeps beside events: campaigns' counts on their way, messages stored without text, messages refused.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  // Inserted with the events and folded into rebound_campaigns soon after; readers add what is still here.
  await createTable(knex, 'rebound_campaign_deltas', (table, { text }) => {
    table.bigIncrements('id')
    text(table, 'campaign_id', 64).notNullable()
    for (const count of ['hard_bounces', 'soft_bounces', 'blocked_bounces', 'complaints'])
      table.integer(count).notNullable().defaultTo(0)
    table.index(['campaign_id', 'id'], 'rebound_campaign_deltas_campaign')
  })
  await createTable(knex, 'rebound_stripped', (table, { ascii, time }) => {
    table.bigInteger('event_id').notNullable().primary()
    time(table, 'at').notNullable()
    // bare: without strangers' text; inert: also without effects.
    ascii(table, 'detail', 8).notNullable()
    // The code of the database's error.
    ascii(table, 'code', 64).notNullable()
  })
  await createTable(knex, 'rebound_refused', (table, { ascii, time }) => {
    // The message's first event.
    ascii(table, 'fingerprint', 72).notNullable().primary()
    ascii(table, 'code', 64).notNullable()
    time(table, 'first_at').notNullable()
    time(table, 'last_at').notNullable()
    table.integer('attempts').notNullable()
  })
  // Reports without effect that a row stands for besides its own.
  if (!(await knex.schema.hasColumn('rebound_bounces', 'repeats')))
    await knex.schema.alterTable('rebound_bounces', table => {
      table.integer('repeats').notNullable().defaultTo(0)
    })
  await createCampaignResults(knex)
}

/** Exact at any moment: what is not folded yet is added. */
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
     ${rate('soft_bounces')} as soft_rate, ${rate('complaints')} as complaint_rate
     from rebound_campaigns c`,
  )
}
