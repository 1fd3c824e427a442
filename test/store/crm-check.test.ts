// A mapping held against the database: each thing that would go wrong later is said, with what to do about it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nearest } from '../../src/model/spelling.ts'
import { checkMapping } from '../../src/store/homes/crm-check.ts'
import { tablesOf } from '../../src/store/homes/crm-tables.ts'
import { crms, mappingOf, shippedMapping } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'

const people = { table: 'people', id: 'id', addresses: 'email' }
const contacts = (fields: object) => ({ modules: { contacts: { ...people, ...fields } } })
const mails = (fields: object) =>
  contacts({
    addresses: { table: 'mails', id: 'id', address: 'address', record: 'person', mark: 'bad', ...fields },
  })

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
    for (const sql of [
      `create table people (id int not null primary key, code varchar(20), email varchar(100), login varchar(80) not null unique,
       bounced tinyint default 0, state varchar(3), old varchar(50), changed datetime, stamp bigint, small smallint, photo blob, brief varchar(10), tiny tinyint unsigned,
       yes bit,
       shout varchar(100) generated always as (upper(email)) stored)`,
      'create table mails (id int not null primary key, address varchar(200), person int, far int, bad tinyint, since datetime not null)',
      'create index mails_person on mails (person)',
      'create table counts (id int not null primary key, hard int, words varchar(9), few tinyint)',
      'create table words (id int not null primary key, person varchar(20) not null unique, bad tinyint)',
      'create table links (person int not null primary key, mail varchar(20))',
      'create view everybody as select * from people',
    ])
      await database.store.knex.raw(sql)
  })
  afterAll(async () => database?.drop())
  const faultsOf = async (file: unknown): Promise<readonly string[]> => {
    const checked = await checkMapping(database.store, mappingOf(file), nearest)
    return checked.ok ? [] : checked.faults
  }

  it.each<[string, unknown, RegExp | null]>([
    [
      'what is right',
      contacts({ flag: 'bounced', updatedAt: 'changed', bouncedAddress: 'shoutless' }),
      /no column shoutless/,
    ],
    [
      'all that is right',
      contacts({ flag: 'bounced', updatedAt: { column: 'stamp', format: 'epoch-ms' } }),
      null,
    ],
    [
      'an address that cannot be NULL',
      contacts({ addresses: ['email', 'login'] }),
      /people.login is unique and NOT NULL: .* allow NULL/,
    ],
    [
      'a table',
      contacts({ table: 'peple' }),
      /^modules.contacts.id: there is no table peple of the CRM; did you mean people\?$/,
    ],
    [
      'a table of ours',
      contacts({ table: 'rebound_contacts' }),
      /there is no table rebound_contacts of the CRM/,
    ],
    ['a view', contacts({ table: 'everybody' }), /everybody is a view; name the table behind it/],
    [
      'a column',
      contacts({ flag: 'bounce' }),
      /^modules.contacts.flag: people has no column bounce; did you mean bounced\?$/,
    ],
    ['an id that is none', contacts({ id: 'code' }), /people.code is not a unique key/],
    [
      'a column that is computed',
      contacts({ bouncedAddress: 'shout' }),
      /people.shout is computed by the database/,
    ],
    ['a blob', contacts({ addresses: 'photo' }), /people.photo is .*blob; an address needs text/],
    [
      'a number',
      contacts({ addresses: 'stamp' }),
      /people.stamp is bigint.*; an address needs text such as varchar\(320\)/,
    ],
    [
      'a short column for the bounced address',
      contacts({ bouncedAddress: 'old' }),
      /people.old is varchar\(50\), shorter than .*; make it varchar\(100\)/,
    ],
    [
      'a word for a number',
      contacts({ flag: { column: 'bounced', bounced: 'yes', clear: 'no' } }),
      /people.bounced is tinyint.* and cannot hold "yes"/,
    ],
    [
      'a word that is too long',
      contacts({ flag: { column: 'state', bounced: 'bounced', clear: 'ok' } }),
      /people.state is varchar\(3\), too short for "bounced"/,
    ],
    [
      'a time in a text of numbers',
      contacts({ updatedAt: 'stamp' }),
      /people.stamp is bigint.*, which does not hold a time as datetime/,
    ],
    [
      'a time in a text that is too short',
      contacts({ updatedAt: 'brief' }),
      /people.brief is varchar\(10\), which does not hold a time as datetime/,
    ],
    ['a condition', contacts({ where: { small: 'x' } }), /people.small is smallint.* and never "x"/],
    [
      'records without index',
      mails({ record: 'far' }),
      /no index begins with mails.far; run: CREATE INDEX rebound_far ON mails \(far\)/,
    ],
    ['a date that must be emptied', mails({ markedAt: 'since' }), /mails.since must allow NULL/],
    [
      'a count',
      { ...contacts({}), campaigns: { table: 'counts', id: 'id', hardBounces: 'words' } },
      /^campaigns.hardBounces: counts.words is varchar\(9\); a count needs a whole number$/,
    ],
    [
      'an id of another kind beside',
      contacts({ beside: { words: 'person' } }),
      /^modules.contacts.beside.words: words.person is varchar\(20\) and cannot hold the id people.id, which is int.*; name a column of the same kind$/,
    ],
    [
      'an id of another kind in the table of addresses',
      mails({ table: 'words', id: 'id', address: 'person', record: 'person', mark: 'bad' }),
      /^modules.contacts.addresses.record: words.person is varchar/,
    ],
    [
      'a link with ids of another kind',
      mails({
        record: undefined,
        link: { table: 'links', record: 'person', address: 'mail' },
      }),
      /^modules.contacts.addresses.link.address: links.mail is varchar\(20\) and cannot hold the id mails.id/,
    ],
    [
      'a table beside',
      contacts({ beside: { mails: 'person' }, flag: 'mails.bad' }),
      /mails.person is not a unique key/,
    ],
  ])('says what is wrong with %s', async (_, file, expected) => {
    expect(await faultsOf(file)).toEqual(expected ? [expect.stringMatching(expected)] : [])
  })

  it.each(Object.keys(crms))('tells all at once where %s is not there', async crm => {
    const faults = await faultsOf(shippedMapping(crm))
    expect(faults).toHaveLength(new Set(tablesOf(mappingOf(shippedMapping(crm)))).size)
    expect(faults.every(fault => /there is no table/.test(fault))).toBe(true)
  })

  it('wants transactions of every table', async () => {
    if (dialect === 'sqlite') return expect(await faultsOf(contacts({}))).toEqual([])
    await database.store.knex.raw(
      'create table old_people (id int primary key, email varchar(99)) engine=MyISAM',
    )
    expect(await faultsOf(contacts({ table: 'old_people' }))).toEqual([
      'modules.contacts.id: old_people is a MyISAM table, which knows no transactions; run: ALTER TABLE old_people ENGINE=InnoDB',
    ])
  })

  // SQLite's whole numbers have 64 bits, and its texts no fixed words: there these fit.
  it.each<[string, unknown, RegExp]>([
    [
      'a count that ends at 127',
      { ...contacts({}), campaigns: { table: 'counts', id: 'id', hardBounces: 'few' } },
      /^campaigns.hardBounces: counts.few is tinyint.*; a count needs at least an int$/,
    ],
    [
      'a flag beyond its column',
      contacts({ flag: { column: 'bounced', bounced: 300 } }),
      /people.bounced is tinyint.* and cannot hold 300; write numbers from -128 to 127$/,
    ],
    [
      'a flag below its column',
      contacts({ flag: { column: 'tiny', bounced: 1, clear: -1 } }),
      /people.tiny is tinyint.* unsigned and cannot hold -1; write numbers from 0 to 255$/,
    ],
    [
      'a flag beyond a bit',
      contacts({ flag: { column: 'yes', bounced: 2 } }),
      /people.yes is bit\(1\) and cannot hold 2; write numbers from 0 to 1$/,
    ],
    [
      'seconds in a smallint',
      contacts({ updatedAt: { column: 'small', format: 'epoch' } }),
      /people.small is smallint.*, which does not hold a time as epoch/,
    ],
  ])('on a server that holds to its types, says what is wrong with %s', async (_, file, expected) => {
    if (dialect === 'sqlite' && /bit/.test(expected.source))
      return expect(await faultsOf(file)).toEqual([expect.stringMatching(/people.yes is bit; a flag needs/)])
    expect(await faultsOf(file)).toEqual(dialect === 'mysql' ? [expect.stringMatching(expected)] : [])
  })

  it('takes no enum for a time', async () => {
    if (dialect === 'sqlite') return expect(await faultsOf(contacts({}))).toEqual([])
    await database.store.knex.raw(
      "create table moods (id int primary key, email varchar(99), mood enum('2026-01-01 00:00:00'))",
    )
    expect(await faultsOf(contacts({ table: 'moods', updatedAt: 'mood' }))).toEqual([
      expect.stringMatching(/moods.mood is enum.*, which does not hold a time as datetime/),
    ])
  })
})
