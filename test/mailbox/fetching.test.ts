// A server that fetches from a real Dovecot: from the mailbox to the record, certificate checked, news heard at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { hasTool } from '../tools.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'

const timeout = { timeout: within(20_000), interval: 50 }

test('Dovecot is there where it must be', () => {
  if (process.env.REBOUND_TEST_REQUIRE_DOVECOT === '1') expect(hasTool('dovecot')).toBe(true)
})

describe
  .runIf(hasTool('dovecot'))
  .each(dialects.flatMap(dialect => [['imap', dialect] as const, ['pop3', dialect] as const]))(
  'fetching by %s on %s',
  (protocol, dialect) => {
    let dovecot: Dovecot
    let world: World
    const urlOf = (): string =>
      protocol === 'imap'
        ? `imaps://${encodeURIComponent(dovecot.user())}@localhost:${dovecot.imapPort}/INBOX`
        : `pop3s://${encodeURIComponent(dovecot.user())}:${encodeURIComponent(dovecot.password)}@localhost:${dovecot.popPort}`
    const settings = (): Record<string, string> => ({
      REBOUND_MAILBOX: urlOf(),
      ...(protocol === 'imap'
        ? // News must come by IDLE: the next look is tomorrow.
          { REBOUND_MAILBOX_PASSWORD: dovecot.password, REBOUND_MAILBOX_SECONDS: '86400' }
        : { REBOUND_MAILBOX_SECONDS: '5' }),
      NODE_EXTRA_CA_CERTS: dovecot.certFile,
    })
    beforeAll(async () => {
      dovecot = await startDovecot()
      world = await newWorld(dialect, settings())
    })
    afterAll(async () => {
      await world?.close()
      await dovecot?.remove()
    })

    const mailFor = async (id: string): Promise<string> => {
      const path = await world.mint({ module: 'contacts', id, campaign: 7, to: `${id}@example.org` })
      return `Return-Path: <>\r\nX-Original-To: ${path}\r\nReceived: from a by b; ${new Date().toUTCString()}\r\n${report({ address: `${id}@example.org` })}`
    }
    const record = (id: string) => world.get(`/v1/records/contacts/${id}`)

    test('a bounce in the mailbox removes the address, once, whichever door it comes by too', async () => {
      const mail = await mailFor('one')
      dovecot.deliver([mail, 'Delivered-To: bounces@crm.example\r\nSubject: Hello\r\n\r\nA letter.\r\n'])
      await expect.poll(() => dovecot.count(), timeout).toBe(1)
      expect(await record('one')).toMatchObject({
        email: null,
        bouncedAddress: 'one@example.org',
        hardBounces: 1,
      })
      dovecot.deliver([mail])
      await expect.poll(() => dovecot.count(), timeout).toBe(1)
      expect(await record('one')).toMatchObject({ hardBounces: 1 })
      const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
      expect(metrics).toContain('rebound_mailbox_mails_total{fate="recorded"} 2')
      expect(metrics).toContain('rebound_mailbox_mails_total{fate="left"} 1')
      expect(metrics).toContain('rebound_mailbox_down 0')
    })

    test('a server that is restarted reads on where it was', async () => {
      await world.restart()
      const mail = await mailFor('two')
      dovecot.deliver([mail])
      await expect.poll(() => dovecot.count(), timeout).toBe(1)
      expect(await record('two')).toMatchObject({ email: null })
      const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
      // The letter was read before.
      expect(metrics).toContain('rebound_mailbox_mails_total{fate="left"} 0')
    })

    test('the doctor says whether the mailbox can be read', async () => {
      const { out } = await world.run('doctor', '--json', '--resolver', '127.0.0.1:9')
      const findings = out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
      const found = findings.find(({ check }) => check === `mailbox of ${dovecot.user()} at localhost`)
      // POP3 lets one session in, and the server may have it just now.
      expect(protocol === 'imap' ? ['ok'] : ['ok', 'unknown']).toContain(found?.state)
    })

    test('a certificate that nobody trusts is not trusted, and the words say what to do', async () => {
      await world.restart({ NODE_EXTRA_CA_CERTS: '' })
      await expect.poll(() => world.server.said(), timeout).toContain('NODE_EXTRA_CA_CERTS')
      await expect
        .poll(async () => await (await fetch(`${world.server.url}/metrics`)).text(), timeout)
        .toContain('rebound_mailbox_down 1')
    })
  },
)
