// A minting that fails half-way leaves nothing: whoever was answered 503 mints again, and each send counts once.

import { describe, expect, it } from 'vitest'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { saveMinted } from '../../src/store/tables/minted.ts'
import { createStoredPaths } from '../../src/store/tables/return-paths.ts'
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
