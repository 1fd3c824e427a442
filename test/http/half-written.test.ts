// On a real database: a request that is wrong in any way leaves every table as it was.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { dialects } from '../store/databases.ts'
import { badRequests, draft, item } from './bad-requests.ts'
import { askAt, expectProblem } from './world.ts'

describe.each(dialects)('on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect)
    await world.ask('PUT', '/v1/records/contacts/42', { email: 'ana@example.org' })
    await world.ask('PUT', '/v1/campaigns/spring', { sent: 5 })
    await world.send(await world.mint(item), report({ address: item.to }))
  })
  afterAll(async () => world?.close())

  const tables = [
    'bounces',
    'contacts',
    'companies',
    'leads',
    'campaigns',
    'campaign_records',
    'rules',
    'return_paths',
    'message_ids',
    'audit',
    'replies',
  ]
  async function everything(): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const read = async (name: string) => [name, await world.store.knex(`rebound_${name}`)] as const
    return Object.fromEntries(await Promise.all(tables.map(read)))
  }

  test('nothing wrong is half written', async () => {
    const before = await everything()
    expect(before).toMatchObject({ contacts: [{}], campaigns: [{ sent: 5 }], bounces: [{}] })
    const ask = askAt(world.server.url)
    for (const [method, path, asking, fields] of badRequests)
      expectProblem(await ask(method, path, asking), 400, fields)
    expect(await everything()).toEqual(before)
  })

  test.each([
    ['the last of a thousand mails', { to: 'nobody' }, 'items[999].to'],
    ['a Message-ID that is none', { messageId: 'two words' }, 'items[999].messageId'],
    ['a Message-ID that another one has', { messageId: '<0@crm.example>' }, 'items[999].messageId'],
  ])('%s is wrong: none is minted, registered or counted', async (_, wrong, field) => {
    const before = await everything()
    // Too long to be signed, so that each would be stored.
    const items = Array.from({ length: 1000 }, (_, number) => ({
      ...item,
      id: `${number}-${'x'.repeat(50)}`,
      campaign: 'spring',
      messageId: `<${number}@crm.example>`,
      ...(number === 999 ? wrong : {}),
    }))
    expectProblem(await askAt(world.server.url)('POST', '/v1/return-paths', { body: { items } }), 400, [
      field,
    ])
    expect(await everything()).toEqual(before)
  })

  test('a rule that is there is not changed by adding it again', async () => {
    const ask = askAt(world.server.url)
    expect((await ask('POST', '/v1/rules', { body: draft })).status).toBe(201)
    const before = await everything()
    expect((await ask('POST', '/v1/rules', { body: { ...draft, note: 'again' } })).status).toBe(200)
    expect(await everything()).toEqual(before)
  })
})
