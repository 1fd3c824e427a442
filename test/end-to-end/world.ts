// A server on a database of its own, with a CRM's and a mail server's hands on it, for tests of the whole.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { within } from '../patience.ts'
import { newMigratedMysql, writeMigratedSqlite } from '../store/migrated.ts'
import { type Ran, rebound, type Server, startServer } from './server.ts'

export interface World {
  readonly server: Server
  /** The same database, to look at it and to let time pass in it. */
  readonly store: Store
  readonly mint: (item: Record<string, unknown>) => Promise<string>
  /** Asks the API with a JSON body; the parsed answer. */
  readonly ask: (method: string, path: string, body: unknown) => Promise<Record<string, unknown>>
  /** Sends one raw mail with a null sender; the server's last answer, refusals included. */
  readonly send: (to: string, raw: string) => Promise<string>
  readonly get: (path: string) => Promise<Record<string, unknown>>
  readonly run: (...words: string[]) => Promise<Ran>
  /** Ends the server and starts another on the same database. */
  readonly restart: (settings?: Record<string, string>) => Promise<void>
  readonly close: () => Promise<void>
}

export async function newWorld(
  dialect: 'sqlite' | 'mysql',
  settings: Record<string, string> = {},
): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rebound-e2e-'))
  const file = join(dataDir, 'rebound.sqlite')
  if (dialect === 'sqlite') await writeMigratedSqlite(file)
  const { url, drop } =
    dialect === 'mysql' ? await newMigratedMysql() : { url: `sqlite:${file}`, drop: async () => {} }
  const base = { DATABASE_URL: url, REBOUND_DATA_DIR: dataDir, ...settings }
  let server = await startServer(base)
  const store = openStore({ url })
  // A test that writes beside the server waits for it; unlike the server it may stand still meanwhile.
  if (dialect === 'sqlite') await store.knex.raw(`pragma busy_timeout = ${within(10_000)}`)
  const json = async (response: Response) => (await response.json()) as Record<string, unknown>
  const ask: World['ask'] = async (method, path, body) =>
    json(
      await fetch(server.url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  return {
    get server() {
      return server
    },
    store,
    ask,
    mint: async item => {
      const { items } = (await ask('POST', '/v1/return-paths', { items: [item] })) as {
        items: { address: string }[]
      }
      return items[0]?.address ?? ''
    },
    send: (to, raw) => sendRaw(server.smtpPort, to, raw),
    get: async path => json(await fetch(server.url + path)),
    run: (...words) => rebound(words, server.environment),
    restart: async (more = {}) => {
      await server.stop()
      server = await startServer({ ...base, ...more })
    },
    close: async () => {
      await server.stop()
      await store.close()
      await drop()
    },
  }
}

/** Sends one raw mail, with a null sender unless told otherwise; the server's last answer, refusals included. */
export async function sendRaw(port: number, to: string, raw: string, from = ''): Promise<string> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  try {
    return (await transport.sendMail({ envelope: { from, to: [to] }, raw })).response
  } catch (error) {
    return (error as { response?: string }).response ?? String(error)
  } finally {
    transport.close()
  }
}

let reports = 0

/** A report as a mail server writes it (RFC 3464). Each is another one. */
export function report(parts: {
  readonly address: string
  /** Whom it was sent to, where that is another (Original-Recipient). */
  readonly to?: string
  readonly status?: string
  readonly diagnostic?: string
  readonly action?: string
  /** The host that refused it. */
  readonly remoteMta?: string
  /** Original-Envelope-Id of the report (RFC 3464 §2.2.1). */
  readonly envelopeId?: string
  /** Header lines of the returned mail. */
  readonly original?: readonly string[]
}): string {
  const {
    envelopeId,
    original = [],
    address,
    to,
    remoteMta,
    action = 'failed',
    status = action === 'failed' ? '5.1.1' : '2.1.5',
    diagnostic = `550 5.1.1 <${address}>: no such user here`,
  } = parts
  return [
    'From: MAILER-DAEMON@mx.example.net (Mail Delivery System)',
    'To: return-path',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${++reports}@mx.example.net>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    '',
    `Your message to ${address} could not be delivered.`,
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    '',
    ...(to === undefined ? [] : [`Original-Recipient: rfc822; ${to}`]),
    `Final-Recipient: rfc822; ${address}`,
    `Action: ${action}`,
    `Status: ${status}`,
    ...(remoteMta === undefined ? [] : [`Remote-MTA: dns; ${remoteMta}`]),
    ...(action === 'failed' ? [`Diagnostic-Code: smtp; ${diagnostic}`] : []),
    '',
    ...(original.length === 0 ? [] : ['--b1', 'Content-Type: text/rfc822-headers', '', ...original, '']),
    '--b1--',
    '',
  ].join('\r\n')
}
