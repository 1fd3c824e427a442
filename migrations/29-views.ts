// Filters of lists that people saved under a name.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_saved_views', (table, { text, ascii, time }) => {
    table.bigIncrements('id')
    // records or events.
    ascii(table, 'list', 16).notNullable()
    text(table, 'name', 60).notNullable()
    // JSON: names and values as they stand in the address bar.
    text(table, 'filters', 4000).notNullable()
    text(table, 'saved_by', 100).notNullable()
    time(table, 'changed_at').notNullable()
    table.unique(['list', 'name'], { indexName: 'rebound_saved_views_name' })
  })
}
