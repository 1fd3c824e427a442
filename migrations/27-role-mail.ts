// Mail to postmaster and abuse, which was kept in the data directory of the server that took it.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_role_mail', (table, { ascii, time, flavour }) => {
    table.bigIncrements('id')
    // When it was stored here: what was imported is kept as long as what is new.
    time(table, 'kept_at').notNullable()
    time(table, 'received_at').notNullable()
    // Since when it has been looked at.
    time(table, 'seen_at')
    // SHA-256 of what is kept: a mail that is stored again after a lost answer is one.
    ascii(table, 'digest', 64).notNullable().unique()
    // Whose quota it counted against; null for trusted networks and imports.
    ascii(table, 'network', 50)
    // Of the whole mail, and of what is kept of it.
    table.bigInteger('bytes').notNullable()
    table.integer('kept_bytes').notNullable()
    if (flavour === 'sqlite') table.binary('raw').notNullable()
    else table.specificType('raw', 'mediumblob').notNullable()
    table.index(['kept_at'], 'rebound_role_mail_kept')
    table.index(['network', 'kept_at'], 'rebound_role_mail_network')
  })
}
