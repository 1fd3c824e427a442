// The list of records: filters that one bounce meets together, pages that neither skip nor repeat.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordQuery } from '../../src/model/record.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { encodeCursor } from '../../src/store/tables/cursor.ts'
import { listRecords } from '../../src/store/tables/record-list.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n))

describe.each(dialects)('records on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const recorder = createRecorder(database.store, { trustClaimed: false })
    const by = { actor: 'test' }
    await createRecords(database.store).put('contacts', 'quiet', { email: 'quiet@example.org' }, by)
    await recorder.record([
      event({ recordId: 'a', type: 'soft', receivedAt: day(1) }),
      event({ recordId: 'a', type: 'hard', receivedAt: day(9), campaign: { id: 'spring' } }),
      event({ recordId: 'B', type: 'soft', category: 'spam', receivedAt: day(5) }),
      event({ recordId: 'c', type: 'hard', receivedAt: day(3) }),
      event({ recordId: 'd', type: 'hard', concern: 'other' }),
      event({ recordId: 'c', kind: 'complaint', receivedAt: day(3) }),
      event({ module: 'leads', recordId: 'spam', kind: 'complaint', receivedAt: day(3) }),
      event({ module: 'leads', recordId: 'a', type: 'soft', receivedAt: day(7) }),
    ])
    const [undone] = await recorder.record([event({ recordId: 'undone', receivedAt: day(3) })])
    await undoBounce(database.store, undone?.id ?? '', { actor: 'test' })
    await recorder.close()
    // Filters go by the time of recording: as if each had been recorded when it was received.
    await database.store.knex('rebound_bounces').update('recorded_at', database.store.knex.ref('received_at'))
  })
  afterAll(async () => database?.drop())

  const cases: readonly (readonly [
    what: string,
    query: Partial<RecordQuery>,
    expected: readonly string[],
  ])[] = [
    [
      'all',
      {},
      [
        'contacts B',
        'contacts a',
        'contacts c',
        'contacts quiet',
        'contacts undone',
        'leads a',
        'leads spam',
      ],
    ],
    ['of a module', { module: 'leads' }, ['leads a', 'leads spam']],
    ['flagged', { bounced: true }, ['contacts B', 'contacts a', 'contacts c', 'leads a']],
    ['not flagged', { bounced: false }, ['contacts quiet', 'contacts undone', 'leads spam']],
    ['who complained', { complained: true }, ['contacts c', 'leads spam']],
    ['who complained, and are flagged', { complained: true, bounced: true }, ['contacts c']],
    ['who complained, and bounced hard', { complained: true, type: 'hard' }, ['contacts c']],
    [
      'who never complained, with a soft bounce',
      { complained: false, type: 'soft' },
      ['contacts B', 'contacts a', 'leads a'],
    ],
    ['with a hard bounce', { type: 'hard' }, ['contacts a', 'contacts c']],
    ['of a category', { category: 'spam' }, ['contacts B']],
    ['of a campaign', { campaignId: 'spring' }, ['contacts a']],
    ['since a time', { from: day(5) }, ['contacts B', 'contacts a', 'leads a']],
    ['before a time', { to: day(5) }, ['contacts a', 'contacts c']],
    ['with one bounce that meets both', { type: 'soft', from: day(5) }, ['contacts B', 'leads a']],
    ['that nothing meets', { type: 'hard', category: 'spam' }, []],
  ]
  it.each(cases)('lists those %s, in one page and in many', async (_, query, expected) => {
    for (const limit of [100, 1]) {
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await listRecords(database.store, { ...query, limit, after })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map(record => `${record.module} ${record.id}`))
        after = page.next ?? undefined
      } while (after)
      expect(seen).toEqual(expected)
    }
  })

  it('tells what the latest bounce was', async () => {
    const { items } = await listRecords(database.store, { limit: 100, module: 'contacts' })
    expect(items.map(each => [each.id, each.lastType, each.lastCategory])).toEqual([
      ['B', 'soft', 'spam'],
      ['a', 'hard', 'unknown-user'],
      ['c', 'hard', 'unknown-user'],
      ['quiet', null, null],
      ['undone', null, null],
    ])
  })

  it('looks through many records for the one that meets a filter', async () => {
    const rows = Array.from({ length: 7_001 }, (_, at) => ({ id: `m${String(at).padStart(5, '0')}` }))
    for (let at = 0; at < rows.length; at += 200)
      await database.store.knex('rebound_companies').insert(rows.slice(at, at + 200))
    const recorder = createRecorder(database.store, { trustClaimed: false })
    await recorder.record([event({ module: 'companies', recordId: 'm06999' })])
    await recorder.close()
    const found = await listRecords(database.store, { module: 'companies', type: 'hard', limit: 10 })
    expect(found.items.map(record => record.id)).toEqual(['m06999'])
    expect(found.next).toBeNull()
  })

  it('refuses the cursor of another module, and of one that there is not', async () => {
    const { next } = await listRecords(database.store, { limit: 1, module: 'contacts' })
    const after = next ?? undefined
    await expect(listRecords(database.store, { limit: 1, module: 'leads', after })).rejects.toMatchObject({
      name: 'CursorError',
    })
    const { items } = await listRecords(database.store, { limit: 1, after })
    expect(items.map(record => record.id)).toEqual(['a'])
    const gone = encodeCursor('l', 'deals', '1')
    await expect(listRecords(database.store, { limit: 1, after: gone })).rejects.toMatchObject({
      name: 'CursorError',
    })
  })

  it.each(['', 'x', Buffer.from('["h",1,2]').toString('base64url'), 'a'.repeat(2_000)])(
    'refuses the cursor %j',
    async after => {
      await expect(listRecords(database.store, { limit: 1, after })).rejects.toMatchObject({
        name: 'CursorError',
      })
    },
  )
})
