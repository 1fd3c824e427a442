// What Rebound keeps of records that live in the CRM's own tables: their counts, and which addresses it took;
// and which modules the numbers in return paths are.

import type { Knex } from 'knex'
import { createBouncedRecords } from './09-views.ts'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_mapped_records', (table, { text, time }) => {
    text(table, 'module', 64).notNullable()
    text(table, 'id', 64).notNullable()
    // Flag and address as Rebound wrote them last; the truth is in the CRM's columns where they are mapped.
    table.boolean('email_bounced').notNullable().defaultTo(false)
    text(table, 'bounced_address', 320)
    // The `table.column` that each was written into; null while Rebound alone keeps it.
    text(table, 'flag_column', 130)
    text(table, 'address_column', 130)
    table.integer('hard_bounces').notNullable().defaultTo(0)
    table.integer('soft_bounces').notNullable().defaultTo(0)
    time(table, 'last_bounce_at')
    time(table, 'reset_at')
    table.primary(['module', 'id'])
  })
  await createTable(knex, 'rebound_taken_addresses', (table, { text }) => {
    text(table, 'module', 64).notNullable()
    text(table, 'record_id', 64).notNullable()
    // `table.column` of the record, or `table:id` of a row of a table of addresses.
    text(table, 'place', 200).notNullable()
    // Null once a person asked to be forgotten.
    text(table, 'address', 320)
    // The mark was seen clear since: it may be set again, and is no longer this record's.
    table.boolean('lapsed').notNullable().defaultTo(false)
    table.primary(['module', 'record_id', 'place'])
    table.index(['place'], 'rebound_taken_addresses_place')
  })
  await createTable(knex, 'rebound_modules', (table, { text, time }) => {
    // In signed return paths.
    table.integer('number').notNullable().primary()
    text(table, 'module', 64).notNullable()
    // Null while the mapping file names it so; set by the first start that did not.
    time(table, 'retired_at')
  })
  await createBouncedRecords(knex, ['rebound_mapped_records'])
}
