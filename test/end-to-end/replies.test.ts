// A person answers a return path: the answer is kept before it is answered 250, once, for a while, and can be found.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signingKeys } from '../../src/return-path/keys.ts'
import { minted, paths } from '../return-path/paths.ts'
import { dialects } from '../store/databases.ts'
import { rebound, secret } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const answer = (parts: { from?: string; text?: string; id?: string } = {}): string =>
  [
    `From: ${parts.from ?? '=?utf-8?q?J=C3=B6rg?= <ana@example.org>'}`,
    'Reply-To: office@example.org',
    'To: somebody',
    'Subject: Re: News',
    `Message-ID: <${parts.id ?? Math.random()}@example.org>`,
    '',
    parts.text ?? 'Please call me.\r\n\r\n> what you wrote',
    '',
  ].join('\r\n')

describe.each(dialects)('answers on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, { REBOUND_TRUSTED_NETWORKS: 'none', REBOUND_REPLIES_PER_DAY: '30' })
  })
  afterAll(async () => world?.close())

  const pathOf = (id: string): Promise<string> =>
    world.mint({ module: 'contacts', id, campaign: 7, to: `${id}@example.org` })
  const kept = async (): Promise<readonly Record<string, unknown>[]> =>
    (await world.get('/v1/replies')).items as Record<string, unknown>[]
  const ofRecord = async (id: string) => (await kept()).filter(reply => reply.recordId === id)

  test('one is kept with its record, in the API, on the command line, and once', async () => {
    const path = await pathOf('one')
    const mail = answer({ id: 'one' })
    for (let time = 0; time < 2; time++) expect(await world.send(path, mail)).toMatch(/^250 /)
    // By another door it is the same answer.
    const file = `Return-Path: <ana@example.org>\r\nDelivered-To: ${path}\r\n${mail}`
    expect(await rebound(['receive', '-'], world.server.environment, file)).toMatchObject({ code: 0 })
    const [reply, ...more] = await ofRecord('one')
    expect(more).toEqual([])
    expect(reply).toMatchObject({
      from: 'Jörg <ana@example.org>',
      replyTo: 'office@example.org',
      subject: 'Re: News',
      module: 'contacts',
      campaignId: '7',
      returnPath: path,
    })
    expect(reply?.text).toContain('Please call me.')
    expect(await world.get(`/v1/replies/${reply?.id}`)).toEqual(reply)
    expect(await world.get(`/v1/bounces/${reply?.id}`)).toMatchObject({ kind: 'ordinary', recordId: 'one' })
    const listed = await world.run('replies', 'list', '--json')
    expect(listed.out).toContain('"recordId":"one"')
    const shown = await world.run('replies', 'show', String(reply?.id))
    expect(shown.out).toMatch(/^From: Jörg <ana@example.org>\n[\s\S]*\n\nPlease call me\./)
    expect(await world.run('replies', 'show', '999999')).toMatchObject({ code: 1 })
  })

  test('reports and automatic answers are not kept', async () => {
    const path = await pathOf('none')
    await world.send(path, report({ address: 'none@example.org' }))
    await world.send(
      path,
      answer().replace('Subject: ', 'Auto-Submitted: auto-replied\r\nSubject: Out of office: '),
    )
    expect(await ofRecord('none')).toEqual([])
  })

  test('a long one is cut, a hostile one is harmless', async () => {
    const path = await pathOf('long')
    const text = `\u001b[31mred\u0000 ${'word '.repeat(100_000)}`
    expect(await world.send(path, answer({ text, from: `"${'x'.repeat(2000)}" <a@example.org>` }))).toMatch(
      /^250 /,
    )
    const [reply] = await ofRecord('long')
    expect(String(reply?.text).length).toBeLessThanOrEqual(32_000)
    expect(String(reply?.from).length).toBeLessThanOrEqual(500)
    for (const control of ['\u0000', '\u001b']) expect(reply?.text).not.toContain(control)
  })

  test('forgetting a person forgets what she wrote, and what others wrote about her', async () => {
    const mine = await pathOf('ana')
    await world.send(mine, answer({ from: 'Zoe <zoe.q@example.org>', text: 'Call me.' }))
    await world.send(mine, answer({ from: 'Bo <bo@example.org>', text: 'Ask zoe.q@example.org, please.' }))
    await world.send(mine, answer({ from: 'Eva <eva@example.org>', text: 'I stay.' }))
    const dry = await world.run('forget', 'zoe.q@example.org', '--dry-run', '--json')
    expect(JSON.parse(dry.out)).toMatchObject({ replies: 2 })
    expect(await ofRecord('ana')).toHaveLength(3)
    await world.run('forget', 'zoe.q@example.org')
    expect(await ofRecord('ana')).toMatchObject([{ from: 'Eva <eva@example.org>' }])
  })

  test('what is old goes, and what was old when it came is not kept', async () => {
    const path = await pathOf('aged')
    await world.send(path, answer())
    const days = (count: number): number => Date.now() - count * 86_400_000
    const [reply] = await ofRecord('aged')
    await world.store
      .knex('rebound_replies')
      .where({ event_id: Number(reply?.id) })
      .update({ received_at: days(31) })
    expect((await world.run('prune')).out).toMatch(/replies +1/)
    expect(await ofRecord('aged')).toEqual([])
    const by = paths({ keys: signingKeys([secret]) })
    const old = minted('older', { to: 'older@example.org' }, { by, at: new Date(days(50)) })
    const received = `Received: from a by b; ${new Date(days(40)).toUTCString()}`
    const file = `Delivered-To: ${old}\r\n${received}\r\n${answer()}`
    await rebound(['receive', '-'], world.server.environment, file)
    expect(await ofRecord('older')).toEqual([])
  })

  test('one network fills no database: beyond its share only the events are recorded', async () => {
    const before = (await kept()).length
    const paths = await Promise.all(Array.from({ length: 12 }, (_, at) => pathOf(`flood${at}`)))
    for (const path of paths)
      for (let time = 0; time < 4; time++) expect(await world.send(path, answer())).toMatch(/^250 /)
    const after = (await kept()).length
    expect(after - before).toBeLessThan(30)
    const [row] = await world.store
      .knex('rebound_bounces')
      .where('record_id', 'like', 'flood%')
      .count({ all: '*' })
    expect(Number(row?.all)).toBe(48)
  })
})
