// Which minting was counted, for when its COMMIT got no answer.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_mints', (table, { ascii, time }) => {
    ascii(table, 'id', 32).notNullable().primary()
    time(table, 'at').notNullable()
    table.index(['at'], 'rebound_mints_at')
  })
}
