// Every schema that was ever in use upgrades with its data: nothing is lost, and the lists work on what was there.

import { describe, expect, it } from 'vitest'
import { migrationNames, migrationSettings, migrationSource } from '../../migrations/list.ts'
import { migrate, pendingMigrations } from '../../src/store/database/migrate.ts'
import type { Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { within } from '../patience.ts'
import { fill } from './big-tables.ts'
import { dialects, emptyDatabase } from './databases.ts'
import { event } from './events.ts'

const events = 1_000
/** The first that anybody ran for long. */
const first = '12-recording'
const before = migrationNames.slice(migrationNames.indexOf(first), -1)

/** As a start of the version that knew no migration after `last`. */
async function migrateUpTo(store: Store, last: string): Promise<void> {
  const all = await migrationSource.getMigrations([])
  const some = all.slice(0, migrationNames.indexOf(last) + 1)
  await store.knex.migrate.latest({
    ...migrationSettings,
    migrationSource: { ...migrationSource, getMigrations: async () => some },
  })
}

const count = async ({ knex }: Store, table: string): Promise<number> =>
  Number(((await knex(table).count({ count: '*' })) as readonly { count: number }[])[0]?.count)

const tables = ['bounces', 'contacts', 'campaigns', 'campaign_records', 'outbox', 'return_paths']

describe.each(dialects)('on %s', dialect => {
  it.each(before)('a database of %s upgrades with its data', { timeout: within(120_000) }, async last => {
    const { store, drop } = await emptyDatabase(dialect)
    await migrateUpTo(store, last)
    await fill(store, { events })
    const counts = () => Promise.all(tables.map(table => count(store, `rebound_${table}`)))
    const had = await counts()
    expect(Math.min(...had)).toBeGreaterThan(0)

    expect(await migrate(store)).toEqual(migrationNames.slice(migrationNames.indexOf(last) + 1))
    expect(await pendingMigrations(store)).toEqual([])
    expect(await counts()).toEqual(had)
    const query = { limit: 1_000, campaignId: 'big', type: 'hard' } as const
    const hard = await store
      .knex('rebound_bounces')
      .distinct('module', 'record_id')
      .where({ campaign_id: 'big', type: 'hard' })
    const found = await listRecords(store, query)
    expect(hard.length).toBeGreaterThan(0)
    expect(found.items).toHaveLength(hard.length)
    expect((await createBounces(store).newest({ ...query })).items.length).toBeGreaterThan(0)

    // And mail goes on.
    const recorder = createRecorder(store, { trustClaimed: false })
    await recorder.record([event({ campaign: { id: '7' } })])
    await recorder.close()
    expect((await createCampaigns(store).get('7'))?.hardBounces).toBe(2)
    await drop()
  })
})
