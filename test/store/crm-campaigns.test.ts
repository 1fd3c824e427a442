// The CRM's own campaigns: which row an id means, and what happens when it does not take a count.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/database/open.ts'
import { foldCampaigns } from '../../src/store/recording/fold-campaigns.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { mapped } from './crms.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const people = { table: 'people', id: 'id', addresses: ['email'] }
const file = (id: string) => ({
  modules: { contacts: people },
  campaigns: { table: 'camp', id, where: { live: 1 }, hardBounces: 'hard' },
})

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let store: Store
  let recorder: Recorder
  const failures: string[] = []
  beforeEach(async () => {
    failures.length = 0
    database = await newDatabase(dialect)
    const { knex } = database.store
    await knex.raw('create table people (id int not null primary key, email varchar(100))')
    await knex.raw(
      'create table camp (id int not null primary key, code varchar(40) not null unique, live int not null, hard int)',
    )
    await knex('people').insert({ id: 42, email: 'ana@example.org' })
    await knex('camp').insert([
      { id: 42, code: 'News', live: 1 },
      { id: 43, code: 'old', live: 0 },
    ])
  })
  afterEach(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const use = async (id: string): Promise<void> => {
    // One that knows another mapping would fold campaigns without it.
    await recorder?.close()
    store = await mapped(database.store, file(id))
    recorder = createRecorder(store, { trustClaimed: false })
  }
  const bounce = (campaign: string, recordId = '42') =>
    recorder.record([event({ recordId, campaign: { id: campaign } })])
  const counts = async () => {
    await foldCampaigns(store, error => failures.push((error as Error).message))
    return (await store.knex('camp').orderBy('id')).map(row => row.hard)
  }

  it('a text id is taken as it stands: another case, and a blank behind it, are other campaigns', async () => {
    await use('code')
    await bounce('News', '41')
    for (const campaign of ['News', 'news', 'NEWS', 'News ']) await bounce(campaign)
    expect(await counts()).toEqual([2, null])
  })

  it('a number is taken as it stands', async () => {
    await use('id')
    await bounce('42', '41')
    for (const campaign of ['42', '42abc', '042', '42 ', '4.2e1']) await bounce(campaign)
    expect(await counts()).toEqual([2, null])
  })

  it('a campaign that does not meet the conditions is not written', async () => {
    await use('id')
    await bounce('43')
    expect(await counts()).toEqual([null, null])
  })

  it('a count that the CRM refuses costs the event nothing, and is told', async () => {
    await use('id')
    await store.knex.raw(
      dialect === 'mysql'
        ? `create trigger refuse before update on camp for each row signal sqlstate '45000' set message_text = 'no'`
        : `create trigger refuse before update on camp begin select raise(abort, 'no'); end`,
    )
    await bounce('42')
    expect(await counts()).toEqual([null, null])
    expect((await store.knex('people'))[0]).toMatchObject({ email: null })
    expect(await store.knex('rebound_bounces').select('effect')).toEqual([{ effect: 'removed' }])
    expect((await store.knex('rebound_campaign_results').where({ id: '42' }))[0]).toMatchObject({
      hard_bounces: 1,
    })
    expect(failures).toEqual([expect.stringMatching(/no/)])
  })
})
