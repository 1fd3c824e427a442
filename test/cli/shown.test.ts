// What the command line shows of events and records: the fields that HTTP answers, and what each event did.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bounce, listedRecord } from '../../src/http/answers.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { csvHead } from '../../src/view/shown.ts'
import { dialects, newDatabase, type TestDatabase } from '../store/databases.ts'
import { event } from '../store/events.ts'
import { installation, lines, say } from './terminal.ts'

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  let rebound: (...words: string[]) => ReturnType<typeof say>
  beforeAll(async () => {
    database = await newDatabase(dialect)
    const environment = installation(database.url)
    rebound = (...words) => say(words, environment)
    const recorder = createRecorder(database.store, { trustClaimed: false })
    for (const sketch of [{}, { recordId: '43', type: 'soft' }, { kind: 'auto-reply' }] as const)
      await recorder.record([event(sketch)])
    await recorder.close()
    // As a bounce of a record that the CRM of a mapping does not have.
    const { knex } = database.store
    await knex('rebound_bounces').where({ record_id: '43' }).update({ effect: 'absent' })
    if (dialect === 'mysql') await knex('rebound_bounces').update({ recorded_at: 1_772_366_400_000 })
  })
  afterAll(() => database?.drop())

  test('bounces list: the sentence, and the effect that tells a record which is not there', async () => {
    const listed = lines(await rebound('bounces', 'list', '--json'))
    expect(listed.map(({ recordId, effect, sentence }) => [recordId, effect, sentence])).toEqual([
      ['42', 'removed', 'There is no mailbox with this address.'],
      ['43', 'absent', 'The mailbox is full.'],
      ['42', 'alive', null],
    ])
    for (const each of listed) expect(Object.keys(each).sort()).toEqual(Object.keys(bounce.shape).sort())
    const { out } = await rebound('bounces', 'list')
    expect(out).toMatch(/category +effect/)
    expect(out).toMatch(/ mailbox-full +absent .* wait$/m)
  })

  test('the history of a record too', async () => {
    const [shown] = lines(await rebound('records', 'show', 'contacts', '42', '--json'))
    expect(shown?.history).toEqual([
      expect.objectContaining({ kind: 'auto-reply', effect: 'alive' }),
      expect.objectContaining({ effect: 'removed', sentence: 'There is no mailbox with this address.' }),
    ])
    expect((await rebound('records', 'show', 'contacts', '42')).out).toMatch(/ hard +unknown-user +removed /)
  })

  test('the list of records is that of HTTP, as JSON and as CSV', async () => {
    for (const each of lines(await rebound('records', 'list', '--json')))
      expect(Object.keys(each).sort()).toEqual(Object.keys(listedRecord.shape).sort())
    const [head, row] = (await rebound('records', 'list', '--csv')).out.split('\n')
    expect(head).toBe(csvHead)
    expect(head?.split(',').sort()).toEqual(Object.keys(listedRecord.shape).sort())
    expect(row).toBe(
      'contacts,42,,true,ana@example.org,1,0,2026-03-01T12:00:00.000Z,,hard,unknown-user,There is no mailbox with this address.,,0,',
    )
  })

  test('an event that was taken back is shown as undone', async () => {
    const [first] = lines(await rebound('bounces', 'list', '--json'))
    const [undone] = lines(await rebound('bounces', 'undo', `${first?.id}`, '--json'))
    expect(undone).toMatchObject({ effect: 'removed', sentence: expect.stringContaining('no mailbox') })
    expect((await rebound('bounces', 'list')).out).toMatch(/ unknown-user +undone /)
    // Nor was it the last bounce of its record, as the list of records says.
    expect((await rebound('records', 'show', 'contacts', '42')).out).toMatch(
      /^last type +–\nlast category +–$/m,
    )
  })
})
