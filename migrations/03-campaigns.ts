// Campaigns with their counts, and per campaign and record the one type that is counted.

import type { Knex } from 'knex'
import { createTable } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'rebound_campaigns', (table, { text }) => {
    text(table, 'id', 64).notNullable().primary()
    // The 32-bit number by which a signed return path names the campaign.
    table.bigInteger('number').notNullable()
    text(table, 'name', 255)
    table.bigInteger('sent').notNullable().defaultTo(0)
    table.integer('hard_bounces').notNullable().defaultTo(0)
    table.integer('soft_bounces').notNullable().defaultTo(0)
    table.integer('blocked_bounces').notNullable().defaultTo(0)
    table.integer('complaints').notNullable().defaultTo(0)
    table.unique(['number'], { indexName: 'rebound_campaigns_number' })
  })
  await createTable(knex, 'rebound_campaign_records', (table, { text, ascii }) => {
    text(table, 'campaign_id', 64).notNullable()
    text(table, 'module', 64).notNullable()
    text(table, 'record_id', 64).notNullable()
    // Null while only a complaint is known.
    ascii(table, 'type', 8)
    table.boolean('blocked').notNullable().defaultTo(false)
    table.bigInteger('event_id')
    table.bigInteger('complaint_event_id')
    table.primary(['campaign_id', 'module', 'record_id'])
  })
}
