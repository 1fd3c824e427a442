// What each day came to, counted once it is over, and how many mails were sent on it: pages need not count again.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_days', table => {
    // Its midnight UTC, epoch milliseconds.
    table.bigInteger('day').notNullable().primary()
    table.bigInteger('sent').notNullable().defaultTo(0)
    // Its counts are in rebound_day_counts, and nothing has changed since.
    table.boolean('counted').notNullable().defaultTo(false)
    // How often something of it was taken back: who counts meanwhile begins again.
    table.integer('changes').notNullable().defaultTo(0)
  })
  await createTable(knex, 'rebound_day_counts', (table, { ascii }) => {
    table.bigInteger('day').notNullable()
    ascii(table, 'kind', 16).notNullable()
    // Empty for none.
    ascii(table, 'type', 8).notNullable()
    ascii(table, 'category', 32).notNullable()
    ascii(table, 'provider', 48).notNullable()
    table.bigInteger('events').notNullable()
    table.primary(['day', 'kind', 'type', 'category', 'provider'])
  })
}
