// The database dies and comes back, and two servers share one: nothing acknowledged is missing, nothing counts twice.

import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canStartMariadb, type Mariadb, mysqlAvailable, newMysqlDatabase, startMariadb } from '../mariadb.ts'
import { within } from '../patience.ts'
import { type Server, startServer } from './server.ts'

const reportOf = (address: string, serial: string): string =>
  [
    'From: MAILER-DAEMON@mx.example.net',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${serial}@mx.example.net>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--b--',
    '',
  ].join('\r\n')

async function mint(server: Server, ids: readonly string[], campaign: string): Promise<string[]> {
  const response = await fetch(`${server.url}/v1/return-paths`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      items: ids.map(id => ({ module: 'contacts', id, campaign, to: `${id}@example.org` })),
    }),
  })
  return ((await response.json()) as { items: { address: string }[] }).items.map(item => item.address)
}

/** One message over a connection of its own; resolves to the first refusal, or to the answer to its final dot. */
function send(server: Server, to: string, raw: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(server.smtpPort, '127.0.0.1')
    const steps = ['EHLO mx.example.net', 'MAIL FROM:<>', `RCPT TO:<${to}>`, 'DATA', `${raw}\r\n.`]
    let ended = false
    socket.on('error', failed)
    createInterface({ input: socket }).on('line', line => {
      if (ended || line[3] === '-') return
      const next = steps.shift()
      if (next === undefined || !/^[23]/.test(line)) {
        ended = true
        socket.end('QUIT\r\n')
        done(line)
      } else socket.write(`${next}\r\n`)
    })
  })
}

const get = async (server: Server, path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(server.url + path)).json()) as Record<string, unknown>

describe.skipIf(!mysqlAvailable)('two servers, on mysql', () => {
  let drop = async (): Promise<void> => {}
  let first: Server
  let second: Server

  beforeAll(async () => {
    const database = await newMysqlDatabase()
    drop = database.drop
    first = await startServer({ DATABASE_URL: database.url, REBOUND_MAX_CLIENTS_PER_IP: '200' })
    second = await startServer({ DATABASE_URL: database.url, REBOUND_MAX_CLIENTS_PER_IP: '200' })
  })
  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()])
    await drop()
  })

  test('on one campaign end with exact counts', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `load-${index}`)
    const paths = await mint(first, ids, 'shared')
    // Each record: one report that both servers get at once, and one of its own at each. Three events, one bounced send.
    const mails = ids.flatMap((id, index) => {
      const mail = (server: Server, name: string) => ({
        server,
        path: paths[index] ?? '',
        raw: reportOf(`${id}@example.org`, `${id}-${name}`),
      })
      return [mail(first, 'both'), mail(second, 'both'), mail(first, 'first'), mail(second, 'second')]
    })
    const answers: string[] = []
    await Promise.all(
      Array.from({ length: 80 }, async () => {
        for (let mail = mails.shift(); mail; mail = mails.shift())
          answers.push(await send(mail.server, mail.path, mail.raw))
      }),
    )
    expect(answers).toHaveLength(400)
    expect(answers.filter(answer => !answer.startsWith('250'))).toEqual([])
    expect(await get(second, '/v1/campaigns/shared')).toMatchObject({
      sent: 100,
      hardBounces: 100,
      softBounces: 0,
    })
    for (const id of ids)
      expect(await get(first, `/v1/records/contacts/${id}`)).toMatchObject({ hardBounces: 3 })
    // What both say they counted is what there is.
    const sum = async (metric: string): Promise<number> => {
      const texts = await Promise.all(
        [first, second].map(async server => (await fetch(`${server.url}/metrics`)).text()),
      )
      const samples = texts.flatMap(text => [
        ...text.matchAll(new RegExp(`^${metric}\\{.*\\} (\\d+)$`, 'gm')),
      ])
      return samples.reduce((total, [, value]) => total + Number(value), 0)
    }
    expect(await sum('rebound_bounces_total')).toBe(300)
    expect(await sum('rebound_bounced_sends_total')).toBe(100)
  })
})

describe.skipIf(!canStartMariadb)('a MariaDB that is killed under its server', () => {
  let database: Mariadb
  let server: Server

  beforeAll(async () => {
    database = await startMariadb()
    server = await startServer({
      DATABASE_URL: await database.newDatabase(),
      REBOUND_MAX_CLIENTS_PER_IP: '200',
    })
  })
  afterAll(async () => {
    await server?.stop()
    await database?.stop()
  })

  test('while it is away mail is deferred and readyz says so; when it is back nothing is missing or twice', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `away-${index}`)
    const paths = await mint(server, ids, 'away')
    const acknowledged = new Set<string>()
    const trySend = async (index: number): Promise<string> => {
      const answer = await send(
        server,
        paths[index] ?? '',
        reportOf(`away-${index}@example.org`, `away-${index}`),
      )
      if (answer.startsWith('250')) acknowledged.add(ids[index] ?? '')
      return answer
    }
    const running = Promise.all(ids.slice(0, 20).map((_, index) => trySend(index)))
    await database.kill()
    const during = [
      ...(await running),
      ...(await Promise.all(ids.slice(20, 30).map((_, index) => trySend(20 + index)))),
    ]
    expect(during.filter(answer => !/^(250|451 4\.3\.0)/.test(answer))).toEqual([])
    expect(during.filter(answer => answer.startsWith('451')).length).toBeGreaterThanOrEqual(10)
    const ready = await fetch(`${server.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^rebound_database_up 0$/m)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)

    await database.restart()
    await expect
      .poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: within(20_000) })
      .toBe(200)
    const early = [...acknowledged]
    // Everybody tries again, the acknowledged too: their 250 may have been lost.
    for (let index = 0; index < ids.length; index++) expect(await trySend(index)).toMatch(/^250/)
    expect(acknowledged.size).toBe(40)
    expect(await get(server, '/v1/campaigns/away')).toMatchObject({
      sent: 40,
      hardBounces: 40,
      softBounces: 0,
    })
    for (const id of [...early, 'away-39'])
      expect(await get(server, `/v1/records/contacts/${id}`)).toMatchObject({
        hardBounces: 1,
        emailBounced: true,
      })
  })
})
