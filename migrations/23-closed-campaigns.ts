// Campaigns that ended long ago count nothing any more: then nobody needs to know whom they have counted.

import type { Knex } from 'knex'
import { columnsFor } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('rebound_campaigns', 'closed_at')) return
  const { time } = await columnsFor(knex)
  await knex.schema.alterTable('rebound_campaigns', table => void time(table, 'closed_at'))
}
