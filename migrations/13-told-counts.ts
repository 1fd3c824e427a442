// Counts of commands, which have no metrics of their own: a running server takes them into its own.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_told_counts', (table, { ascii }) => {
    table.bigIncrements('id')
    // sends or undone
    ascii(table, 'what', 16).notNullable()
    // The provider of sends.
    ascii(table, 'word', 32).notNullable()
    table.bigInteger('count').notNullable()
  })
}
