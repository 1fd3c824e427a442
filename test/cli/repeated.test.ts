// What is done twice says so, and a list says when it has come to its end.

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
    for (const recordId of ['42', '43', '44', '45']) await recorder.record([event({ recordId })])
    await recorder.close()
    // MySQL holds back what may still be overtaken.
    if (dialect === 'mysql')
      await database.store.knex('rebound_bounces').update({ recorded_at: 1_772_366_400_000 })
  })
  afterAll(() => database?.drop())

  test('bounces undo', async () => {
    const [first] = lines(await rebound('bounces', 'list', '--json'))
    const undo = () => rebound('bounces', 'undo', `${first?.id}`)
    expect(await undo()).toMatchObject({ code: 0, err: `Event ${first?.id} is undone.` })
    expect(await undo()).toMatchObject({
      code: 0,
      err: `Event ${first?.id} was undone before: nothing to do.`,
    })
  })

  test('records reset', async () => {
    const reset = () => rebound('records', 'reset', 'contacts', '43')
    expect(await reset()).toMatchObject({ code: 0, err: 'contacts 43 is no longer flagged as bounced.' })
    expect(await reset()).toMatchObject({
      code: 0,
      err: 'contacts 43 was not flagged as bounced: nothing to do.',
    })
  })

  test('records alive', async () => {
    const alive = (...words: string[]) => rebound('records', 'alive', 'contacts', ...words)
    const said = 'Soft bounces of contacts 44 are counted anew towards thresholds.'
    expect(await alive('44')).toMatchObject({ code: 0, out: '', err: said })
    expect(await alive('44')).toMatchObject({ code: 0, err: said })
    const [record] = lines(await alive('44', '--json'))
    expect(record).toMatchObject({ id: '44', emailBounced: true, aliveAt: expect.any(String) })
    expect(await alive('99')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^There is no record 99 in/),
    })
  })

  test.each([1, 2, 3, 4, 5])('bounces list --limit %i ends where the events end', async limit => {
    const seen: unknown[] = []
    for (let after = '', pages = 1; ; pages++) {
      const page = await rebound('bounces', 'list', '--json', '--limit', String(limit), '--after', after)
      seen.push(...lines(page).map(({ id }) => id))
      const [, end, cursor = ''] =
        /^(More|No more events yet; later ones): --after (\S+)$/.exec(page.err) ?? []
      after = cursor
      if (end !== 'More') {
        expect(pages).toBe(Math.ceil(4 / limit))
        break
      }
    }
    expect(new Set(seen).size).toBe(4)
    expect(seen).toHaveLength(4)
  })

  test('records list and records show use the same headings', async () => {
    const [heads = ''] = (await rebound('records', 'list')).out.split('\n')
    const [record = ''] = (await rebound('records', 'show', 'contacts', '42')).out.split('\n\n')
    expect(record.split('\n').map(line => line.split(/ {2,}/)[0])).toEqual(heads.split(/ {2,}/))
  })
})

test('a file that is not there, in plain words', async () => {
  const { code, out, err } = await say(['classify', 'missing.eml', 'src/nowhere/x.eml'])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toBe('missing.eml: there is no such file\nsrc/nowhere/x.eml: there is no such file')
  expect(await say(['classify', '--rules', 'missing.json', 'x.eml'])).toMatchObject({
    code: 2,
    err: '--rules missing.json: there is no such file',
  })
})
