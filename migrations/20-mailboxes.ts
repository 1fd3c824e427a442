// Mailboxes that mail is fetched from: which server does it now, and how far it has read.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_mailboxes', (table, { ascii, time, flavour }) => {
    // SHA-256 of protocol, host, user and folder.
    ascii(table, 'name', 64).notNullable().primary()
    ascii(table, 'owner', 32)
    time(table, 'leased_until').notNullable()
    ascii(table, 'uid_validity', 20).notNullable()
    table.bigInteger('last_uid').notNullable()
    // JSON: hashes of the unique ids of POP3 that stay in the mailbox.
    if (flavour === 'sqlite') table.text('seen').notNullable()
    else table.specificType('seen', 'mediumtext character set ascii').notNullable()
  })
}
