// Which thresholds are in force, and since when: a start, a change or an upgrade takes no address for what was before.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrationNames, migrationSettings, migrationSource } from '../../migrations/list.ts'
import type { Thresholds } from '../../src/crm/thresholds.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { enforceThresholds, thresholdsInForce } from '../../src/store/tables/thresholds.ts'
import { dialects, emptyDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const wanted: Thresholds = { 'mailbox-full': { bounces: 3, days: 4 } }

describe.each(dialects)('thresholds in force on %s', dialect => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await emptyDatabase(dialect)
  })
  afterEach(async () => database?.drop())

  const full = (day: number) => event({ type: 'soft', receivedAt: new Date(Date.UTC(2026, 0, day)) })
  const bounce = async (thresholds: Thresholds, ...days: readonly number[]) => {
    const inForce = await enforceThresholds(database.store, thresholds)
    const recorder = createRecorder(database.store, { trustClaimed: false, thresholds: inForce })
    for (const day of days) await recorder.record([full(day)])
    await recorder.close()
    return (await createRecords(database.store).get('contacts', '42'))?.email
  }
  it('begin with the first start, and go on over the next', async () => {
    await migrate(database.store)
    expect(await bounce({}, 1, 3)).toBe('ana@example.org')
    expect(await bounce(wanted, 5, 7)).toBe('ana@example.org')
    expect(await bounce(wanted, 9)).toBe(null)
  })

  it('begin again when they change, or were off between', async () => {
    await migrate(database.store)
    await bounce({ 'mailbox-full': { bounces: 4, days: 4 } }, 1, 3)
    expect(await bounce(wanted, 5, 7)).toBe('ana@example.org')
    await bounce({})
    expect(await thresholdsInForce(database.store)).toEqual({})
    expect(await bounce(wanted, 9)).toBe('ana@example.org')
  })

  it('keep the beginning of those that did not change', async () => {
    await migrate(database.store)
    await bounce(wanted, 1)
    const both = await enforceThresholds(database.store, { ...wanted, expired: { bounces: 3, days: 7 } })
    expect(both).toEqual({
      'mailbox-full': { bounces: 3, days: 4, afterId: 0 },
      expired: { bounces: 3, days: 7, afterId: 1 },
    })
    expect(await thresholdsInForce(database.store)).toEqual(both)
  })

  it('are put into force by two servers that start at once', async () => {
    await migrate(database.store)
    const stores = [database.store, database.open(), database.open()]
    const found = await Promise.all(stores.map(store => enforceThresholds(store, wanted)))
    for (const each of found) expect(each).toMatchObject(wanted)
    expect(await thresholdsInForce(database.store)).toMatchObject(wanted)
  })

  it('count nothing that was recorded before the upgrade', async () => {
    const { store } = database
    const upgrade = migrationNames.indexOf('14-promotion')
    const before = migrationNames.slice(0, upgrade)
    const source = {
      ...migrationSource,
      getMigrations: async () =>
        (await migrationSource.getMigrations([])).filter(({ name }) => before.includes(name)),
    }
    await store.knex.migrate.latest({ ...migrationSettings, migrationSource: source })
    const at = Date.now() - 86_400_000
    await store.knex('rebound_contacts').insert({
      id: '42',
      email: 'ana@example.org',
      normal_email: 'ana@example.org',
      email_bounced: 1,
      soft_bounces: 3,
      last_bounce_at: at,
    })
    const old = {
      recorded_at: at,
      kind: 'bounce',
      type: 'soft',
      category: 'mailbox-full',
      permanent: 1,
      address: 'ana@example.org',
      module: 'contacts',
      record_id: '42',
      linked_by: 'signed',
      concern: 'owner',
      client_ip: '192.0.2.1',
      return_path: 'b-old@bounces.example.com',
      effect: 'flagged',
    }
    await store
      .knex('rebound_bounces')
      .insert(
        [1, 3, 5].map(day => ({ ...old, fingerprint: `old ${day}`, received_at: Date.UTC(2026, 0, day) })),
      )
    expect(await migrate(store)).toEqual(migrationNames.slice(upgrade))
    expect(await bounce(wanted, 7)).toBe('ana@example.org')
    expect(await bounce(wanted, 9, 11)).toBe(null)
    const history = await createRecords(store).history('contacts', '42', { limit: 10 })
    expect(history.items.map(({ effect }) => effect)).toEqual(['removed', ...Array(5).fill('flagged')])
  })
})
