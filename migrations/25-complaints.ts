// How often the person of a record reported a mail as spam, and the index by which such records are listed.

import type { Knex } from 'knex'
import { columnsFor } from './columns.ts'

const own = ['rebound_contacts', 'rebound_companies', 'rebound_leads'] as const
const mapped = 'rebound_mapped_records'

export async function up(knex: Knex): Promise<void> {
  const { flavour, time } = await columnsFor(knex)
  const isSqlite = flavour === 'sqlite'
  // Each by itself: MySQL keeps what was done before a start that was killed.
  const missing = async (table: string, column: string): Promise<boolean> =>
    !(await knex.schema.hasColumn(table, column))
  for (const name of [...own, mapped]) {
    if (await missing(name, 'complaints'))
      await knex.schema.alterTable(name, table => void table.integer('complaints').notNullable().defaultTo(0))
    if (await missing(name, 'last_complaint_at'))
      await knex.schema.alterTable(name, table => void time(table, 'last_complaint_at'))
    // Computed by the database, so that nobody who writes the count has to keep it.
    if (await missing(name, 'complained'))
      await knex.raw(
        `alter table ${name} add column complained int generated always as (case when complaints > 0 then 1 else 0 end) virtual`,
      )
    const index = `${name}_complained`
    const columns = name === mapped ? ['module', 'complained', 'id'] : ['complained', 'id']
    if (await hasIndex(knex, isSqlite, name, index)) continue
    // Where an index may be of some rows, recording the others does not write into it.
    const some = isSqlite ? ' where complained = 1' : ''
    await knex.raw(`create index ${index} on ${name} (${columns.join(', ')})${some}`)
  }
}

async function hasIndex(knex: Knex, isSqlite: boolean, table: string, name: string): Promise<boolean> {
  if (isSqlite) return (await knex('sqlite_master').where({ type: 'index', name })).length > 0
  const [rows] = await knex.raw('show index from ?? where key_name = ?', [table, name])
  return rows.length > 0
}
