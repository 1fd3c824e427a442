// One archive by every door, in any order and twice: the same events, once. REBOUND_TEST_ARCHIVE_MAILS makes it larger;
// REBOUND_TEST_ARCHIVE_FIRST=lmtp,pipe says which doors come first.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'
import { everyPair } from '../../src/harness/mix.ts'
import { momentOf } from '../../src/harness/variation.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { rebound, secret } from '../end-to-end/server.ts'
import { newWorld, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { minted, paths } from '../return-path/paths.ts'
import { RawClient } from '../smtp/raw-client.ts'
import { dialects } from '../store/databases.ts'
import { hasTool } from '../tools.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'

// One of 20 MB each would be most of a large archive; test/smtp/sizes.test.ts has them.
const pairs = everyPair().filter(({ scenario }) => scenario !== 'huge')
/** Neighbours are much alike: a small archive takes some of every writer. */
const stride = 7
const mailCount = Number(process.env.REBOUND_TEST_ARCHIVE_MAILS ?? 48)
const doors = ['smtp', 'file', 'imap', 'lmtp', 'pipe', 'pop3'] as const
type Door = (typeof doors)[number]
/** Those that come first, each in an order of its own. */
const askedFirst = process.env.REBOUND_TEST_ARCHIVE_FIRST?.split(',') as readonly Door[] | undefined
/** Of a large one, each door is said with its time. */
const isLarge = mailCount > 1000
const patience = { timeout: within(30_000 + 20 * mailCount), interval: isLarge ? 1_000 : 50 }

interface Mail {
  readonly path: string
  readonly text: string
}

/** Every writer with every scenario, in turn, each to a path of its own; as an archive holds them. */
function archive(): readonly Mail[] {
  const by = paths({ keys: signingKeys([secret]) })
  return Array.from({ length: mailCount }, (_, at) => {
    const { writer, scenario } = pairs[(at * stride) % pairs.length] as (typeof pairs)[number]
    const to = `u${at}@example.org`
    const path = minted(String(at), { to, campaign: 7 }, { by, at: new Date() })
    const seed = `door ${at}`
    const { raw } = compose(writer, scenario, { returnPath: path, recipient: to, at: momentOf(seed), seed })
    const trace = `Return-Path: <>\r\nDelivered-To: ${path}\r\nReceived: from a by b for <${path}>; ${new Date().toUTCString()}\r\n`
    return { path, text: trace + raw.toString('latin1') }
  })
}

/** Dots stuffed, line ends as SMTP wants them. */
const wire = (text: string): string => {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n')
  return `${`${lines}${lines.endsWith('\r\n') ? '' : '\r\n'}`.replace(/^\./gm, '..')}.\r\n`
}

const connections = 8

/** Over several connections at a time, as mail servers do. */
async function deliver(
  open: () => Promise<RawClient>,
  greeting: string,
  mails: readonly Mail[],
): Promise<void> {
  const waiting = mails.values()
  const work = async (): Promise<void> => {
    const client = await open()
    await client.reply()
    await client.ask(greeting)
    for (const { path, text } of waiting) {
      for (const command of ['MAIL FROM:<>', `RCPT TO:<${path}>`, 'DATA'])
        expect(await client.ask(command)).toMatch(/^[23]5/)
      client.send(wire(text))
      expect(await client.reply()).toMatch(/^250 /)
    }
    client.destroy()
  }
  await Promise.all(Array.from({ length: connections }, work))
}

/** The campaign's counts: as they are kept, which on MariaDB is done a second later, or out of what each record has. */
async function countsOf({ store }: World, table = 'rebound_campaign_records'): Promise<readonly number[]> {
  const kept = ['hard_bounces', 'soft_bounces', 'blocked_bounces', 'complaints']
  const counted = ["type = 'hard'", "type = 'soft'", 'blocked', 'complaint_event_id is not null'].map(
    condition => `count(case when ${condition} then 1 end)`,
  )
  const counts = table === 'rebound_campaigns' ? kept : counted
  const [row] = await store
    .knex(table)
    .select(counts.map((count, at) => store.knex.raw(`${count} as c${at}`)))
  return counts.map((_, at) => Number(row?.[`c${at}`]))
}

const separator = 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n'
const mbox = (mails: readonly Mail[]): string =>
  mails
    .map(({ text }) => `${separator}${text.replaceAll('\r\n', '\n').replace(/^(>*From )/gm, '>$1')}\n\n`)
    .join('')

const mails = archive()
/** What the first order gave; every other must give the same, on either database. */
let expected: Stored | null = null

/** What is stored, a line a row, sorted: who came first may show in no number of it. */
type Stored = Readonly<Record<(typeof kinds)[number], readonly string[]>>
const kinds = ['events', 'records', 'results'] as const

/** All but the numbers of rows, the times, who brought it, and how often it came again. */
const eventColumns = [
  ...['fingerprint', 'kind', 'type', 'category', 'permanent', 'advice', 'status', 'reply_code', 'diagnostic'],
  ...[
    'blocklist',
    'help_url',
    'address',
    'reported_address',
    'module',
    'record_id',
    'campaign_id',
    'mail_id',
  ],
  ...['linked_by', 'concern', 'decided_by', 'decided_rule', 'decided_text', 'subject', 'original_message_id'],
  ...['envelope_id', 'reporting_mta', 'remote_mta', 'return_path', 'effect', 'undone_at'],
]
const recordColumns = [
  ...['id', 'email', 'email_bounced', 'bounced_address', 'hard_bounces', 'soft_bounces', 'complaints'],
]
const resultColumns = ['campaign_id', 'module', 'record_id', 'type', 'blocked']

async function rowsOf(world: World, table: string, columns: readonly string[]): Promise<readonly string[]> {
  const rows: readonly Record<string, unknown>[] = await world.store.knex(table).select(...columns)
  const shown = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value)
  return rows.map(row => columns.map(name => `${name}=${shown(row[name])}`).join(' ')).sort()
}

describe.runIf(hasTool('dovecot')).each(dialects)('every door on %s', dialect => {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-doors-'))
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(async () => {
    await dovecot?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const order = (first: Door): readonly Door[] => {
    const at = doors.indexOf(first)
    return [...doors.slice(at), ...doors.slice(0, at)]
  }

  test('gives the same events once, whichever comes first', {
    timeout: within(360_000 + 1_200 * mailCount),
  }, async () => {
    const usual: readonly Door[] = dialect === 'sqlite' ? ['smtp', 'imap'] : ['pop3', 'file']
    const firsts = askedFirst ?? usual.slice(0, isLarge || dialect === 'sqlite' ? 2 : 1)
    for (const [at, first] of firsts.entries()) await enterAll(order(first), at === 0)
  })

  /** @param isTwice once every mail has come by every door, all doors are tried again */
  const enterAll = async (order: readonly Door[], isTwice: boolean): Promise<void> => {
    const socket = join(folder, `lmtp-${dialect}-${order[0]}`)
    const shared = {
      NODE_EXTRA_CA_CERTS: dovecot.certFile,
      REBOUND_MAILBOX_SECONDS: '5',
      REBOUND_MAILBOX_PASSWORD: dovecot.password,
    }
    // What people wrote stayed in the last one's mailbox.
    dovecot.newUser()
    const user = encodeURIComponent(dovecot.user())
    dovecot.deliver([], 'Archive')
    const world: World = await newWorld(dialect, { ...shared, REBOUND_LMTP_SOCKET: socket })
    // One server reads one mailbox.
    const boxes = {
      Archive: {
        REBOUND_MAILBOX: `imaps://${user}@localhost:${dovecot.imapPort}/Archive`,
        REBOUND_MAILBOX_OTHER: 'Letters',
      },
      INBOX: {
        REBOUND_MAILBOX: `pop3s://${user}@localhost:${dovecot.popPort}`,
        REBOUND_MAILBOX_OTHER: 'keep',
      },
    }
    const fates = async (): Promise<number> => {
      const text = await (await fetch(`${world.server.url}/metrics`)).text()
      const counts = [...text.matchAll(/^rebound_mailbox_mails_total\{fate="(?:recorded|left)"\} (\d+)/gm)]
      return counts.reduce((sum, [, count]) => sum + Number(count), 0)
    }
    const fetched = async (folder: keyof typeof boxes): Promise<void> => {
      await world.restart(boxes[folder])
      dovecot.deliver(
        mails.map(({ text }) => text),
        folder,
      )
      await expect.poll(fates, patience).toBe(mails.length)
    }
    const enter: Record<Door, () => Promise<void>> = {
      smtp: () => deliver(() => RawClient.open(world.server.smtpPort), 'EHLO mx.example.net', mails),
      lmtp: () => deliver(() => RawClient.openPath(socket), 'LHLO mx.example.net', mails),
      file: async () => {
        const file = join(folder, 'archive.mbox')
        writeFileSync(file, Buffer.from(mbox(mails), 'latin1'))
        expect(await rebound(['receive', '--remove', file], world.server.environment)).toMatchObject({
          code: 0,
        })
      },
      pipe: async () => {
        const bytes = Buffer.from(mbox(mails), 'latin1')
        expect(await rebound(['receive', '--remove', '-'], world.server.environment, bytes)).toMatchObject({
          code: 0,
        })
      },
      imap: () => fetched('Archive'),
      pop3: () => fetched('INBOX'),
    }
    const stored = async (): Promise<Stored> => {
      await expect.poll(() => countsOf(world, 'rebound_campaigns'), patience).toEqual(await countsOf(world))
      return {
        events: await rowsOf(world, 'rebound_bounces', eventColumns),
        records: await rowsOf(world, 'rebound_contacts', recordColumns),
        results: await rowsOf(world, 'rebound_campaign_records', resultColumns),
      }
    }
    try {
      const [opening, ...others] = order
      const timed = async (door: Door): Promise<void> => {
        const started = performance.now()
        await enter[door]()
        if (isLarge)
          console.log(`${door}: ${mails.length} mails in ${Math.round(performance.now() - started)} ms`)
      }
      await timed(opening as Door)
      const once = await stored()
      expect(once.events.length).toBeGreaterThanOrEqual(mails.length)
      expect(once.records.length).toBeGreaterThan(mails.length / 2)
      // By then each mail has come six times; what is stored no longer depends on the order.
      const again = isLarge || !isTwice ? [opening as Door] : order
      for (const door of [...others, ...again]) {
        await timed(door)
        const now = await stored()
        for (const what of kinds) expect(now[what], `${what} after ${door}`).toEqual(once[what])
      }
      expected ??= once
      for (const what of kinds)
        expect(once[what], `${what} where ${opening} is first`).toEqual(expected[what])
    } finally {
      await world.close()
    }
  }
})
