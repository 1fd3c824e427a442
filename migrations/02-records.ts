// What Rebound knows of the CRM's records, where the CRM's own tables are not mapped.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

const tables = ['rebound_contacts', 'rebound_companies', 'rebound_leads'] as const

export async function up(knex: Knex): Promise<void> {
  for (const name of tables) {
    await createTable(knex, name, (table, { text, time }) => {
      text(table, 'id', 64).notNullable().primary()
      text(table, 'email', 320)
      // The spelling by which it is found: A-Z folded, the domain in A-labels.
      text(table, 'normal_email', 320)
      table.boolean('email_bounced').notNullable().defaultTo(false)
      text(table, 'bounced_address', 320)
      table.integer('hard_bounces').notNullable().defaultTo(0)
      table.integer('soft_bounces').notNullable().defaultTo(0)
      time(table, 'last_bounce_at')
      time(table, 'reset_at')
      table.index(['email_bounced', 'id'], `${name}_bounced`)
      table.index(['normal_email'], `${name}_email`)
    })
  }
}
