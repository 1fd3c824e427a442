// Webhooks waiting to be delivered: written in the transaction of their event, deleted once taken.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_outbox', (table, { text, time }) => {
    table.bigIncrements('id')
    table.bigInteger('event_id').notNullable()
    time(table, 'created_at').notNullable()
    time(table, 'due_at').notNullable()
    table.integer('attempts').notNullable().defaultTo(0)
    text(table, 'last_error', 500)
    table.index(['due_at', 'id'], 'rebound_outbox_due')
  })
}
