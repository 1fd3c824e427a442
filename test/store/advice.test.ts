// Whose move it is and what the refusal names: stored with the event, as it counted, and shown at every door.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { type EventSketch, event } from './events.ts'

const named = {
  retryAfter: 300,
  blocklist: 'zen.spamhaus.org',
  helpUrl: 'https://help.example/?ip=192.0.2.1',
}

describe.each(dialects)('advice on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const threshold = { bounces: 2, days: 1, afterId: 0 }
    recorder = createRecorder(database.store, { trustClaimed: false, thresholds: { expired: threshold } })
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const stored = async (sketch: EventSketch) => {
    const [recorded] = await recorder.record([event(sketch)])
    return await createBounces(database.store).get(recorded?.id ?? '')
  }

  const cases: readonly (readonly [string, EventSketch, string | null])[] = [
    ['a hard bounce', {}, 'remove'],
    ['a soft one', { type: 'soft' }, 'wait'],
    ['one for the recipient', { type: 'soft', category: 'mailbox-disabled' }, 'ask-recipient'],
    ['one for the sender', { type: 'soft', category: 'blocked' }, 'fix-sending'],
    ['one for the content', { type: 'soft', category: 'spam' }, 'fix-content'],
    ['an unknown user in class 4', { type: 'soft', category: 'unknown-user', permanent: false }, 'wait'],
    ['one that anyone could forge: it counts as soft', { by: 'legacy', recordId: '42' }, 'wait'],
    ['a block about somebody else', { concern: 'other' }, null],
    ['a delay', { kind: 'delayed', action: 'delayed' }, null],
  ]
  it.each(cases)('of %s', async (_, sketch, advice) => {
    expect(await stored(sketch)).toMatchObject({ advice, retryAfter: null, blocklist: null, helpUrl: null })
  })

  it('of the soft bounce that reaches a threshold', async () => {
    const sketch = { type: 'soft', category: 'expired', recordId: 'late' } as const
    expect(await stored({ ...sketch, receivedAt: new Date('2026-03-01') })).toMatchObject({ advice: 'wait' })
    expect(await stored({ ...sketch, receivedAt: new Date('2026-03-02') })).toMatchObject({
      advice: 'remove',
      promotedBy: 'expired=2/1d',
    })
  })

  it('what the refusal names is stored, shown in the history and told by SQL', async () => {
    const sketch = { type: 'soft', category: 'blocked', recordId: 'named', hints: named } as const
    expect(await stored(sketch)).toMatchObject({ advice: 'fix-sending', ...named })
    const { items } = await createRecords(database.store).history('contacts', 'named', { limit: 1 })
    expect(items).toMatchObject([{ advice: 'fix-sending', ...named }])
    const [told] = await database.store.knex('rebound_bounce_history').where({ record_id: 'named' })
    expect(told).toMatchObject({
      advice: 'fix-sending',
      retry_after: 300,
      blocklist: named.blocklist,
      help_url: named.helpUrl,
      promoted_by: null,
    })
  })

  it('a number that no column holds is none', async () => {
    const hints = { retryAfter: 2 ** 40, blocklist: null, helpUrl: null }
    expect(await stored({ type: 'soft', hints })).toMatchObject({ retryAfter: null })
  })
})
