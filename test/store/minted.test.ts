// A minting that fails half-way leaves nothing: whoever was answered 503 mints again, and each send counts once.

import { describe, expect, it } from 'vitest'
import { startDatabaseProxy } from '../../scripts/soak/database-proxy.ts'
import { openStore } from '../../src/store/database/open.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { saveMinted } from '../../src/store/tables/minted.ts'
import { createStoredPaths } from '../../src/store/tables/return-paths.ts'
import { prune } from '../../src/store/upkeep/retention.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from './databases.ts'

const send = { module: 'contacts', recordId: '1', campaign: { id: 'a' }, mailId: null, addressCheck: null }
const issuedAt = new Date('2026-03-01T12:00:00Z')

describe.each(dialects)('minting on %s', dialect => {
  it('is one transaction: a campaign that cannot be counted leaves no path and no other count', async () => {
    const database = await newDatabase(dialect)
    const { store } = database
    await store.knex.raw(
      dialect === 'sqlite'
        ? `create trigger no before update on rebound_campaigns when new.id = 'b' begin select raise(abort, 'no'); end`
        : `create trigger no before update on rebound_campaigns for each row
           if new.id = 'b' then signal sqlstate '45000' set message_text = 'no'; end if`,
    )
    const minted = {
      paths: [{ token: 'b-1', send, issuedAt }],
      messages: [{ messageId: '<1@crm.example>', send, issuedAt }],
      sends: new Map([
        ['a', 3],
        ['b', 4],
      ]),
    }
    await expect(saveMinted(store, minted)).rejects.toThrow('no')
    const campaigns = createCampaigns(store)
    const paths = createStoredPaths(store)
    expect(await campaigns.get('a')).toMatchObject({ sent: 0 })
    expect(await paths.find('b-1')).toBeNull()
    expect(await paths.findByMessageId('<1@crm.example>')).toBeNull()

    await store.knex.raw('drop trigger no')
    await saveMinted(store, minted)
    expect(await campaigns.get('a')).toMatchObject({ sent: 3 })
    expect(await campaigns.get('b')).toMatchObject({ sent: 4 })
    expect(await paths.find('b-1')).toMatchObject({ issuedAt })
    await saveMinted(store, {
      paths: [],
      messages: [],
      sends: new Map([['a', Number.MAX_SAFE_INTEGER - 1]]),
    })
    expect(await campaigns.get('a')).toMatchObject({ sent: Number.MAX_SAFE_INTEGER })
    await database.drop()
  })
})

describe.skipIf(!dialects.includes('mysql'))('minting, of which the COMMIT got no answer, on mysql', () => {
  it.each([1, 2])(
    'is counted once, where every %i. COMMIT is so',
    { timeout: within(60_000) },
    async each => {
      const database = await newDatabase('mysql')
      const url = new URL(database.url)
      const proxy = await startDatabaseProxy(Number(url.port || 3306))
      url.port = `${proxy.port}`
      const store = openStore({ url: url.toString() })
      const mint = (at: number) =>
        saveMinted(store, {
          paths: [{ token: `b-${at}`, send, issuedAt }],
          messages: [],
          sends: new Map([['a', 1]]),
        })
      await mint(0)
      proxy.swallowCommits(each)
      for (let at = 1; at <= 5; at++) await mint(at)
      proxy.heal()
      await mint(6)
      expect(await createCampaigns(database.store).get('a')).toMatchObject({ sent: 7 })
      expect(await database.store.knex('rebound_return_paths')).toHaveLength(7)
      expect(await database.store.knex('rebound_mints')).toHaveLength(7)
      await store.close()
      await proxy.close()
      await database.drop()
    },
  )

  it('is forgotten after a day', async () => {
    const database = await newDatabase('mysql')
    const { store } = database
    await saveMinted(store, { paths: [], messages: [], sends: new Map([['a', 1]]) })
    const keep = {
      keepDays: null,
      keepNoiseDays: null,
      keepCampaignDays: null,
      returnPathDays: 60,
      replyDays: 90,
      roleMailDays: 90,
    }
    await prune(store, keep, { now: new Date() })
    expect(await store.knex('rebound_mints')).toHaveLength(1)
    await prune(store, keep, { now: new Date(Date.now() + 2 * 86_400_000) })
    expect(await store.knex('rebound_mints')).toEqual([])
    await database.drop()
  })
})
