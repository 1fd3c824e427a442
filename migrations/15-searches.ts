// Indexes for looking up an address and what was done to an event.

import type { Knex } from 'knex'

const indexes = [
  ['rebound_bounces', 'rebound_bounces_address', ['address', 'recorded_at', 'id']],
  ['rebound_audit', 'rebound_audit_event', ['event_id']],
] as const

export async function up(knex: Knex): Promise<void> {
  for (const [table, name, columns] of indexes) {
    if (await hasIndex(knex, table, name)) continue
    await knex.schema.alterTable(table, alter => {
      alter.index([...columns], name)
    })
  }
}

/** MySQL commits each statement by itself: a start that was killed half-way must be able to begin again. */
async function hasIndex(knex: Knex, table: string, name: string): Promise<boolean> {
  const isSqlite = String(knex.client.config.client).includes('sqlite')
  const rows = isSqlite
    ? await knex('sqlite_master').where({ type: 'index', name })
    : await knex('information_schema.statistics')
        .select('index_name')
        .whereRaw('table_schema = database()')
        .where({ table_name: table, index_name: name })
  return rows.length > 0
}
