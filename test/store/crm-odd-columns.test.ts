// The CRM's own tables when they are unlike the usual: no NULL, words for yes and no, times as numbers, triggers, text ids.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/database/open.ts'
import { idleConditions } from '../../src/store/homes/crm-conditions.ts'
import type { CrmTables } from '../../src/store/homes/crm-tables.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { crmContents, differences, mapped } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const file = {
  modules: {
    contacts: {
      table: 'person',
      id: 'guid',
      where: { live: 1 },
      addresses: ['mail', 'order'],
      flag: { column: 'bad', bounced: 'yes', clear: 'no' },
      bouncedAddress: 'was',
      updatedAt: { column: 'touched', format: 'epoch' },
    },
  },
}

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder
  const mysql = dialect === 'mysql'
  beforeEach(async () => {
    database = await newDatabase(dialect)
    // Names that SQL reserves, a flag of words, a condition on a bit, an old character set.
    await database.store.knex.raw(
      `create table person (guid varchar(64) not null primary key, mail varchar(80) not null default '',
       \`order\` varchar(80) default null, bad ${mysql ? "enum('no','yes')" : 'varchar(3)'} not null default 'no',
       was varchar(80) not null default '', touched int not null default 0, live ${mysql ? 'bit(1)' : 'bit'} not null default 1,
       note varchar(10) default 'x')${mysql ? ' default charset=latin1' : ''}`,
    )
    await database.store.knex('person').insert({ guid: 'A-1', mail: 'ana@example.org' })
    await database.store.knex('person').insert({ guid: 'a-2', order: 'ben@example.org' })
    store = await mapped(database.store, file)
    recorder = createRecorder(store, { trustClaimed: false })
  })
  afterEach(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const record = async (sketch: EventSketch): Promise<string> =>
    (await recorder.record([event(sketch)]))[0]?.id ?? ''
  const person = async (guid: string) => (await store.knex('person').where({ guid }))[0]

  it('writes an empty text where there is no NULL, the words, and seconds', async () => {
    const before = await crmContents(store)
    const id = await record({ recordId: 'A-1' })
    expect(await person('A-1')).toMatchObject({ mail: '', bad: 'yes', was: 'ana@example.org', note: 'x' })
    expect(Math.abs((await person('A-1')).touched - Date.now() / 1000)).toBeLessThan(3600)
    expect(await undoBounce(store, id, { actor: 'test' })).toMatchObject({ kind: 'undone' })
    expect(differences(before, await crmContents(store))).toEqual(['person.touched'])
  })

  it('takes an id as it stands: another case is another record', async () => {
    await record({ recordId: 'a-1' })
    await record({ recordId: 'a-2', sentTo: 'ben@example.org' })
    expect(await person('A-1')).toMatchObject({ mail: 'ana@example.org', bad: 'no' })
    expect(await person('a-2')).toMatchObject({ order: null, bad: 'yes' })
  })

  it('an address too long for the column of bounced ones stays with Rebound', async () => {
    const long = `${'x'.repeat(60)}@${'y'.repeat(30)}.example`
    await store.knex('person').where({ guid: 'A-1' }).update({ mail: '' })
    await record({ recordId: 'A-1', sentTo: long })
    expect(await person('A-1')).toMatchObject({ was: '', bad: 'yes' })
    const [own] = await store.knex('rebound_mapped_records').where({ id: 'A-1' })
    expect(own.bounced_address).toBe(long)
  })

  it('a trigger that refuses defers that mail, and no other', async () => {
    await store.knex.raw(
      mysql
        ? `create trigger refuse before update on person for each row
           begin if old.guid = 'A-1' then signal sqlstate '45000' set message_text = 'no'; end if; end`
        : `create trigger refuse before update on person when old.guid = 'A-1' begin select raise(abort, 'no'); end`,
    )
    const stored = await Promise.allSettled([
      recorder.record([event({ recordId: 'A-1' })]),
      recorder.record([event({ recordId: 'a-2', sentTo: 'ben@example.org' })]),
    ])
    expect(stored.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await person('A-1')).toMatchObject({ mail: 'ana@example.org', bad: 'no' })
    expect(await person('a-2')).toMatchObject({ order: null, bad: 'yes' })
    expect(await store.knex('rebound_bounces').select('record_id', 'effect').orderBy('record_id')).toEqual([
      { record_id: 'a-2', effect: 'removed' },
    ])
  })

  it('a rolled back batch leaves nothing in the CRM: event and effect are one transaction', async () => {
    const before = await crmContents(store)
    await store.knex.raw(
      mysql
        ? `create trigger full before insert on rebound_campaign_records for each row signal sqlstate '45000' set message_text = 'no'`
        : `create trigger full before insert on rebound_campaign_records begin select raise(abort, 'no'); end`,
    )
    await expect(record({ recordId: 'A-1', campaign: { id: '7' } })).rejects.toThrow()
    expect(differences(before, await crmContents(store))).toEqual([])
    expect(await createRecords(store).get('contacts', 'A-1')).toMatchObject({
      email: 'ana@example.org',
      hardBounces: 0,
    })
  })

  it('shows them in the view of bounced records, under their module', async () => {
    await record({ recordId: 'A-1' })
    expect(await store.knex('rebound_bounced_records')).toMatchObject([
      { module: 'contacts', id: 'A-1', bounced_address: 'ana@example.org', hard_bounces: 1 },
    ])
  })

  it('says which address is too long for its column, and which another record has', async () => {
    await store.knex.raw('create unique index once on person (`order`)')
    const { put } = createRecords(store)
    const by = { actor: 'test' }
    const wrong = (message: unknown) => ({ name: 'FieldError', field: 'email', message })
    await expect(
      put('contacts', 'a-2', { email: `${'x'.repeat(80)}@example.org` }, by),
    ).rejects.toMatchObject(wrong('is longer than person.order of the CRM, 80'))
    const id = await record({ recordId: 'a-2', sentTo: 'ben@example.org' })
    await store.knex('person').insert({ guid: 'b-3', order: 'ben@example.org' })
    await store.knex('person').insert({ guid: 'b-4', order: 'cleo@example.org' })
    expect(await undoBounce(store, id, { actor: 'test' })).toMatchObject({
      kind: 'conflict',
      why: expect.stringMatching(/^another record has its address by now/),
    })
    await expect(put('contacts', 'b-4', { email: 'ben@example.org' }, by)).rejects.toMatchObject(
      wrong(expect.stringMatching(/^is the address of another record/)),
    )
    await store.knex('person').where({ guid: 'b-3' }).del()
    expect(await undoBounce(store, id, { actor: 'test' })).toMatchObject({ kind: 'undone' })
    expect(await person('a-2')).toMatchObject({ order: 'ben@example.org' })
  })

  it('a record that is marked as deleted by a time is gone', async () => {
    await store.knex.raw('alter table person add deleted_at datetime null')
    const { contacts } = file.modules
    const soft = { modules: { contacts: { ...contacts, where: { live: 1, deleted_at: null } } } }
    store = await mapped(database.store, soft)
    await recorder.close()
    recorder = createRecorder(store, { trustClaimed: false })
    expect(await createRecords(store).get('contacts', 'A-1')).toMatchObject({ email: 'ana@example.org' })
    await store.knex('person').where({ guid: 'A-1' }).update({ deleted_at: '2026-01-01 00:00:00' })
    await record({ recordId: 'A-1' })
    expect(await person('A-1')).toMatchObject({ mail: 'ana@example.org', bad: 'no' })
    expect(await createRecords(store).findByAddress('ana@example.org')).toBeNull()
    await store.knex('person').update({ deleted_at: '2026-01-01 00:00:00' })
    expect(await idleConditions(store, store.crm as CrmTables)).toEqual([
      expect.stringMatching(/none with live = 1 and deleted_at is NULL/),
    ])
    const never = { modules: { contacts: { ...contacts, where: { touched: null }, updatedAt: undefined } } }
    await expect(mapped(database.store, never)).rejects.toThrow(
      'person.touched is never NULL; write another value',
    )
  })

  it('finds a record by its very address: without an accent it is another', async () => {
    const { findByAddress } = createRecords(store)
    await store.knex('person').where({ guid: 'A-1' }).update({ mail: 'josé@example.org' })
    expect(await findByAddress('jose@example.org')).toBeNull()
    await store.knex('person').where({ guid: 'a-2' }).update({ order: 'Jose@example.org' })
    expect(await findByAddress('Jose@EXAMPLE.org')).toEqual({ module: 'contacts', id: 'a-2' })
    // SQLite compares as it is written; MariaDB and MySQL as the column does.
    expect(await findByAddress('jose@example.org')).toEqual(mysql ? { module: 'contacts', id: 'a-2' } : null)
  })
})
