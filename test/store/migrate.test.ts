// Migrations: forward alone, raced, begun again after a kill; columns as long as the code believes.

import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { migrationNames, migrationSettings } from '../../migrations/list.ts'
import { bounceFields } from '../../src/model/stored-bounce.ts'
import { lengths } from '../../src/store/database/columns.ts'
import { migrate, pendingMigrations } from '../../src/store/database/migrate.ts'
import { DatabaseUrlError, knexSettings, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { dialects, emptyDatabase, newDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const files = readdirSync(new URL('../../migrations', import.meta.url))
  .filter(name => /^[0-9]/.test(name))
  .map(name => name.replace(/\.ts$/, ''))
  .sort()

/** `npm run knex -- …`: what it printed, colours taken off. */
async function knexCommand(url: string, words: readonly string[]): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'knex', '--', ...words], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  return stripVTControlCharacters(stdout)
}

const tablesOf = async (store: Store): Promise<readonly string[]> => {
  const rows = await (store.dialect === 'sqlite'
    ? store
        .knex('sqlite_master')
        .select('name')
        .where('name', 'like', 'rebound%')
        .where('type', '!=', 'index')
    : store
        .knex('information_schema.tables')
        .select('table_name as name')
        .whereRaw('table_schema = database()'))
  return rows
    .map(row => row.name as string)
    .filter(name => !name.startsWith('rebound_migrations'))
    .sort()
}

it('lists every migration file, in order', async () => {
  expect(files.length).toBeGreaterThan(0)
  expect(migrationNames).toEqual(files)
})

describe.each(dialects)('migrations on %s', dialect => {
  it('make every table and view, once', async () => {
    const { store, drop } = await emptyDatabase(dialect)
    expect(await pendingMigrations(store)).toEqual(files)
    expect(await migrate(store)).toEqual(files)
    expect(await tablesOf(store)).toContain('rebound_bounce_history')
    expect(await pendingMigrations(store)).toEqual([])
    expect(await migrate(store)).toEqual([])
    await drop()
  })

  it('only go forward: going down would delete what was recorded', async () => {
    const { store, drop } = await newDatabase(dialect)
    const recorder = createRecorder(store, { trustClaimed: false, outbox: true })
    await recorder.record([event()])
    await recorder.close()
    await expect(store.knex.migrate.down(migrationSettings)).rejects.toThrow('only go forward')
    expect(await store.knex('rebound_outbox')).toHaveLength(1)
    expect(await pendingMigrations(store)).toEqual([])
    await drop()
  })

  it("are seen and done by Knex's own command line", async () => {
    const { url, store, drop } = await emptyDatabase(dialect)
    const knex = (...words: string[]) => knexCommand(url, words)
    const listed = (text: string) => text.split('\n').filter(line => files.includes(line))

    const pending = await knex('migrate:status')
    expect(pending).toContain(`Found ${files.length} Pending Migration file/files`)
    expect(pending).not.toContain('undefined')
    expect(listed(pending)).toEqual(files)

    expect(await knex('migrate:latest')).toContain(`${files.length} migrations`)
    expect(await pendingMigrations(store)).toEqual([])
    const done = await knex('migrate:status')
    expect(done).toContain(`Found ${files.length} Completed Migration file/files`)
    expect(done).toContain('No Pending')
    expect(listed(done)).toEqual(files)
    expect(await migrate(store)).toEqual([])
    expect(await knex('migrate:latest')).toContain('Already up to date')
    await drop()
  })

  it('are done once when several processes start at once', async () => {
    const database = await emptyDatabase(dialect)
    const done = await Promise.all([database.open(), database.open(), database.store].map(migrate))
    expect(done.flat().sort()).toEqual(files)
    await database.drop()
  })

  it('show people times and rates in their views', async () => {
    const database = await newDatabase(dialect)
    const { knex } = database.store
    await knex('rebound_contacts').insert({
      id: '1',
      email_bounced: 1,
      bounced_address: 'ana@example.org',
      last_bounce_at: Date.UTC(2026, 2, 1, 12),
    })
    await knex('rebound_campaigns').insert({ id: 'c', number: 2 ** 31, sent: 200, hard_bounces: 3 })
    const [record] = await knex('rebound_bounced_records')
    expect(record).toMatchObject({
      module: 'contacts',
      id: '1',
      bounced_address: 'ana@example.org',
      reset: null,
    })
    expect(new Date(`${record.last_bounce.toISOString?.() ?? `${record.last_bounce}Z`}`)).toEqual(
      new Date('2026-03-01T12:00:00Z'),
    )
    expect(record).toMatchObject({ last_type: null, last_category: null })
    const [campaign] = await knex('rebound_campaign_results')
    expect(Number(campaign.hard_rate)).toBeCloseTo(0.015, 5)
    await database.drop()
  })
})

describe.each(dialects)('what bounced last, on %s', dialect => {
  it('is told in the view of bounced records as in lists', async () => {
    const { store, drop } = await newDatabase(dialect)
    const recorder = createRecorder(store, { trustClaimed: false })
    const record = async (...sketches: readonly EventSketch[]) => {
      for (const sketch of sketches) await recorder.record([event({ recordId: '1', ...sketch })])
    }
    await record({}, { type: 'soft', category: 'blocked' }, { kind: 'auto-reply' }, { concern: 'other' })
    await record({ recordId: '2' }, { recordId: '1', module: 'leads', type: 'soft' })
    const view = () =>
      store
        .knex('rebound_bounced_records')
        .select('module', 'id', 'last_type', 'last_category')
        .orderBy(['module', 'id'])
    const told = async () =>
      (await listRecords(store, { limit: 10, bounced: true })).items.map(each => ({
        module: each.module,
        id: each.id,
        last_type: each.lastType,
        last_category: each.lastCategory,
      }))
    expect(await view()).toEqual([
      { module: 'contacts', id: '1', last_type: 'soft', last_category: 'blocked' },
      { module: 'contacts', id: '2', last_type: 'hard', last_category: 'unknown-user' },
      { module: 'leads', id: '1', last_type: 'soft', last_category: 'mailbox-full' },
    ])
    expect(await view()).toEqual(await told())
    expect(
      await store.knex('rebound_bounce_history').where({ module: 'contacts' }).orderBy('id').pluck('effect'),
    ).toEqual(['removed', 'flagged', 'alive', 'removed'])
    await store.knex('rebound_bounces').where({ category: 'blocked' }).update({ undone_at: 1 })
    expect((await view())[0]).toMatchObject({ last_type: 'hard', last_category: 'unknown-user' })
    expect(await view()).toEqual(await told())
    await store
      .knex('rebound_mapped_records')
      .insert({ module: 'accounts', id: '7', email_bounced: 1, bounced_address: 'ana@example.org' })
    await record({ module: 'accounts', recordId: '7', type: 'soft' })
    expect((await view()).find(each => each.module === 'accounts')).toMatchObject({
      id: '7',
      last_category: 'mailbox-full',
    })
    await recorder.close()
    await drop()
  })
})

it.each(dialects)('the columns of events are those of their table, on %s', async dialect => {
  const database = await newDatabase(dialect)
  const info = await database.store.knex('rebound_bounces').columnInfo()
  const { id, fingerprint, ...columns } = info
  expect(id?.nullable).toBe(false)
  expect(fingerprint?.nullable).toBe(false)
  expect(Object.fromEntries(Object.entries(columns).map(([name, { nullable }]) => [name, nullable]))).toEqual(
    Object.fromEntries(bounceFields.map(([, { name, nullable }]) => [name, nullable])),
  )
  await database.drop()
})

describe.skipIf(!dialects.includes('mysql'))('migrations, on mysql alone', () => {
  it('a lock left by a killed process is not waited for for ever', async () => {
    const database = await emptyDatabase('mysql')
    const { knex } = database.store
    await knex.migrate.currentVersion(migrationSettings)
    await knex('rebound_migrations_lock').update({ is_locked: 1 })
    expect(await migrate(database.store)).toEqual(files)
    await database.drop()
  })

  it('columns are as long as texts are cut to', async () => {
    const database = await newDatabase('mysql')
    const rows = await database.store
      .knex('information_schema.columns')
      .select('column_name as name', 'character_maximum_length as length')
      .whereRaw("table_schema = database() and table_name = 'rebound_bounces'")
    const found = Object.fromEntries(rows.map(row => [row.name, row.length]))
    expect(found).toMatchObject({
      record_id: lengths.id,
      address: lengths.address,
      ...Object.fromEntries(
        bounceFields.flatMap(([, { name, length }]) => (length === null ? [] : [[name, length]])),
      ),
    })
    await database.drop()
  })
})

it.each([
  ['postgres://localhost/x', 'sqlite:./path'],
  ['mysql://localhost', 'names no database'],
  ['mysql://localhost/x?ssl=1', 'unknown parameter ssl'],
  ['sqlite:', 'names no file'],
  ['mysql://a b@/x', 'is not a database URL'],
  ['mysql://user:%zz@localhost/x', 'is not a database URL'],
])('refuses the address %s', (url, words) => {
  expect(() => knexSettings({ url })).toThrow(DatabaseUrlError)
  expect(() => knexSettings({ url })).toThrow(words)
})
