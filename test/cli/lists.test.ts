// Events and campaigns as lists: page by page in either order, filtered, and one by one.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { dialects, newDatabase, type TestDatabase } from '../store/databases.ts'
import { event } from '../store/events.ts'
import { installation, lines, type Said, say } from './terminal.ts'

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let rebound: (...words: string[]) => Promise<Said>
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const environment = installation(database.url)
    rebound = (...words) => say(words, environment)
    const recorder = createRecorder(database.store, { trustClaimed: false })
    for (const recordId of ['1', '2', '3', '1'])
      await recorder.record([event({ recordId, name: `${recordId}-${Math.random()}` })])
    await recorder.close()
    // All at one moment: the id alone tells them apart. MySQL holds back what may still be overtaken.
    await database.store.knex('rebound_bounces').update({ recorded_at: 1_772_366_400_000 })
    for (const id of ['7', '12', 'spring', '9'])
      await rebound(
        ...['address', 'mint', '--module', 'contacts', '--id', '1', '--to', 'a@example.org', '--count'],
        ...['--campaign', id],
      )
  })
  afterAll(() => database?.drop())

  const ids = (said: Said): readonly unknown[] => (said.out === '' ? [] : lines(said).map(({ id }) => id))

  /** Everything that a list shows, page by page. */
  async function walk(limit: number, ...words: string[]): Promise<readonly unknown[]> {
    const seen: unknown[] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await rebound(...words, '--json', '--limit', String(limit), '--after', after)
      expect(page.code, page.err).toBe(0)
      seen.push(...ids(page))
      after = /^More: --after (\S+)$/.exec(page.err)?.[1]
    }
    return seen
  }

  test.each([1, 2, 3, 4, 5])(
    'events in pages of %i: neither skipped nor repeated, in either order',
    async limit => {
      const all = ids(await rebound('bounces', 'list', '--json'))
      expect(all).toHaveLength(4)
      expect(await walk(limit, 'bounces', 'list')).toEqual(all)
      expect(await walk(limit, 'bounces', 'list', '--newest')).toEqual([...all].reverse())
    },
  )

  test.each([1, 2, 5])('records in pages of %i', async limit => {
    const all = ids(await rebound('records', 'list', '--json'))
    expect(all).toEqual(['1', '2', '3'])
    expect(await walk(limit, 'records', 'list')).toEqual(all)
    expect(await walk(limit, 'records', 'list', '--complained')).toEqual([])
    expect(await rebound('records', 'list', '--after', 'x')).toMatchObject({ code: 2 })
    expect(await rebound('records', 'list', '--limit', '0')).toMatchObject({ code: 2 })
  })

  test('events of a provider', async () => {
    expect(await walk(1, 'bounces', 'list', '--newest', '--provider', 'google')).toEqual([])
    expect(await rebound('bounces', 'list', '--provider', 'gogle')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--provider gogle'),
    })
  })

  test('events of one record', async () => {
    const of = (...words: string[]) => walk(1, 'bounces', 'list', '--newest', ...words)
    expect(await of('--module', 'contacts', '--record', '1')).toHaveLength(2)
    expect(await of('--module', 'contacts', '--record', '9')).toEqual([])
    expect(await of('--module', 'leads')).toEqual([])
    expect(await rebound('bounces', 'list', '--record', '1')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^--record without --module: .*write both$/),
    })
  })

  test('a cursor of the other order is not one of this', async () => {
    const { err } = await rebound('bounces', 'list', '--newest', '--limit', '1')
    const cursor = /--after (\S+)$/.exec(err)?.[1] ?? ''
    expect(await rebound('bounces', 'list', '--after', cursor)).toMatchObject({ code: 2 })
  })

  test('one event, with the server’s own words', async () => {
    const [first] = lines(await rebound('bounces', 'list', '--json'))
    const shown = await rebound('bounces', 'show', `${first?.id}`)
    expect(shown.out).toMatch(/^id +\d+$/m)
    expect(shown.out).toMatch(/^reported address +\S+@\S+$/m)
    expect(shown.out).toContain(String(first?.diagnostic))
    expect(shown.out).toMatch(/^advice +remove$/m)
    expect(shown.out).toMatch(/^retry after +–$/m)
    expect(lines(await rebound('bounces', 'show', `${first?.id}`, '--json'))).toEqual([first])
    for (const id of ['999', 'x'])
      expect(await rebound('bounces', 'show', id)).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(`^There is no event ${id}; ".*bounces list" shows`),
      })
  })

  test.each([1, 2, 4])('campaigns in pages of %i, the highest number first', async limit => {
    const listed = await walk(limit, 'campaigns', 'list')
    expect(listed).toEqual(['spring', '12', '9', '7'])
  })

  test('campaigns as a table, with their rates', async () => {
    const { out } = await rebound('campaigns', 'list')
    expect(out).toMatch(/^campaign +name +sent +hard/)
    expect(out).toMatch(/^12 +– +1 +0 \(0\.00 %\)/m)
  })
})
