// How a report finds its record, each way by SMTP: what proves a link removes an address, what merely claims it never does.

import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../store/databases.ts'
import { domain } from './server.ts'
import { newWorld, report, type World } from './world.ts'

interface Minted {
  readonly address: string
  readonly reference: string
  readonly envelopeId: string
}

const inbox = `returns@${domain}`
const settings = {
  REBOUND_LEGACY: 'bounce-{module}-{id}-{campaign}, bounces+{user}={domain}',
  REBOUND_UNSIGNED: 'observe',
  // A claim must not get there by repetition either.
  REBOUND_THRESHOLDS: 'mailbox-full=2/1d',
}

describe.each(dialects)('links on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, settings)
  })
  afterAll(async () => world?.close())

  /** A record with an address, as a CRM tells of it. */
  async function contact(id: string): Promise<string> {
    const email = `${id}@example.org`
    expect(await world.ask('PUT', `/v1/records/contacts/${id}`, { email })).toMatchObject({ email })
    return email
  }
  async function minted(id: string, more: object = {}): Promise<Minted> {
    const items = [{ module: 'contacts', id, campaign: 7, to: `${id}@example.org`, ...more }]
    const answer = await world.ask('POST', '/v1/return-paths', { items })
    return (answer.items as Minted[])[0] as Minted
  }
  async function latest(): Promise<Record<string, unknown>> {
    const [row] = await world.store.knex('rebound_bounces').orderBy('id', 'desc').limit(1)
    return row as Record<string, unknown>
  }
  const record = (id: string) => world.get(`/v1/records/contacts/${id}`)
  async function bounced(id: string, by: string): Promise<void> {
    expect(await latest()).toMatchObject({ linked_by: by, record_id: id, type: 'hard', effect: 'removed' })
    expect(await record(id)).toMatchObject({ email: null, bouncedAddress: `${id}@example.org` })
  }
  async function claimed(id: string, by: string): Promise<void> {
    expect(await latest()).toMatchObject({ linked_by: by, record_id: id, type: 'soft', effect: 'flagged' })
    expect(await record(id)).toMatchObject({
      email: `${id}@example.org`,
      emailBounced: true,
      bouncedAddress: null,
      hardBounces: 0,
      softBounces: 1,
    })
  }

  test('the command line mints the same: the address alone, or all as JSON', async () => {
    const words = ['address', 'mint', '--module', 'contacts', '--id', 'same', '--campaign', '7']
    const all = await minted('same')
    expect(await world.run(...words, '--to', 'same@example.org')).toMatchObject({
      code: 0,
      out: `${all.address}\n`,
    })
    const { out } = await world.run(...words, '--to', 'same@example.org', '--json')
    expect(JSON.parse(out)).toEqual(all)
  })

  test('a path at which one target took the mail keeps its address when another fails', async () => {
    const address = await contact('team')
    const path = (await minted('team')).address
    await world.send(path, report({ address: 'live@example.net', action: 'delivered', to: address }))
    expect(await latest()).toMatchObject({ kind: 'delivered', record_id: 'team' })
    await world.send(path, report({ address: 'dead@example.net', to: address }))
    expect(await latest()).toMatchObject({ type: 'soft', effect: 'flagged', concern: 'expanded' })
    expect(await record('team')).toMatchObject({ email: address, hardBounces: 0, softBounces: 1 })

    const other = (await minted('team')).address
    await world.send(other, report({ address }))
    expect(await latest()).toMatchObject({ type: 'hard', effect: 'removed' })
  })

  describe('proven', () => {
    test('by a signed path', async () => {
      const address = await contact('signed')
      await world.send((await minted('signed')).address, report({ address }))
      await bounced('signed', 'signed')
    })

    test('by a stored path, where the ids are too long to be signed', async () => {
      const id = `stored-${'x'.repeat(50)}`
      const address = await contact(id)
      const { address: path, reference } = await minted(id)
      expect(path).toBe(`${reference}@${domain}`)
      expect(reference).toMatch(/^s-/)
      await world.send(path, report({ address }))
      await bounced(id, 'stored')
    })

    test.each([
      ['X-Rebound-Ref', 'ref', ({ reference }: Minted) => [`X-Rebound-Ref: ${reference}`]],
      ['Return-Path', 'path', ({ address }: Minted) => [`Return-Path: <${address}>`]],
    ])('by %s of the returned mail', async (_, id, original) => {
      const address = await contact(id)
      await world.send(inbox, report({ address, original: original(await minted(id)) }))
      await bounced(id, 'original')
      expect(await latest()).toMatchObject({ campaign_id: '7', return_path: inbox })
    })

    test('by the envelope id', async () => {
      const address = await contact('envid')
      const { envelopeId } = await minted('envid')
      await world.send(inbox, report({ address, envelopeId }))
      await bounced('envid', 'envelope-id')
      expect(await latest()).toMatchObject({ envelope_id: envelopeId, campaign_id: '7' })
    })

    test('by a stored path in the returned mail', async () => {
      const id = `inside-${'x'.repeat(50)}`
      const address = await contact(id)
      const { reference } = await minted(id)
      await world.send(inbox, report({ address, original: [`X-Rebound-Ref: ${reference}`] }))
      await bounced(id, 'original')
    })

    test('by the returned mail before the unsigned path that it came to', async () => {
      const address = await contact('both')
      const { reference } = await minted('both')
      await world.send(
        `bounce-contacts-9999-7@${domain}`,
        report({ address, original: [`X-Rebound-Ref: ${reference}`] }),
      )
      await bounced('both', 'original')
    })
  })

  describe('claimed', () => {
    test('by an unsigned pattern with module, record and campaign', async () => {
      const address = await contact('21')
      await world.ask('PUT', '/v1/campaigns/2021', { sent: 10 })
      await world.send(`bounce-contacts-21-2021@${domain}`, report({ address }))
      await claimed('21', 'legacy')
      expect(await latest()).toMatchObject({ campaign_id: '2021', category: 'unknown-user' })
      expect(await world.get('/v1/campaigns/2021')).toMatchObject({ hardBounces: 0, softBounces: 1 })
    })

    test('by an unsigned pattern that names the address', async () => {
      const address = await contact('verp')
      await world.send(`bounces+verp=example.org@${domain}`, report({ address }))
      await claimed('verp', 'legacy')
    })

    test('by a registered Message-ID', async () => {
      const address = await contact('registered')
      await minted('registered', { messageId: '<spring-1@crm.example>' })
      const original = ['Message-ID: <spring-1@crm.example>']
      await world.send(inbox, report({ address, original }))
      await claimed('registered', 'message-id')
      expect(await latest()).toMatchObject({
        campaign_id: '7',
        original_message_id: '<spring-1@crm.example>',
      })
    })
  })

  describe('not at all', () => {
    test.each([
      ['the inbox', inbox, {}],
      ['an unknown local part in observe mode', `old-scheme-1@${domain}`, {}],
      ['a forged token in the returned mail', inbox, { original: [`X-Rebound-Ref: b-${'0'.repeat(40)}`] }],
      ['a Message-ID that nobody registered', inbox, { original: ['Message-ID: <other@crm.example>'] }],
    ])('%s: recorded, without effect', async (_, to, more) => {
      const address = await contact('bystander')
      expect(await world.send(to, report({ address, ...more }))).toMatch(/^250/)
      expect(await latest()).toMatchObject({ linked_by: null, record_id: null, kind: 'bounce' })
      expect(await record('bystander')).toMatchObject({ email: address, emailBounced: false, softBounces: 0 })
    })

    test('a forged path is refused in observe mode too', async () => {
      expect(await world.send(`b-${'0'.repeat(40)}@${domain}`, report({ address: 'a@example.org' }))).toMatch(
        /^550 5\.1\.1/,
      )
    })
  })

  test("a block about somebody else keeps its cause, but is no record's hard bounce", async () => {
    const address = await contact('51')
    const { address: path } = await minted('51')
    const full = report({ address, status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' })
    const others =
      'Final-Recipient: rfc822; else@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nFinal-Recipient: rfc822'
    await world.send(path, full.replace('Final-Recipient: rfc822', others))
    const rows = await world.store
      .knex('rebound_bounces')
      .where({ record_id: '51' })
      .orderBy('reported_address')
    expect(rows).toMatchObject([
      { reported_address: address, concern: 'owner', category: 'mailbox-full', type: 'soft' },
      { reported_address: 'else@example.org', concern: 'other', category: 'unknown-user', type: null },
    ])
  })

  test('a thousand forged reports to an unsigned pattern remove nothing', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `${5000 + index}`)
    for (const id of ids) await contact(id)
    // A claim makes no campaign.
    await world.ask('PUT', '/v1/campaigns/66', { sent: 1000 })
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: world.server.smtpPort,
      ignoreTLS: true,
      pool: true,
      maxConnections: 8,
      maxMessages: 1000,
    })
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const id = ids[index % ids.length] ?? ''
        // Of each record a few full mailboxes: a threshold is no way around.
        const full = index >= 900 ? { status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' } : {}
        const raw = report({ address: `${id}@example.org`, ...full })
        const envelope = { from: '', to: [`bounce-contacts-${id}-66@${domain}`] }
        return (await transport.sendMail({ envelope, raw })).response.slice(0, 3)
      }),
    )
    transport.close()
    expect(new Set(answers)).toEqual(new Set(['250']))
    for (const id of ids)
      expect(await record(id)).toMatchObject({
        email: `${id}@example.org`,
        bouncedAddress: null,
        hardBounces: 0,
        softBounces: 10,
      })
    expect(await world.get('/v1/campaigns/66')).toMatchObject({ hardBounces: 0, softBounces: 100 })
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
    expect(metrics).toMatch(/^rebound_messages_total\{kind="bounce",linked_by="legacy"\} 10\d\d$/m)
  })

  test('with REBOUND_TRUST_LEGACY=remove one is enough', async () => {
    await world.restart({ REBOUND_TRUST_LEGACY: 'remove' })
    const address = await contact('31')
    await world.send(`bounce-contacts-31-7@${domain}`, report({ address }))
    await bounced('31', 'legacy')

    await contact('32')
    await world.send(`bounces+32=example.org@${domain}`, report({ address: '32@example.org' }))
    await bounced('32', 'legacy')

    await contact('33')
    await minted('33', { messageId: '<spring-33@crm.example>' })
    const original = ['Message-ID: <spring-33@crm.example>']
    await world.send(inbox, report({ address: '33@example.org', original }))
    await bounced('33', 'message-id')
  })

  test('with REBOUND_LINK_ADDRESS=yes the failed address is a claim', async () => {
    await world.restart({ REBOUND_LINK_ADDRESS: 'yes' })
    const address = await contact('41')
    await world.send(inbox, report({ address }))
    await claimed('41', 'address')
    expect(await latest()).toMatchObject({ address, reported_address: address })

    // Two have it: which of them is meant, nobody can say.
    await world.ask('PUT', '/v1/records/leads/41', { email: address })
    await world.send(inbox, report({ address }))
    expect(await latest()).toMatchObject({ linked_by: null, record_id: null })
  })
})
