// What to do after a bounce, and what its refusal names; the view of the history shows it, and who promoted.

import type { Knex } from 'knex'
import { createBounceHistory } from './09-views.ts'
import { columnsFor } from './columns.ts'

const more = ['advice', 'retry_after', 'blocklist', 'help_url', 'promoted_by'] as const

export async function up(knex: Knex): Promise<void> {
  const { text, ascii } = await columnsFor(knex)
  const columns: Readonly<Record<string, (table: Knex.AlterTableBuilder, name: string) => unknown>> = {
    advice: (table, name) => ascii(table, name, 16),
    retry_after: (table, name) => table.integer(name),
    blocklist: (table, name) => text(table, name, 253),
    help_url: (table, name) => text(table, name, 320),
  }
  // Each by itself: MySQL keeps what was done before a start that was killed.
  for (const [name, add] of Object.entries(columns))
    if (!(await knex.schema.hasColumn('rebound_bounces', name)))
      await knex.schema.alterTable('rebound_bounces', table => void add(table, name))
  await createBounceHistory(knex, more)
}
