// One row per event: a report about one recipient, with its verdict and whom it concerns.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_bounces', (table, { text, ascii, time }) => {
    table.bigIncrements('id')
    // Begins with the day of issue, so that the unique index grows at its edge.
    ascii(table, 'fingerprint', 72).notNullable()
    time(table, 'received_at').notNullable()
    time(table, 'recorded_at').notNullable()
    ascii(table, 'kind', 16).notNullable()
    ascii(table, 'type', 8)
    ascii(table, 'category', 32)
    table.boolean('permanent')
    ascii(table, 'status', 16)
    table.integer('reply_code')
    text(table, 'diagnostic', 2000)
    text(table, 'address', 320)
    text(table, 'reported_address', 320)
    text(table, 'module', 64)
    text(table, 'record_id', 64)
    text(table, 'campaign_id', 64)
    text(table, 'mail_id', 255)
    ascii(table, 'linked_by', 16)
    ascii(table, 'concern', 16).notNullable()
    ascii(table, 'decided_by', 16)
    text(table, 'decided_rule', 100)
    text(table, 'decided_text', 500)
    text(table, 'subject', 500)
    text(table, 'original_message_id', 500)
    text(table, 'envelope_id', 255)
    text(table, 'reporting_mta', 255)
    text(table, 'remote_mta', 255)
    ascii(table, 'client_ip', 45).notNullable()
    text(table, 'return_path', 320).notNullable()
    // What the event did to its record, so that undoing it is exact: none, counted, flagged, removed.
    ascii(table, 'effect', 16).notNullable()
    time(table, 'undone_at')
    table.unique(['fingerprint'], { indexName: 'rebound_bounces_fingerprint' })
    table.index(['recorded_at', 'id'], 'rebound_bounces_recorded')
    table.index(['kind', 'type', 'recorded_at', 'id'], 'rebound_bounces_kind')
    table.index(['module', 'record_id', 'recorded_at', 'id'], 'rebound_bounces_record')
    table.index(['campaign_id', 'recorded_at', 'id'], 'rebound_bounces_campaign')
  })
}
