// Return paths that do not fit into an address, Message-IDs that were registered, and which keys signed the rest.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_return_paths', (table, { text, ascii, time }) => {
    ascii(table, 'token', 64).notNullable().primary()
    text(table, 'module', 64).notNullable()
    text(table, 'record_id', 64).notNullable()
    text(table, 'campaign_id', 64)
    text(table, 'mail_id', 255)
    ascii(table, 'address_check', 64)
    time(table, 'issued_at').notNullable()
    table.index(['issued_at'], 'rebound_return_paths_issued')
  })
  await createTable(knex, 'rebound_message_ids', (table, { text, ascii, time }) => {
    // SHA-256 of the Message-ID: it may be longer than any index takes.
    ascii(table, 'message_id_hash', 64).notNullable().primary()
    text(table, 'module', 64).notNullable()
    text(table, 'record_id', 64).notNullable()
    text(table, 'campaign_id', 64)
    text(table, 'mail_id', 255)
    ascii(table, 'address_check', 64)
    time(table, 'issued_at').notNullable()
    table.index(['issued_at'], 'rebound_message_ids_issued')
  })
  await createTable(knex, 'rebound_keys', (table, { ascii, time }) => {
    ascii(table, 'check_value', 64).notNullable().primary()
    // The byte by which paths name the key; two keys may share it.
    table.integer('key_id').notNullable()
    time(table, 'first_used_at').notNullable()
    // Null while it is the key that signs; set when a newer one took over.
    time(table, 'retired_at')
  })
}
