// SQLite answers within the call: what goes through many pages lets mail and probes in between them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRulebook } from '../src/rules/rulebook.ts'
import { createRecorder } from '../src/store/recording/recorder.ts'
import { createEvidence } from '../src/store/tables/evidence.ts'
import { listRecords } from '../src/store/tables/record-list.ts'
import { rulebookTables } from '../src/store/tables/rulebook.ts'
import { dialects, newDatabase, type TestDatabase } from './store/databases.ts'
import { event } from './store/events.ts'

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

  it('an export comes round with every page', async () => {
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
  })

  it('a filter that nothing meets comes round with every slice of the candidates', async () => {
    const { knex } = database.store
    const counted = (id: number) => ({
      campaign_id: '7',
      module: 'contacts',
      record_id: String(id),
      blocked: 0,
    })
    for (let at = 0; at < 8_000; at += 200)
      await knex('rebound_campaign_records').insert(Array.from({ length: 200 }, (_, n) => counted(at + n)))
    // So many bounces of others that these do not lead to the records.
    const recorder = createRecorder(database.store, { trustClaimed: false })
    await recorder.record(
      Array.from({ length: 50 }, (_, n) => event({ module: 'leads', recordId: `${n}`, name: `lead ${n}` })),
    )
    await recorder.close()
    const query = { module: 'contacts', campaignId: '7', from: new Date(0), limit: 10 }
    let found: readonly unknown[] | null = null
    const turns = await turnsDuring(async () => {
      found = (await listRecords(database.store, query)).items
    })
    expect(found).toEqual([])
    expect(turns).toBeGreaterThanOrEqual(10)
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
