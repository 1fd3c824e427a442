// How far each server is by the clock of its node, where a cluster of databases has several: pollers wait for the last.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_node_clocks', (table, { ascii, time }) => {
    // Of one server, as long as it runs.
    ascii(table, 'server', 32).notNullable().primary()
    time(table, 'at').notNullable()
  })
}
