import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  bounce,
  campaign,
  incident,
  listedRecord,
  pageOf,
  record,
  rule,
  rulePreview,
} from '../../src/http/answers.ts'
import { classified } from '../../src/http/verdict-answers.ts'
import { type Client, clientOf } from './client.ts'
import { type Answer, openWorld, type World } from './world.ts'

let world: World
let client: Client
beforeAll(async () => {
  world = await openWorld()
  client = await clientOf(world)
})
afterAll(() => world.close())

const actor = 'http 127.0.0.1'

/** Holds an answer to its status and to its schema, strictly: nothing more and nothing less is sent. */
function check(answer: Answer, status: number, schema: z.ZodType): Record<string, unknown> {
  expect(answer.status).toBe(status)
  expect(strictly(schema).safeParse(answer.json)).toMatchObject({ success: true })
  return answer.json ?? {}
}

function strictly(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject)
    return z.strictObject(
      Object.fromEntries(
        Object.entries(schema.shape).map(([name, field]) => [name, strictly(field as z.ZodType)]),
      ),
    )
  if (schema instanceof z.ZodArray) return z.array(strictly(schema.element as z.ZodType))
  return schema
}

/** What a port was asked last. */
function asked(port: string): readonly unknown[] {
  return (
    world.asked
      .filter(([name]) => name === port)
      .at(-1)
      ?.slice(1) ?? []
  )
}

const contact = { module: 'contacts', id: '42' }

test('a record is read', async () => {
  const { id, emailBounced } = check(await client.call('getRecord', contact), 200, record)
  expect({ id, emailBounced }).toEqual({ id: '42', emailBounced: false })
})

test('a record is created by PUT with 201 and changed by PUT with 200', async () => {
  const lead = { module: 'leads', id: 'a/b c?' }
  expect(
    check(await client.call('putRecord', lead, { email: 'bea@example.org' }), 201, record),
  ).toMatchObject({
    ...lead,
    email: 'bea@example.org',
  })
  expect(check(await client.call('putRecord', lead, { email: null }), 200, record)).toMatchObject({
    email: null,
  })
  expect(asked('records.put')).toEqual(['leads', 'a/b c?', { email: null }, { actor }])
})

test('PUT and PATCH without a body change nothing', async () => {
  const before = (await client.call('getRecord', contact)).json
  expect(check(await client.call('putRecord', contact), 200, record)).toEqual(before)
  expect(check(await client.call('patchRecord', contact, {}), 200, record)).toEqual(before)
  expect(asked('records.change')).toEqual(['contacts', '42', {}, { actor }])
})

test('emailBounced:false resets', async () => {
  const { resetAt } = check(await client.call('patchRecord', contact, { emailBounced: false }), 200, record)
  expect(resetAt).toBe('2026-03-04T05:06:07.089Z')
  expect(asked('records.change')).toEqual(['contacts', '42', { emailBounced: false }, { actor }])
})

test('a proof of life is told, of a record that is there', async () => {
  const { aliveAt } = check(await client.call('recordAlive', contact), 200, record)
  expect(aliveAt).toBe('2026-03-04T05:06:07.089Z')
  expect(asked('records.alive')).toEqual(['contacts', '42', { actor }])
  expect(await client.call('recordAlive', { module: 'leads', id: 'nobody' })).toMatchObject({ status: 404 })
})

test('the history says why, in words', async () => {
  const page = check(await client.call('getRecordHistory', { ...contact, limit: 5 }), 200, pageOf(bounce, ''))
  expect(page).toMatchObject({
    next: null,
    items: [
      { id: '7', sentence: 'There is no mailbox with this address.', receivedAt: '2026-03-04T05:06:07.089Z' },
    ],
  })
  expect(asked('records.history')).toEqual(['contacts', '42', { limit: 5 }])
})

test('a record without bounces has an empty history', async () => {
  await client.call('putRecord', { module: 'leads', id: 'quiet' }, {})
  expect((await client.call('getRecordHistory', { module: 'leads', id: 'quiet' })).json).toEqual({
    items: [],
    next: null,
  })
})

test('campaigns: sent is set by PUT and added to by PATCH', async () => {
  const autumn = { id: 'autumn' }
  check(await client.call('putCampaign', autumn, { name: 'Autumn', sent: 5 }), 201, campaign)
  check(await client.call('putCampaign', autumn, { sent: 7 }), 200, campaign)
  check(await client.call('patchCampaign', autumn, { sentAdd: 3 }), 200, campaign)
  check(await client.call('patchCampaign', autumn, { name: null }), 200, campaign)
  expect(check(await client.call('getCampaign', autumn), 200, campaign)).toMatchObject({
    sent: 10,
    name: null,
  })
  expect(asked('campaigns.addSent')).toEqual(['autumn', 3, { create: false }])
})

test('bounces: every filter reaches the store, a hundred items unless told', async () => {
  const all = check(await client.call('listBounces'), 200, pageOf(bounce, ''))
  expect(all).toMatchObject({ next: 'cursor' })
  expect(asked('bounces.list')).toEqual([{ limit: 100 }])
  await client.call('listBounces', {
    after: 'cursor',
    limit: 1000,
    kind: 'bounce',
    type: 'soft',
    campaign: 'spring',
  })
  expect(asked('bounces.list')).toEqual([
    { after: 'cursor', limit: 1000, kind: 'bounce', type: 'soft', campaignId: 'spring' },
  ])
})

test('incidents are listed, read and decided upon, with a reason', async () => {
  expect(await client.call('listIncidents', {})).toMatchObject({
    status: 200,
    json: { items: [{ id: '3' }] },
  })
  expect(asked('incidents.list')).toEqual([{ all: false }])
  check(await client.call('getIncident', { id: '3' }), 200, incident)
  expect(await client.call('getIncident', { id: '404' })).toMatchObject({
    status: 404,
    json: { detail: 'There is no incident 404.' },
  })
  const body = { reason: 'mistyped' }
  expect(await client.call('dropIncident', { id: '3' }, body)).toMatchObject({
    status: 200,
    json: { incident: { id: '3', decision: 'drop', held: 0 }, done: 19, kept: 1 },
  })
  expect(asked('incidents.decide')).toEqual(['3', 'drop', { actor, reason: 'mistyped' }])
  expect(await client.call('applyIncident', { id: '404' }, body)).toMatchObject({ status: 404 })
  expect(await client.call('applyIncident', { id: '409' }, body)).toMatchObject({ status: 409 })
  expect(await client.call('applyIncident', { id: '3' }, { reason: '' })).toMatchObject({ status: 400 })
})

test('a bounce is undone; an address that has moved on is 409', async () => {
  expect(check(await client.call('undoBounce', { id: '7' }), 200, bounce).undoneAt).not.toBeNull()
  expect(asked('undo')).toEqual(['7', { actor }])
  expect(await client.call('undoBounce', { id: '8' })).toMatchObject({
    status: 409,
    json: { detail: 'The record has another address by now.' },
  })
})

test('return paths come in the order asked, ids as text', async () => {
  const answer = await client.call(
    'mintReturnPaths',
    {},
    {
      items: [
        { module: 'contacts', id: 42, campaign: 7, mail: 'm-1', to: 'ana@example.org' },
        { module: 'leads', id: 'x', to: 'bea@example.org' },
      ],
    },
  )
  expect(answer.json).toEqual({
    items: ['b-42', 'b-x'].map(token => ({
      address: `${token}@bounces.example.com`,
      reference: token,
      envelopeId: token,
    })),
  })
  expect(asked('mint')).toEqual([
    [
      { module: 'contacts', id: '42', campaign: '7', mail: 'm-1', to: 'ana@example.org' },
      { module: 'leads', id: 'x', to: 'bea@example.org' },
    ],
    { count: true },
  ])
})

test('null in a field that may be left out is as good as leaving it out', async () => {
  const given = { module: 'leads', id: 'x', to: 'bea@example.org' }
  const items = [{ ...given, campaign: null, mail: null, messageId: null }]
  expect((await client.call('mintReturnPaths', {}, { items })).status).toBe(200)
  expect(asked('mint')).toEqual([[given], { count: true }])
})

test('a thousand return paths at once, not counted', async () => {
  const to = `${'x'.repeat(64)}@${'y'.repeat(251)}.org`
  const items = Array.from({ length: 1000 }, (_, number) => ({ module: 'contacts', id: number, to }))
  const answer = await client.call('mintReturnPaths', {}, { items, count: false })
  expect(answer.json?.items).toHaveLength(1000)
  expect(asked('mint')[1]).toEqual({ count: false })
})

test('records: every filter reaches the store', async () => {
  const page = check(
    await client.call('listRecords', {
      module: 'contacts',
      bounced: true,
      type: 'hard',
      category: 'unknown-user',
      campaign: 'spring',
      from: '2026-01-01',
      to: '2026-01-31',
      limit: 2,
    }),
    200,
    pageOf(listedRecord, ''),
  )
  expect(page).toMatchObject({ items: [{ id: '42', sentence: 'There is no mailbox with this address.' }] })
  expect(asked('recordList')).toEqual([
    {
      module: 'contacts',
      bounced: true,
      type: 'hard',
      category: 'unknown-user',
      campaignId: 'spring',
      from: new Date('2026-01-01T00:00:00Z'),
      to: new Date('2026-02-01T00:00:00Z'),
      limit: 2,
    },
  ])
  await client.call('listRecords', { bounced: false })
  expect(asked('recordList')).toEqual([{ bounced: false, limit: 100 }])
})

test('rules: list, get, add, add again, change, remove', async () => {
  check(await client.call('listRules'), 200, pageOf(rule, ''))
  check(await client.call('getRule', { id: '3' }), 200, rule)
  expect((await client.call('getRule', { id: '404' })).status).toBe(404)
  const added = await client.call('addRule', {}, { section: 'body', text: 'gone\taway', type: 'both' })
  check(added, 201, rule)
  expect(added.headers.get('location')).toBe('/v1/rules/3')
  expect(asked('rules.add')).toEqual([
    {
      section: 'body',
      text: 'gone\taway',
      type: 'both',
      stage: 'override',
      category: null,
      enabled: true,
      note: null,
    },
    { actor, force: false },
  ])
  check(
    await client.call(
      'addRule',
      { force: 'true' },
      { section: 'subject', text: 'Mail returned', type: 'soft' },
    ),
    200,
    rule,
  )
  check(await client.call('patchRule', { id: '3' }, { enabled: false, category: 'spam' }), 200, rule)
  expect(asked('rules.change')).toEqual(['3', { enabled: false, category: 'spam' }, { actor, force: false }])
  await client.call('patchRule', { id: '3', force: 'true' }, { enabled: true })
  expect(asked('rules.change')).toEqual(['3', { enabled: true }, { actor, force: true }])
  expect(await client.call('removeRule', { id: '3' })).toMatchObject({ status: 204, text: '' })
  expect(asked('rules.remove')).toEqual(['3', { actor }])
})

test('a rule is previewed alone or in place of another', async () => {
  const draft = { section: 'body', text: 'x'.repeat(100), type: 'hard', stage: 'fallback', note: '😀' }
  check(await client.call('previewRule', {}, draft), 200, rulePreview)
  check(await client.call('previewRule', {}, { ...draft, replaces: 3 }), 200, rulePreview)
  expect(asked('rules.preview')).toEqual([{ ...draft, category: null, enabled: true }, { replaces: '3' }])
})

test('a mail is classified as it was received', async () => {
  check(await client.call('classifyMail', {}, 'Subject: x\r\n\r\nbody'), 200, classified)
  expect(asked('classify')).toEqual([18])
})

test.each([
  ['text/plain', 'x'],
  ['application/json', '{'],
  ['application/x-www-form-urlencoded', 'a=b'],
])('a mail sent as %s is a mail', async (type, body) => {
  check(await world.ask('POST', '/v1/classify', { body, headers: { 'content-type': type } }), 200, classified)
  expect(asked('classify')).toEqual([body.length])
})

test('no mail at all is a mail without bytes', async () => {
  check(await world.ask('POST', '/v1/classify'), 200, classified)
  expect(asked('classify')).toEqual([0])
})

test('the probes', async () => {
  expect(await client.call('getHealth')).toMatchObject({ status: 200, json: { status: 'alive' } })
  expect(await client.call('getReadiness')).toMatchObject({ status: 200, json: { status: 'ready' } })
  expect(await client.call('getMetrics')).toMatchObject({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    text: 'up 1\n',
  })
})

test('stuck webhooks are listed, tried again and dropped, one or all', async () => {
  expect((await client.call('listWebhooks', { limit: '5' })).json).toMatchObject({
    items: [{ state: 'given-up', lastError: 'status 500' }],
    census: { givenUp: 1 },
  })
  expect(asked('webhooks.list')).toEqual([5])
  expect((await client.call('retryWebhooks', {}, {})).json).toEqual({ count: 1 })
  expect(asked('webhooks.retry')).toEqual([null])
  await client.call('dropWebhooks', {}, { id: '1' })
  expect(asked('webhooks.drop')).toEqual(['1'])
})

test('views are saved, changed and removed under the name of who does it', async () => {
  expect((await client.call('listViews', { list: 'records' })).json).toMatchObject({ items: [{ id: '5' }] })
  expect(asked('views.list')).toEqual(['records'])
  const draft = { list: 'events', name: 'Blocked', filters: { category: 'blocked' } }
  expect(await client.call('saveView', {}, draft)).toMatchObject({ status: 201, json: draft })
  expect(asked('views.add')).toEqual([draft, { actor }])
  expect((await client.call('changeView', { id: '5' }, { name: 'New' })).json).toMatchObject({ name: 'New' })
  expect(await client.call('removeView', { id: '5' })).toMatchObject({ status: 204 })
  expect(asked('views.remove')).toEqual(['5', { actor }])
})

test('events without their text are listed', async () => {
  expect((await client.call('listStrippedBounces')).json).toMatchObject({
    items: [{ id: '7', detail: 'inert', code: 'ER_1366', bounce: { id: '7' } }],
  })
})

test('mail to postmaster is listed and read', async () => {
  const { json } = await client.call('listPostmasterMail')
  expect(json).toMatchObject({ items: [{ id: '17', subject: 'Your mail' }] })
  expect((await client.call('getPostmasterMail', { id: '17' })).json).toEqual({
    raw: 'Subject: Your mail\n\nHello',
  })
})

test('an address is erased, or only counted, and the audit learns who asked', async () => {
  const body = { address: 'ana@example.org', dryRun: true }
  expect((await client.call('forgetAddress', {}, body)).json).toMatchObject({ bounces: 2, isWiped: null })
  expect(asked('forget')).toEqual(['ana@example.org', { actor, dryRun: true }])
})

test('a stripped event gets its effects, once', async () => {
  expect((await client.call('applyBounce', { id: '7' }, {})).json).toMatchObject({ effect: 'removed' })
  expect(asked('applyStripped')).toEqual(['7'])
  expect((await client.call('applyBounce', { id: '8' }, {})).json).toMatchObject({ id: '8' })
})

test('a test mail is sent, and what became of it is told', async () => {
  expect((await client.call('listTries')).json).toMatchObject({ items: [{ writer: 'postfix' }] })
  const body = { writer: 'postfix', scenario: 'unknown-user' }
  expect((await client.call('tryOut', {}, body)).json).toMatchObject({ isTaken: true, bounceId: '7' })
  expect(asked('tryOut.send')).toEqual(['postfix', 'unknown-user', { actor }])
  expect(await client.call('tryOut', {}, { ...body, writer: 'nobody' })).toMatchObject({ status: 400 })
})

test('categories, findings of the doctor and signing keys are told', async () => {
  expect((await client.call('listCategories')).json?.items).toContainEqual(
    expect.objectContaining({ name: 'mailbox-full', type: 'soft', promotable: true }),
  )
  expect((await client.call('examine')).json).toMatchObject({
    items: [{ state: 'fault', fix: 'Publish one.' }],
  })
  expect((await client.call('listKeys')).json).toMatchObject({ items: [{ state: 'signs' }] })
})

test('answers are kept out of caches', async () => {
  const { headers } = await client.call('getRecord', contact)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('HEAD answers as GET does, without a body', async () => {
  expect(await world.ask('HEAD', '/v1/records/contacts/42')).toMatchObject({ status: 200, text: '' })
  expect((await world.ask('HEAD', '/v1/records/contacts/43')).status).toBe(404)
})

test('ports that are not handed over have no route', async () => {
  const bare = await openWorld({
    ports: { undo: undefined, recordList: undefined, rules: undefined, classify: undefined },
  })
  for (const path of ['/v1/records', '/v1/rules', '/v1/classify', '/v1/bounces/7/undo'])
    expect((await bare.ask('POST', path)).status).toBe(404)
  const { document } = await clientOf(bare)
  expect(Object.keys(document.paths)).not.toContain('/v1/rules')
  await bare.close()
})
