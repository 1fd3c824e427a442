// Who changed what by hand: resets, undos, thresholds, erasures.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_audit', (table, { text, ascii, time }) => {
    table.bigIncrements('id')
    time(table, 'at').notNullable()
    text(table, 'actor', 100).notNullable()
    // reset, undo, promote, forget, …
    ascii(table, 'action', 32).notNullable()
    text(table, 'module', 64)
    text(table, 'record_id', 64)
    table.bigInteger('event_id')
    // What was there before, as JSON.
    text(table, 'before', 2000)
    table.index(['module', 'record_id', 'id'], 'rebound_audit_record')
  })
}
