// Evidence: the newest so many, read back newest first.

import { expect, it } from 'vitest'
import { createEvidence } from '../../src/store/tables/evidence.ts'
import { dialects, newDatabase } from './databases.ts'

it.each(dialects)('keeps the newest entries and prunes the others, on %s', async dialect => {
  const database = await newDatabase(dialect)
  const evidence = createEvidence(database.store, 50)
  const receivedAt = new Date('2026-01-01T00:00:00Z')
  for (let at = 0; at < 120; at++)
    evidence.keep({
      receivedAt,
      kind: 'ordinary',
      bounceId: at % 2 ? String(at) : null,
      kept: `{"n":${at},"😀":1}`,
    })
  await evidence.close()
  expect(await database.store.knex('rebound_evidence')).toHaveLength(50)
  const first = await evidence.newest({ limit: 30 })
  const second = await evidence.newest({ limit: 30, before: first.at(-1)?.id })
  expect([...first, ...second].map(entry => JSON.parse(entry.kept).n)).toEqual(
    Array.from({ length: 50 }, (_, at) => 119 - at),
  )
  expect(first[0]).toMatchObject({ receivedAt, kind: 'ordinary', bounceId: '119', kept: '{"n":119,"😀":1}' })
  await database.drop()
})

it('keeps nothing when none is wanted', async () => {
  const database = await newDatabase('sqlite')
  const evidence = createEvidence(database.store, 0)
  evidence.keep({ receivedAt: new Date(0), kind: 'ordinary', bounceId: null, kept: '{}' })
  await evidence.close()
  expect(await evidence.newest({ limit: 1 })).toEqual([])
  await database.drop()
})

it.each(dialects)('what is kept of an event is found at once, on %s', async dialect => {
  const database = await newDatabase(dialect)
  const evidence = createEvidence(database.store, 50)
  const receivedAt = new Date('2026-01-01T00:00:00Z')
  const keep = (bounceId: string): void =>
    evidence.keep({ receivedAt, kind: 'bounce', bounceId, kept: `{"n":${bounceId}}` })
  keep('1')
  keep('7')
  expect(await evidence.find({ id: '7', receivedAt })).toMatchObject({ bounceId: '7', kept: '{"n":7}' })
  keep('9')
  // While the first are still being written.
  const both = await Promise.all(['9', '1'].map(id => evidence.find({ id, receivedAt })))
  expect(both).toMatchObject([{ bounceId: '9' }, { bounceId: '1' }])
  expect(await evidence.find({ id: '9', receivedAt: new Date(0) })).toBeNull()
  await evidence.close()
  await database.drop()
})
