// SQLite answers within the call: what goes through many pages lets mail and probes in between them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRulebook } from '../src/rules/rulebook.ts'
import { createEvidence } from '../src/store/tables/evidence.ts'
import { listRecords } from '../src/store/tables/record-list.ts'
import { rulebookTables } from '../src/store/tables/rulebook.ts'
import { dialects, newDatabase, type TestDatabase } from './store/databases.ts'

/** How often the event loop came round meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const count = (): void => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  await work()
  isDone = true
  return turns
}

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database?.drop())

  it('an export comes round with every page, and a filter that nothing meets with every slice', async () => {
    const { store } = database
    const rows = Array.from({ length: 8_001 }, (_, at) => ({ id: String(at) }))
    for (let at = 0; at < rows.length; at += 200)
      await store.knex('rebound_contacts').insert(rows.slice(at, at + 200))
    let pages = 0
    const turns = await turnsDuring(async () => {
      let after: string | undefined
      do {
        const page = await listRecords(store, { module: 'contacts', limit: 400, after })
        after = page.next ?? undefined
        pages++
      } while (after)
    })
    expect(pages).toBe(21)
    expect(turns).toBeGreaterThanOrEqual(pages)
    const looking = () => listRecords(store, { module: 'contacts', type: 'hard', limit: 10 })
    expect(await turnsDuring(looking)).toBeGreaterThanOrEqual(4)
  })

  it('a preview comes round with every page of evidence', async () => {
    const { store } = database
    const evidence = createEvidence(store, 1_000)
    for (let at = 0; at < 950; at++)
      evidence.keep({ receivedAt: new Date(0), kind: 'bounce', bounceId: null, kept: '{}' })
    await evidence.close()
    const onError = (error: unknown): never => {
      throw error
    }
    const book = await openRulebook(rulebookTables(store), { evidence: 1_000, onError })
    const draft = {
      section: 'body',
      text: 'x',
      type: 'hard',
      stage: 'override',
      category: null,
      enabled: true,
      note: null,
    } as const
    expect(await turnsDuring(() => book.rules.preview(draft, { replaces: null }))).toBeGreaterThanOrEqual(9)
    await book.close()
  })
})
