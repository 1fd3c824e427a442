// REBOUND_CRM_FILE from the setting to the CRM's columns: by SMTP in, by HTTP and command line out.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { createCrm } from '../store/crms.ts'
import { dialects } from '../store/databases.ts'
import { rebound, root } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const suitecrm = join(root, 'mappings/suitecrm.json')
const id = '1f3a9c52-7b64-4e0d-9a31-c5d2e8f01b77'

describe.each(dialects)('SuiteCRM on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect)
    await createCrm(world.store, 'suitecrm')
    const { knex } = world.store
    await knex('prospects').insert({ id, last_name: 'Doe' })
    await knex('email_addresses').insert({ id: 'a1', email_address: 'ana@example.org' })
    await knex('email_addr_bean_rel').insert({
      id: 'r1',
      bean_id: id,
      bean_module: 'Prospects',
      email_address_id: 'a1',
      primary_address: 1,
    })
    await world.restart({ REBOUND_CRM_FILE: suitecrm })
  })
  afterAll(async () => world?.close())
  const run = async (...words: string[]) => {
    const ran = await rebound(words, { ...world.server.environment })
    return { ...ran, json: ran.code === 0 ? JSON.parse(ran.out) : null }
  }
  const address = async () => (await world.store.knex('email_addresses').where({ id: 'a1' }))[0]

  test('a hard bounce of a module of the file marks the address, undo takes the mark away', async () => {
    const path = await world.mint({ module: 'targets', id, campaign: 7, to: 'ana@example.org' })
    expect(path).toMatch(/^b-/)
    const bounce = report({
      address: 'ana@example.org',
      status: '5.1.1',
      diagnostic: '550 5.1.1 no such user',
    })
    expect(await world.send(path, bounce)).toMatch(/^250/)
    expect(await address()).toMatchObject({ invalid_email: 1 })
    const record = {
      module: 'targets',
      id,
      email: null,
      emailBounced: true,
      bouncedAddress: 'ana@example.org',
    }
    expect(await world.get(`/v1/records/targets/${id}`)).toMatchObject({ ...record, hardBounces: 1 })
    const shown = await run('records', 'show', 'targets', id, '--json')
    expect(shown.json).toMatchObject({ ...record, history: [{ type: 'hard', campaignId: '7' }] })
    expect(await world.get('/v1/records?module=targets&bounced=true')).toMatchObject({ items: [record] })
    expect((await run('records', 'list', '--module', 'targets', '--json')).json).toMatchObject(record)
    const undone = await run('bounces', 'undo', shown.json.history[0].id, '--json')
    expect(undone).toMatchObject({ code: 0 })
    expect(await address()).toMatchObject({ invalid_email: 0 })
    expect(await world.get(`/v1/records/targets/${id}`)).toMatchObject({
      email: 'ana@example.org',
      emailBounced: false,
      bouncedAddress: null,
    })
  })

  test('what only the CRM can do is refused with words', async () => {
    expect(await world.ask('PUT', '/v1/records/targets/none', { emailBounced: false })).toMatchObject({
      status: 404,
    })
    expect(await world.ask('PATCH', `/v1/records/targets/${id}`, { email: 'x@example.org' })).toMatchObject({
      status: 400,
      detail: expect.stringContaining('email_addresses; change it in the CRM'),
    })
    expect((await rebound(['records', 'list', '--module', 'target'], world.server.environment)).err).toMatch(
      /There are contacts, companies, leads, targets/,
    )
  })

  test('a file that does not fit stops the start, every fault at once', async () => {
    const file = join(world.server.dataDir, 'crm.json')
    const contacts = { table: 'contact', id: 'id', addresses: 'email', flag: 'bounced' }
    writeFileSync(file, JSON.stringify({ modules: { contacts, leads: { ...contacts, table: 'leads' } } }))
    const start = () =>
      rebound(['serve'], {
        ...world.server.environment,
        REBOUND_CRM_FILE: file,
        REBOUND_LEGACY: 'x-{id}{mail}',
      })
    await world.server.stop()
    const { code, err } = await start()
    expect(code).toBe(2)
    expect(err).toContain('modules.contacts.id: there is no table contact of the CRM; did you mean contacts?')
    expect(err).toContain('modules.leads.addresses.0: leads has no column email; did you mean ')
    expect(err).toContain('modules.leads.flag: leads has no column bounced; did you mean ')
    expect(err).toContain('REBOUND_LEGACY')
    writeFileSync(file, '{')
    expect((await start()).err).toMatch(/REBOUND_CRM_FILE is ".*crm.json": the file is not JSON/)
    await world.restart({ REBOUND_CRM_FILE: suitecrm })
  })

  test('a flag that is mapped later is set by the start, for records that bounced before', async () => {
    const path = await world.mint({ module: 'targets', id, to: 'ana@example.org' })
    const full = report({ address: 'ana@example.org', status: '4.2.2', diagnostic: '452 4.2.2 mailbox full' })
    expect(await world.send(path, full)).toMatch(/^250/)
    const all = JSON.parse(readFileSync(suitecrm, 'utf8'))
    all.modules.targets.flag = 'do_not_call'
    const file = join(world.server.dataDir, 'flag.json')
    writeFileSync(file, JSON.stringify(all))
    const flag = async () => (await world.store.knex('prospects').where({ id }))[0].do_not_call
    expect(await flag()).toBe(0)
    await world.restart({ REBOUND_CRM_FILE: file })
    await expect.poll(flag, { timeout: within(15_000) }).toBe(1)
    expect(await world.get(`/v1/records/targets/${id}`)).toMatchObject({ emailBounced: true, softBounces: 1 })
  })

  test('a module that is gone: its mail is taken and changes nothing; its number is no other module’s', async () => {
    const path = await world.mint({ module: 'targets', id, to: 'ana@example.org' })
    const gone = report({ address: 'ana@example.org', status: '5.1.1', diagnostic: '550 5.1.1 gone' })
    const all = JSON.parse(readFileSync(suitecrm, 'utf8'))
    const { targets, ...rest } = all.modules
    const file = join(world.server.dataDir, 'other.json')
    const write = (modules: object) => writeFileSync(file, JSON.stringify({ ...all, modules }))
    write({ ...rest, homes: targets })
    await world.server.stop()
    const refused = await rebound(['serve'], { ...world.server.environment, REBOUND_CRM_FILE: file })
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.err).toContain(
      'modules.homes.number: return paths already sent carry 3 for targets; write another number',
    )
    write(rest)
    await world.restart({ REBOUND_CRM_FILE: file })
    expect(await world.send(path, gone)).toMatch(/^250/)
    expect(await address()).toMatchObject({ invalid_email: 0 })
    const stored = await world.store.knex('rebound_bounces').orderBy('id', 'desc').limit(1)
    expect(stored).toMatchObject([{ module: 'targets', record_id: id, effect: 'none' }])
    expect(
      (await world.ask('POST', '/v1/return-paths', { items: [{ module: 'targets', id, to: 'a@b.example' }] }))
        .status,
    ).toBe(400)
  })
})
