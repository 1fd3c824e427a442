// What people answer to return paths, kept for some days beside the event that tells of it.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_replies', (table, { text, time, flavour }) => {
    table.bigInteger('event_id').notNullable().primary()
    time(table, 'received_at').notNullable()
    text(table, 'sender', 500)
    text(table, 'reply_to', 500)
    text(table, 'subject', 500)
    // Up to 32,000 characters of what it says.
    if (flavour === 'sqlite') table.text('body').notNullable()
    else table.specificType('body', 'mediumtext character set utf8mb4').notNullable()
    table.bigInteger('bytes').notNullable()
    table.index(['received_at'], 'rebound_replies_received')
  })
}
