// Webhooks of a real server: mail never waits for them, a killed server sends them again, people see what is stuck.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { persist } from '../../src/store/database/failures.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { newMysqlDatabase } from '../mariadb.ts'
import { within } from '../patience.ts'
import { hasOpenssl, openCertificateFolder } from '../smtp/certificate-files.ts'
import { dialects } from '../store/databases.ts'
import { hang, type Receiver, startReceiver, status } from '../webhook/receiver.ts'
import { rebound, type Server, startServer } from './server.ts'

const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const patient = { timeout: within(15_000), interval: 50 }

/** A hard bounce of `address`, as a mail server writes it (RFC 3464). */
const report = (address: string): string =>
  [
    'From: MAILER-DAEMON@mx.example.net (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    `Diagnostic-Code: smtp; 550 5.1.1 <${address}>: no such user here`,
    '',
    '--b1--',
    '',
  ].join('\r\n')

/** Mints a path for contact `id` and sends its bounce; @returns the answer to DATA. */
async function bounce(server: Server, id: number): Promise<string> {
  const to = `contact-${id}@example.org`
  const minted = await fetch(`${server.url}/v1/return-paths`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ module: 'contacts', id, campaign: 7, to }] }),
  })
  const { items } = (await minted.json()) as { items: { address: string }[] }
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: server.smtpPort,
    ignoreTLS: true,
  })
  try {
    const envelope = { from: '', to: [items[0]?.address ?? ''] }
    return (await transport.sendMail({ envelope, raw: report(to) })).response
  } finally {
    transport.close()
  }
}

async function metric(server: Server, line: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find(each => each.startsWith(`${line} `))
      ?.split(' ')
      .at(-1),
  )
}

const idOf = (received: Receiver['received'][number] | undefined) => received?.headers['webhook-id']

describe.each(dialects)('on %s', dialect => {
  let receiver: Receiver
  let server: Server
  let settings: Record<string, string>
  let drop = async (): Promise<void> => {}
  /** Requests that the first server left without an answer. */
  let unanswered = 0

  beforeAll(async () => {
    receiver = await startReceiver(hang)
    settings = {
      REBOUND_WEBHOOK_URL: receiver.url,
      REBOUND_WEBHOOK_SECRET: webhookSecret,
      REBOUND_WEBHOOK_PRIVATE: 'allow',
    }
    if (dialect === 'mysql') {
      const database = await newMysqlDatabase()
      drop = database.drop
      settings.DATABASE_URL = database.url
    }
    server = await startServer(settings)
    settings.REBOUND_DATA_DIR = server.dataDir
  })
  afterAll(async () => {
    await server?.stop()
    await receiver?.off()
    await drop()
  })

  async function inDatabase<T>(work: (store: Store) => PromiseLike<T>): Promise<T> {
    const url = settings.DATABASE_URL ?? `sqlite:${join(server.dataDir, 'rebound.sqlite')}`
    const store = openStore({ url })
    try {
      return await persist(async () => await work(store))
    } finally {
      await store.close()
    }
  }
  /** 0 is as if so much time had passed that everything is due. */
  const makeDue = async (at = 0): Promise<void> => {
    await inDatabase(({ knex }) => knex('rebound_outbox').update({ due_at: at }))
  }
  /** The last error of each webhook that is still to be delivered. */
  const waiting = () =>
    inDatabase<(string | null)[]>(({ knex }) => knex('rebound_outbox').pluck('last_error'))

  const listed = async (): Promise<readonly Record<string, unknown>[]> => {
    const { out, code } = await rebound(['webhooks', '--json'], server.environment)
    expect(code).toBe(0)
    return out
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  }

  test('mail is answered with 250 while the receiver hangs', async () => {
    expect(await bounce(server, 1)).toMatch(/^250 /)
    await receiver.until(1)
    // Its request stays open from here on.
    for (let id = 2; id <= 15; id++) expect(await bounce(server, id)).toMatch(/^250 /)
    await receiver.until(10)
    expect(receiver.open()).toBeLessThanOrEqual(10)
    // On a busy machine the first of them may have waited in vain by now.
    expect((await listed()).map(each => each.state)).toEqual(
      Array(15).fill(expect.stringMatching(/^(waiting|retrying)$/)),
    )
  })

  test('a server that was killed delivers again, under the same id', async () => {
    server.process.kill('SIGKILL')
    await server.exited
    unanswered = receiver.received.length
    const before = receiver.received.map(idOf)
    receiver.answer(status(204))
    server = await startServer(settings)
    await makeDue()
    await receiver.until(unanswered + 15)
    await expect.poll(waiting, patient).toEqual([])
    expect(await listed()).toEqual([])
    const after = receiver.received.slice(unanswered).map(idOf)
    expect(new Set(after).size).toBe(15)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(await metric(server, 'rebound_webhooks_total{outcome="delivered"}')).toBe(15)
  })

  test('what is sent is what GET /v1/bounces lists', async () => {
    // On MySQL the list holds back what is younger than a transaction may be.
    const list = async () => {
      const response = await fetch(`${server.url}/v1/bounces`)
      return ((await response.json()) as { items: { id: string }[] }).items
    }
    await expect.poll(async () => (await list()).length, patient).toBe(15)
    const sent = receiver.received.slice(unanswered).map(({ body }) => JSON.parse(body))
    const byId = (a: { id: string }, b: { id: string }) => Number(a.id) - Number(b.id)
    expect(sent.map(each => each.data).sort(byId)).toEqual((await list()).sort(byId))
    for (const each of sent)
      expect(each).toMatchObject({ type: 'bounce.hard', timestamp: each.data.recordedAt })
    expect(sent.map(each => each.id)).toEqual(receiver.received.slice(unanswered).map(idOf))
  })

  test('what is stuck is shown with its reason, and tried again when somebody says so', async () => {
    receiver.answer(status(500, 'no such tenant \u001b[2J'))
    await bounce(server, 16)
    const lastError = 'answered 500: no such tenant \u001b[2J'
    await expect.poll(waiting, patient).toEqual([lastError])
    const [row] = await listed()
    expect(row).toMatchObject({ state: 'retrying', lastError })
    expect(row?.attempts).toBeGreaterThan(0)
    const shown = await rebound(['webhooks'], server.environment)
    expect(shown.out).toMatch(
      /retrying +\d+ (?:s|min) +\d+ +(in \d+ (?:s|min)|now) +answered 500: no such tenant \\x1b\[2J/,
    )
    expect(shown.err).toContain('1 still to be delivered, 0 given up.')
    expect(await metric(server, 'rebound_webhooks_total{outcome="status"}')).toBeGreaterThan(0)

    // A command may take longer on a busy machine than the next attempt waits.
    await makeDue(Date.now() + 3_600_000)
    const [stuck] = await listed()
    receiver.answer(status(204))
    const retried = await rebound(['webhooks', 'retry', String(stuck?.id)], server.environment)
    expect(retried).toMatchObject({ code: 0, err: expect.stringContaining('1 due again') })
    await expect.poll(waiting, patient).toEqual([])
    expect(idOf(receiver.received.at(-1))).toBe(stuck?.eventId)
    expect(await rebound(['webhooks', 'drop', '--all', '--json'], server.environment)).toMatchObject({
      code: 0,
      out: '{"count":0}\n',
    })
    expect(await rebound(['webhooks', 'drop', String(stuck?.id)], server.environment)).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no webhook'),
    })
  })

  test('a server stops in order while the receiver hangs', async () => {
    receiver.answer(hang)
    const before = receiver.received.length
    await bounce(server, 17)
    await receiver.until(before + 1)
    expect(await server.stop()).toBe(0)
    expect(await listed()).toMatchObject([{ state: 'waiting', attempts: 0 }])
  })
})

test('a receiver inside is not connected to unless a setting allows it', async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.off)
  const server = await startServer({
    REBOUND_WEBHOOK_URL: `http://localhost:${receiver.port}/`,
    REBOUND_WEBHOOK_SECRET: webhookSecret,
  })
  onTestFinished(async () => void (await server.stop()))
  expect(await bounce(server, 1)).toMatch(/^250 /)
  await expect
    .poll(() => metric(server, 'rebound_webhooks_total{outcome="refused"}'), patient)
    .toBeGreaterThan(0)
  expect(receiver.connections()).toBe(0)
  const { out } = await rebound(['webhooks', '--json'], server.environment)
  expect(JSON.parse(out)).toMatchObject({
    state: 'retrying',
    lastError: expect.stringMatching(/localhost is .* \(loopback.*REBOUND_WEBHOOK_PRIVATE=allow/),
  })
})

describe('rebound webhooks', () => {
  const settings = (port: number, more: Record<string, string> = {}) => ({
    REBOUND_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    REBOUND_WEBHOOK_SECRET: webhookSecret,
    REBOUND_WEBHOOK_PRIVATE: 'allow',
    ...more,
  })

  test('test sends a sample that looks like any other, and says what came of it', async () => {
    const receiver = await startReceiver()
    onTestFinished(receiver.off)
    const taken = await rebound(['webhooks', 'test'], settings(receiver.port))
    expect(taken).toMatchObject({ code: 0, err: expect.stringContaining('Delivered') })
    const sample = JSON.parse(receiver.received[0]?.body ?? '')
    expect(sample).toMatchObject({ id: idOf(receiver.received[0]), type: 'bounce.hard' })

    receiver.answer(status(404, 'nothing here'))
    const refused = await rebound(['webhooks', 'test', '--json'], settings(receiver.port))
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out)).toMatchObject({ outcome: 'status', error: 'answered 404: nothing here' })
    const inside = await rebound(
      ['webhooks', 'test'],
      settings(receiver.port, { REBOUND_WEBHOOK_PRIVATE: 'no' }),
    )
    expect(inside).toMatchObject({ code: 1, err: expect.stringContaining('loopback') })
  })

  test.runIf(hasOpenssl)('test speaks TLS with whom the certificate names', async () => {
    const { folder, remove } = openCertificateFolder()
    onTestFinished(remove)
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', key, '-out', cert, '-subj', '/CN=hooks', '-days', '2'],
        ...['-addext', 'subjectAltName=DNS:localhost'],
      ],
      { stdio: 'ignore' },
    )
    const bodies: string[] = []
    const server = createHttpsServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      (request, response) => {
        request.on('data', chunk => bodies.push(chunk.toString()))
        request.on('end', () => response.writeHead(204).end())
      },
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const send = (host: string) =>
      rebound(
        ['webhooks', 'test'],
        settings(port, { REBOUND_WEBHOOK_URL: `https://${host}:${port}/`, NODE_EXTRA_CA_CERTS: cert }),
      )
    expect(await send('localhost')).toMatchObject({ code: 0 })
    expect(bodies).toHaveLength(1)
    // Another name for the same machine, which the certificate does not have.
    expect(await send('127.0.0.1')).toMatchObject({ code: 1, err: expect.stringContaining('altnames') })
    expect(bodies).toHaveLength(1)
  })

  test.each([
    [['webhooks', 'test'], /REBOUND_WEBHOOK_URL is not set/],
    [['webhooks', 'retry'], /write one id .* or --all/],
    [['webhooks', 'drop', '1', '--all'], /write one id .* or --all/],
    [['webhooks', 'list', '--limit', '0'], /--limit 0: write a whole number/],
  ])('%j is wrong usage, with the right words', async (words, said) => {
    expect(await rebound(words)).toMatchObject({ code: 2, err: expect.stringMatching(said) })
  })
})
