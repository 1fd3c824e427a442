// What thresholds need: since when each is in force, which of them removed an address, and who is said to be alive.

import type { Knex } from 'knex'
import { columnsFor, createTable } from './columns.ts'

const records = ['rebound_contacts', 'rebound_companies', 'rebound_leads', 'rebound_mapped_records'] as const

export async function up(knex: Knex): Promise<void> {
  // Empty until a server starts. The last event before, since clocks may be wrong; the time is for people.
  await createTable(knex, 'rebound_thresholds', (table, { ascii, time }) => {
    ascii(table, 'category', 32).notNullable().primary()
    table.integer('bounces').notNullable()
    table.integer('days').notNullable()
    table.bigInteger('after_id').notNullable()
    time(table, 'since').notNullable()
  })
  const { ascii, time } = await columnsFor(knex)
  // Each by itself: MySQL keeps what was done before a start that was killed.
  for (const name of records)
    if (!(await knex.schema.hasColumn(name, 'alive_at')))
      await knex.schema.alterTable(name, table => void time(table, 'alive_at'))
  if (!(await knex.schema.hasColumn('rebound_bounces', 'promoted_by')))
    await knex.schema.alterTable('rebound_bounces', table => void ascii(table, 'promoted_by', 48))
}
