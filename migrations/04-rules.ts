// The operators' bounce rules.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_rules', (table, { text, ascii, time }) => {
    // In this order they are asked and listed.
    table.bigIncrements('position')
    text(table, 'id', 64).notNullable()
    ascii(table, 'section', 16).notNullable()
    text(table, 'text', 100).notNullable()
    ascii(table, 'type', 8).notNullable()
    ascii(table, 'stage', 16).notNullable()
    ascii(table, 'source', 16).notNullable()
    table.boolean('enabled').notNullable().defaultTo(true)
    ascii(table, 'category', 32)
    text(table, 'note', 500)
    table.bigInteger('hits').notNullable().defaultTo(0)
    time(table, 'last_hit_at')
    // A shipped rule that was removed stays, so that no start brings it back.
    time(table, 'removed_at')
    table.unique(['id'], { indexName: 'rebound_rules_id' })
    table.unique(['section', 'type', 'stage', 'text'], { indexName: 'rebound_rules_same' })
  })
  // Its one row's version rises with every change, so that every process sees a change with one small read.
  await createTable(knex, 'rebound_versions', (table, { ascii }) => {
    ascii(table, 'name', 32).notNullable().primary()
    table.bigInteger('version').notNullable().defaultTo(0)
  })
}
