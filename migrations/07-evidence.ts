// What is needed to judge a message again, bounded in number and size: rules are tried on it before they act.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_evidence', (table, { ascii, time, flavour }) => {
    table.bigIncrements('id')
    time(table, 'at').notNullable()
    ascii(table, 'kind', 16).notNullable()
    table.bigInteger('event_id')
    // JSON of the sections and of the recipients as read.
    if (flavour === 'sqlite') table.text('body').notNullable()
    else table.specificType('body', 'mediumtext character set utf8mb4').notNullable()
    table.index(['event_id'], 'rebound_evidence_event')
  })
}
