// What the receiver of webhooks has heard of each incident.

import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('rebound_incidents', 'told')) return
  await knex.schema.alterTable('rebound_incidents', table => {
    // 0: nothing; 1: that it was opened; 2: that it has ended, too.
    table.integer('told').notNullable().defaultTo(0)
  })
}
