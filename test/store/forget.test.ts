// Erasing an address, and deleting what is old: what must go goes, what others need stays.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEvidence } from '../../src/store/evidence.ts'
import { forgetAddress } from '../../src/store/forget.ts'
import { createRecorder } from '../../src/store/recorder.ts'
import { createRecords } from '../../src/store/records.ts'
import { prune } from '../../src/store/retention.ts'
import { createReturnPaths } from '../../src/store/return-paths.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event, matches } from './events.ts'

const send = { module: 'contacts', recordId: '1', campaign: null, mailId: null, addressCheck: 'check of ana' }

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database?.drop())
  const everything = async (): Promise<string> => {
    const { knex } = database.store
    const tables = [
      'bounces',
      'contacts',
      'companies',
      'leads',
      'audit',
      'evidence',
      'return_paths',
      'message_ids',
    ]
    const rows = await Promise.all(tables.map(table => knex(`rebound_${table}`)))
    return JSON.stringify(rows)
  }

  it('forgets an address everywhere, in any case, keeps the counts, and leaves others alone', async () => {
    const { store } = database
    const recorder = createRecorder(store, { matches, trustClaimed: false })
    const evidence = createEvidence(store, 100)
    const records = createRecords(store)
    const by = { create: true, actor: 'test' }
    const text = (address: string) => `550 5.1.1 <${address}>: no such user; to=${address}.`
    await recorder.record([
      event({
        recordId: '1',
        campaign: { id: 'c' },
        diagnostic: text('Ana@Example.org'),
        subject: 'for ana@example.org',
      }),
      event({ recordId: '2', sentTo: 'juana@example.org', diagnostic: text('juana@example.org') }),
      { ...event({ recordId: '3' }), returnPath: 'bounces+ana=example.org@crm.example' },
    ])
    await records.change('contacts', '1', { emailBounced: false }, by)
    await records.change('leads', '9', { email: 'ANA@example.org' }, by)
    for (const address of ['ana@example.org', 'juana@example.org'])
      evidence.keep({
        receivedAt: new Date(0),
        kind: 'bounce',
        bounceId: null,
        kept: JSON.stringify({ body: text(address) }),
      })
    await evidence.close()
    const paths = createReturnPaths(store)
    await paths.save([{ token: 's-ana', send, issuedAt: new Date() }])

    const settings = { actor: 'test', pseudonym: 'forgotten-1f3a', checks: ['check of ana'] }
    const done = await forgetAddress(store, 'ana@example.org', settings)
    expect(done).toEqual({ records: 3, bounces: 2, evidence: 1, returnPaths: 1, audit: 1 })

    const left = await everything()
    expect(left.match(/(?<!ju)ana[@=]example\.org/gi)).toBeNull()
    expect(left).toContain('juana@example.org')
    expect(await store.knex('rebound_bounces').where({ address: 'forgotten-1f3a' })).toHaveLength(2)
    expect(await store.knex('rebound_evidence')).toHaveLength(1)
    expect(await paths.find('s-ana')).toBeNull()
    const [campaign] = await store.knex('rebound_campaigns').where({ id: 'c' })
    expect(campaign.hard_bounces).toBe(1)
    expect(await records.get('contacts', '3')).toMatchObject({ hardBounces: 1, bouncedAddress: null })
    expect(await forgetAddress(store, 'ana@example.org', settings)).toEqual({
      records: 0,
      bounces: 0,
      evidence: 0,
      returnPaths: 0,
      audit: 0,
    })
    await recorder.close()
  })

  it('prunes what is old, and no event whose report may still come again', async () => {
    const { store } = database
    const now = new Date('2026-06-01T00:00:00Z')
    const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)
    await store.knex('rebound_bounces').del()
    const recorder = createRecorder(store, { matches, trustClaimed: false })
    for (const days of [10, 66, 68, 400]) {
      const [recorded] = await recorder.record([event({ recordId: `${days}` })])
      await store
        .knex('rebound_bounces')
        .where({ id: recorded?.id })
        .update({ recorded_at: ago(days).getTime() })
      await createReturnPaths(store).save([{ token: `s-${days}`, send, issuedAt: ago(days) }])
    }
    await recorder.close()
    const days = async () => (await store.knex('rebound_bounces').orderBy('id')).map(row => row.record_id)
    const keep = { eventDays: null, auditDays: null, returnPathDays: 60 }
    expect(await prune(store, keep, { now })).toEqual({ bounces: 0, returnPaths: 2, messageIds: 0, audit: 0 })
    expect(await prune(store, { ...keep, eventDays: 365 }, { now })).toMatchObject({ bounces: 1 })
    expect(await days()).toEqual(['10', '66', '68'])
    expect(await prune(store, { ...keep, eventDays: 1 }, { now })).toMatchObject({ bounces: 1 })
    expect(await days()).toEqual(['10', '66'])
  })
})
