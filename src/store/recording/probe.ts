// Does the database take an ordinary event? One is written and deleted in a transaction: nobody ever sees it.

import { randomBytes } from 'node:crypto'
import { sqliteNow } from '../database/clock.ts'
import type { Store } from '../database/open.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'

/** What a batch touches besides, whosever the records are. */
const read = ['rebound_campaigns', 'rebound_rules', 'rebound_outbox', 'rebound_mapped_records'] as const

/** Of a database that works, far more than it takes. */
const limitMs = 1_500

/** Throws what the database throws. Once it resolves, the disk has taken the event too. */
export async function probe(store: Store): Promise<void> {
  const { knex } = store
  const id = `probe-${randomBytes(12).toString('hex')}`
  const now = store.dialect === 'sqlite' ? sqliteNow(0) : Date.now()
  const event = {
    fingerprint: id,
    received_at: now,
    recorded_at: now,
    kind: 'bounce',
    type: 'soft',
    category: 'undetermined',
    diagnostic: 'probe',
    subject: 'probe',
    concern: 'other',
    client_ip: '',
    return_path: '',
    effect: 'none',
  }
  const rows = [
    { table: 'rebound_bounces', row: event, key: { fingerprint: id } },
    { table: 'rebound_contacts', row: { id }, key: { id } },
    {
      table: 'rebound_campaign_records',
      row: { campaign_id: id, module: 'contacts', record_id: id },
      key: { campaign_id: id, module: 'contacts', record_id: id },
    },
    { table: 'rebound_campaign_deltas', row: { campaign_id: id }, key: { campaign_id: id } },
  ]
  const work = async (transaction: Transaction): Promise<void> => {
    for (const table of read) await transaction.run(knex.select(1).from(table).limit(1))
    for (const { table, row } of rows) await transaction.run(knex(table).insert(row))
    for (const { table, key } of rows) await transaction.run(knex(table).where(key).del())
  }
  await inTransaction(store, work, { limitMs })
}
