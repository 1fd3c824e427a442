// The main job: a report arrives over SMTP, is judged, recorded and counted, and shows in HTTP, CLI and metrics.

import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReturnPaths } from '../../src/return-path/codec.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { newMysqlDatabase } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { domain, rebound, type Server, secret, startServer } from './server.ts'

interface Parts {
  readonly address: string
  readonly status?: string
  readonly diagnostic?: string
  readonly messageId?: string
  readonly received?: string
}

/** A report as a mail server writes it (RFC 3464), composed here. */
const report = ({
  address,
  status = '5.1.1',
  diagnostic = `550 5.1.1 <${address}>: no such user here`,
  messageId = '<1@mx.example.net>',
  received = '10.0.0.1',
}: Parts): string =>
  [
    `Received: from mx.example.net (mx.example.net [${received}]) by bounces; Tue, 24 Nov 2026 10:00:00 +0000`,
    'From: MAILER-DAEMON@mx.example.net (Mail Delivery System)',
    'To: return-path',
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    `Message-ID: ${messageId}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'Your message could not be delivered.',
    '',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    'Message-ID: <campaign-7@crm.example>',
    'Subject: Our spring offers',
    '',
    '--b1--',
    '',
  ].join('\r\n')

describe.each(dialects)('on %s', dialect => {
  let server: Server
  let drop = async (): Promise<void> => {}

  beforeAll(async () => {
    if (dialect === 'sqlite') server = await startServer()
    else {
      const database = await newMysqlDatabase()
      drop = database.drop
      server = await startServer({ DATABASE_URL: database.url })
    }
  })
  afterAll(async () => {
    await server?.stop()
    await drop()
  })

  async function mint(item: Record<string, unknown>): Promise<string> {
    const response = await fetch(`${server.url}/v1/return-paths`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [item] }),
    })
    const body = (await response.json()) as { items: { address: string }[] }
    return body.items[0]?.address ?? ''
  }

  /** Sends one raw mail with a null sender; resolves to the server's last answer, refusals included. */
  async function send(to: string, raw: string | Buffer, from = ''): Promise<string> {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: server.smtpPort,
      ignoreTLS: true,
    })
    try {
      const info = await transport.sendMail({ envelope: { from, to: [to] }, raw })
      return info.response
    } catch (error) {
      return (error as { response?: string }).response ?? String(error)
    } finally {
      transport.close()
    }
  }

  const get = async (path: string): Promise<Record<string, unknown>> =>
    (await (await fetch(server.url + path)).json()) as Record<string, unknown>

  async function metric(line: string): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const found = text.split('\n').find(each => each.startsWith(`${line} `))
    return found === undefined ? Number.NaN : Number(found.split(' ').at(-1))
  }

  describe('a hard bounce', () => {
    test('flags the contact, takes its address, counts once, however often it is sent', async () => {
      const path = await mint({ module: 'contacts', id: 42, campaign: 7, to: 'Ana@example.org' })
      expect(path).toMatch(new RegExp(`^[a-z0-9-]{1,64}@${domain}$`))
      expect(await send(path, report({ address: 'ana@example.org' }))).toMatch(/^250 2\.1\.5|^250 2/)
      const once = await get('/v1/records/contacts/42')
      expect(once).toMatchObject({
        module: 'contacts',
        id: '42',
        email: null,
        emailBounced: true,
        bouncedAddress: 'ana@example.org',
        hardBounces: 1,
        softBounces: 0,
      })
      expect(await get('/v1/campaigns/7')).toMatchObject({
        id: '7',
        sent: 1,
        hardBounces: 1,
        softBounces: 0,
        blockedBounces: 0,
      })

      // The 250 was lost on the way and the same report comes again by another path.
      expect(
        await send(path.toUpperCase(), report({ address: 'ana@example.org', received: '10.9.9.9' })),
      ).toMatch(/^250/)
      expect(await get('/v1/records/contacts/42')).toEqual(once)
      expect(await get('/v1/campaigns/7')).toMatchObject({ hardBounces: 1 })
      expect(await metric('rebound_bounced_sends_total{type="hard",provider="other"}')).toBe(1)

      const history = (await get('/v1/records/contacts/42/history')) as unknown as {
        items: Record<string, unknown>[]
      }
      expect(history.items).toHaveLength(1)
      expect(history.items[0]).toMatchObject({
        kind: 'bounce',
        type: 'hard',
        category: 'unknown-user',
        address: 'ana@example.org',
        decidedBy: 'exact-status',
        subject: 'Our spring offers',
        originalMessageId: '<campaign-7@crm.example>',
      })
    })

    test('shows in the CLI', async () => {
      const shown = await rebound(['records', 'show', 'contacts', '42', '--json'], server.environment)
      expect(shown.code, shown.err).toBe(0)
      expect(JSON.parse(shown.out)).toMatchObject({ id: '42', emailBounced: true, hardBounces: 1 })
      const campaign = await rebound(['campaigns', 'show', '7'], server.environment)
      expect(campaign.out).toMatch(/7 .* 1 \(100\.00 %\)/)
      // Lists hold back the youngest rows on MySQL, so that a poller never skips one.
      const list = async () => (await get('/v1/bounces?type=hard')) as { items?: unknown[] }
      await expect.poll(async () => (await list()).items?.length, { timeout: within(15_000) }).toBe(1)
      const { out } = await rebound(['bounces', 'list', '--type', 'hard', '--json'], server.environment)
      expect(out.split('\n').filter(line => line.includes('"recordId":"42"'))).toHaveLength(1)
    })

    test('of an address the record no longer has leaves the new one', async () => {
      const path = await mint({ module: 'leads', id: 'L-1', to: 'old@example.org' })
      await fetch(`${server.url}/v1/records/leads/L-1`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{"email":"new@example.org"}',
      })
      expect(await send(path, report({ address: 'old@example.org' }))).toMatch(/^250/)
      expect(await get('/v1/records/leads/L-1')).toMatchObject({
        email: 'new@example.org',
        emailBounced: false,
      })
    })
  })

  describe('other outcomes', () => {
    test('a full mailbox is soft and flags', async () => {
      const path = await mint({ module: 'contacts', id: 43, campaign: 7, to: 'full@example.org' })
      await send(
        path,
        report({ address: 'full@example.org', status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' }),
      )
      expect(await get('/v1/records/contacts/43')).toMatchObject({
        emailBounced: true,
        bouncedAddress: null,
        hardBounces: 0,
        softBounces: 1,
      })
    })

    test('a spam block behind 5.1.1 is not a dead address', async () => {
      const path = await mint({ module: 'contacts', id: 44, campaign: 8, to: 'ok@example.org' })
      await send(
        path,
        report({
          address: 'ok@example.org',
          diagnostic: '550 5.1.1 rejected: your IP 192.0.2.1 is blocked using zen.spamhaus.org',
        }),
      )
      expect(await get('/v1/records/contacts/44')).toMatchObject({ hardBounces: 0, softBounces: 1 })
      expect(await get('/v1/campaigns/8')).toMatchObject({
        hardBounces: 0,
        softBounces: 1,
        blockedBounces: 1,
      })
    })

    test('anything at all gets 250 and is recorded as what could be read', async () => {
      const path = await mint({ module: 'contacts', id: 45, to: 'x@example.org' })
      for (const raw of [
        '',
        '\r\n',
        'no header at all',
        Buffer.from([0, 255, 13, 10, 0]),
        'Subject: hi\r\n\r\nhello',
      ])
        expect(await send(path, raw)).toMatch(/^250/)
      const history = (await get('/v1/records/contacts/45/history')) as unknown as {
        items: { kind: string }[]
      }
      expect(history.items.map(item => item.kind)).toContain('ordinary')
      expect((await fetch(`${server.url}/v1/records/contacts/45`)).status).toBe(404)
    })
  })

  describe('refused at RCPT', () => {
    const paths = (key: string, days = 60) =>
      createReturnPaths({
        keys: signingKeys([key]),
        domains: [domain],
        days,
        modules: ['contacts', 'companies', 'leads'],
        inbox: 'returns',
        unsigned: 'reject',
        legacy: [],
      })
    const minted = (key: string, at: Date): string => {
      const result = paths(key).mint(
        { module: 'contacts', id: '1', campaign: null, mail: null, to: 'a@example.org' },
        at,
      )
      return result.kind === 'signed' ? result.address : ''
    }

    test('a forged return path', async () => {
      expect(
        await send(
          minted('another-key-of-at-least-thirty-two-bytes!', new Date()),
          report({ address: 'a@example.org' }),
        ),
      ).toMatch(/^550 5\.1\.1/)
    })
    test('an expired return path', async () => {
      expect(
        await send(
          minted(secret, new Date(Date.now() - 70 * 86_400_000)),
          report({ address: 'a@example.org' }),
        ),
      ).toMatch(/^550 5\.1\.1.*expired/i)
    })
    test('an unknown local part', async () =>
      expect(await send(`nobody@${domain}`, 'x')).toMatch(/^550 5\.1\.1/))
    test('a domain that is not ours', async () =>
      expect(await send('ana@example.org', 'x')).toMatch(/^550 5\.7\.1/))
    test('and counted by reason', async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      expect(text).toMatch(/rebound_rejected_total\{reason="[a-z-]+"\} [1-9]/)
    })
  })

  describe('probes', () => {
    test.each(['/healthz', '/readyz'])('%s', async path =>
      expect((await fetch(server.url + path)).status).toBe(200),
    )
  })
})
