// How far removals were looked at that may concern other records too (REBOUND_SPREAD): one row, as long as it is on.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_spread', (table, { time }) => {
    table.integer('id').notNullable().primary()
    // Time and number of the last event looked at.
    time(table, 'recorded_at').notNullable()
    table.bigInteger('event_id').notNullable()
  })
}
