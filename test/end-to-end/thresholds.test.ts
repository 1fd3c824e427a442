// REBOUND_THRESHOLDS from the setting to the record: a mailbox that stays full over days loses its record's address.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { persist } from '../../src/store/database/failures.ts'
import { dialects } from '../store/databases.ts'
import { rebound } from './server.ts'
import { newWorld, report, sendRaw, type World } from './world.ts'

const causes = {
  full: { status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' },
  spam: { status: '5.7.1', diagnostic: '550 5.7.1 message rejected as spam' },
  unknown: { status: '4.1.1', diagnostic: '450 4.1.1 user unknown in local recipient table' },
  sender: { status: '5.2.1', diagnostic: "550 5.2.1 the sender's account has been suspended" },
} as const

const delivered = (action: 'delivered' | 'relayed') => (id: number) =>
  report({ address: `c${id}@example.org`, status: '2.0.0', diagnostic: '250 2.0.0 ok', action })
let last = 100
const mail = (id: number, ...lines: readonly string[]): string =>
  [`From: c${id}@example.org`, 'To: return-path', `Message-ID: <${++last}@example.org>`, ...lines, ''].join(
    '\r\n',
  )
const absence = (id: number): string =>
  mail(id, 'Subject: Out of office', 'Auto-Submitted: auto-replied', '', 'I am back on Monday.')
const answer = (id: number): string => mail(id, 'Subject: Re: News in spring', '', 'Thank you, I will come.')
const receipt = (id: number): string =>
  mail(
    id,
    'Subject: Read: News in spring',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="b1"',
    '',
    '--b1',
    '',
    'Your message was displayed.',
    '--b1',
    'Content-Type: message/disposition-notification',
    '',
    `Final-Recipient: rfc822; c${id}@example.org`,
    'Disposition: manual-action/MDN-sent-manually; displayed',
    '',
    '--b1--',
  )

describe.each(dialects)('thresholds on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect, { REBOUND_THRESHOLDS: 'mailbox-full=3/4d' })
  })
  afterAll(async () => world?.close())

  /** A bounce by SMTP, then so many days. */
  async function bounce(id: number, options: { cause?: keyof typeof causes; days?: number } = {}) {
    const address = `c${id}@example.org`
    await receive(id, report({ address, ...causes[options.cause ?? 'full'] }))
    const ago = (options.days ?? 2) * 86_400_000
    const { knex } = world.store
    const earlier = (column: string) => knex.raw('?? - ?', [column, ago])
    // The server writes beside us: evidence, when it has time.
    await persist(
      async () =>
        await knex('rebound_bounces')
          .where({ record_id: `${id}` })
          .update({ received_at: earlier('received_at'), recorded_at: earlier('recorded_at') }),
    )
  }
  async function receive(id: number, raw: string, from = '') {
    const path = await world.mint({ module: 'contacts', id, campaign: 7, to: `c${id}@example.org` })
    expect(await sendRaw(world.server.smtpPort, path, raw, from)).toMatch(/^250/)
  }
  const record = (id: number) => world.get(`/v1/records/contacts/${id}`)

  test('the bounce that reaches one makes the record hard, and event, campaign and metrics stay soft', async () => {
    await bounce(1)
    await bounce(1)
    expect(await record(1)).toMatchObject({ email: 'c1@example.org', emailBounced: true, softBounces: 2 })
    await bounce(1, { days: 0 })
    expect(await record(1)).toMatchObject({
      email: null,
      bouncedAddress: 'c1@example.org',
      hardBounces: 0,
      softBounces: 3,
    })
    expect(await world.get('/v1/campaigns/7')).toMatchObject({ hardBounces: 0, softBounces: 1 })
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
    expect(metrics).toMatch(/^rebound_bounces_total\{type="soft",category="mailbox-full".*\} 3$/m)
    expect(metrics).not.toMatch(/^rebound_bounces_total\{type="hard".*\} [^0]/m)
    const trail = await world.store.knex('rebound_audit').where({ action: 'promote' })
    expect(trail).toMatchObject([{ actor: 'threshold mailbox-full=3/4d', record_id: '1' }])
  })

  test('bounces of one day are one, and a category without a threshold never counts', async () => {
    for (let i = 0; i < 4; i++) await bounce(2, { days: 0 })
    for (let i = 0; i < 4; i++) await bounce(3, { cause: 'spam' })
    expect(await record(2)).toMatchObject({ email: 'c2@example.org', softBounces: 4 })
    expect(await record(3)).toMatchObject({ email: 'c3@example.org', softBounces: 4 })
  })

  test.each([
    ['a report of delivery', delivered('delivered'), 'alive'],
    ['what a server only passed on', delivered('relayed'), 'none'],
    ['a read receipt', receipt, 'alive'],
    ['an absence note', absence, 'alive'],
    ['the answer of whom we wrote to', answer, 'alive'],
    ['the answer of somebody else', () => answer(99), 'none'],
  ])('%s', async (_, raw, effect) => {
    const id = ++last
    await bounce(id)
    await bounce(id)
    await receive(id, raw(id), `c${id}@example.org`)
    await bounce(id, { days: 0 })
    const { items } = (await world.get(`/v1/records/contacts/${id}/history`)) as {
      items: { kind: string; effect: string; promotedBy: string | null }[]
    }
    expect(items.find(({ kind }) => kind !== 'bounce')).toMatchObject({ effect, promotedBy: null })
    const isAlive = effect === 'alive'
    expect(items[0]).toMatchObject({
      effect: isAlive ? 'flagged' : 'removed',
      promotedBy: isAlive ? null : 'mailbox-full=3/4d',
    })
    expect((await record(id)).email).toBe(isAlive ? `c${id}@example.org` : null)
  })

  test('somebody says that the address works', async () => {
    await bounce(5)
    await bounce(5)
    const said = await world.ask('POST', '/v1/records/contacts/5/alive', {})
    expect(said).toMatchObject({ emailBounced: true, softBounces: 2, aliveAt: expect.any(String) })
    await bounce(5, { days: 0 })
    expect(await record(5)).toMatchObject({ email: 'c5@example.org', softBounces: 3 })
  })

  test('switched off, nothing is promoted', async () => {
    await world.restart({ REBOUND_THRESHOLDS: 'off' })
    for (let i = 0; i < 4; i++) await bounce(4)
    expect(await record(4)).toMatchObject({ email: 'c4@example.org', softBounces: 4 })
  })

  test('by default they are on, and begin with the start', async () => {
    for (let i = 0; i < 3; i++) await bounce(6, { cause: 'unknown' })
    await world.restart({ REBOUND_THRESHOLDS: '' })
    await bounce(6, { cause: 'unknown' })
    await bounce(6, { cause: 'unknown', days: 5 })
    expect(await record(6)).toMatchObject({ email: 'c6@example.org', softBounces: 5 })
    await bounce(6, { cause: 'unknown' })
    expect(await record(6)).toMatchObject({ email: null, bouncedAddress: 'c6@example.org', hardBounces: 0 })
    for (let i = 0; i < 5; i++) await bounce(7, { cause: 'sender', days: 9 })
    expect(await record(7)).toMatchObject({ email: 'c7@example.org', softBounces: 5 })
  })
})

test('a category where the sender is at fault stops the start', async () => {
  const { code, err } = await rebound(['serve'], { REBOUND_THRESHOLDS: 'blocked=3/7d' })
  expect(code).toBe(2)
  expect(err).toContain('REBOUND_THRESHOLDS is "blocked=3/7d": "blocked" cannot make an address hard')
})
