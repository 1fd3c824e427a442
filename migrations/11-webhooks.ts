// The outbox as webhooks need it: leases, and rows that were given up. Made anew: nothing has ever been put into it.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('rebound_outbox')
  await createTable(knex, 'rebound_outbox', (table, { ascii, text, time }) => {
    table.bigIncrements('id')
    table.bigInteger('event_id').notNullable()
    time(table, 'created_at').notNullable()
    // Null: given up, until somebody asks for another try.
    time(table, 'due_at')
    // Whose it is until `due_at`; null when nobody's.
    ascii(table, 'lease', 32)
    table.integer('attempts').notNullable().defaultTo(0)
    text(table, 'last_error', 500)
    table.index(['due_at', 'id'], 'rebound_outbox_due')
  })
}
