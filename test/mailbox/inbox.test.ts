// A mailbox that is no bounce mailbox: a person's inbox. Nothing of it is deleted and nothing recorded but what verifies.
// REBOUND_TEST_INBOX_LETTERS makes it larger.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { hasTool } from '../tools.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'
import { inbox } from './letters.ts'

const count = Number(process.env.REBOUND_TEST_INBOX_LETTERS ?? 200)
const isLarge = count > 1000
const patience = { timeout: within(60_000 + 20 * count), interval: isLarge ? 500 : 20 }
/** What a server takes that holds a group of mails and the ids of all letters, and no more for more letters. */
const mostMegabytes = 512

const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('base64')

type Case = readonly ['imap' | 'pop3', (typeof dialects)[number]]
const cases: readonly Case[] = [
  ['imap', 'sqlite'],
  ['pop3', dialects.at(-1) ?? 'sqlite'],
]

// One database each: `on mysql` is said where it is one, since nothing here depends on the other.
const named = cases.map(
  ([protocol, dialect]) =>
    [`${protocol}${dialect === 'mysql' ? ' on mysql' : ''}`, protocol, dialect] as const,
)

describe.runIf(hasTool('dovecot')).each(named)('a person’s inbox by %s', (_, protocol, dialect) => {
  const mails = inbox(count)
  const of = (what: string) => mails.filter(mail => mail.what === what)
  let dovecot: Dovecot
  let world: World
  let delivered = count
  /** How many the servers that have ended had read. */
  let readBefore = 0
  let megabytes = 0

  beforeAll(async () => {
    dovecot = await startDovecot()
    dovecot.deliver(mails.map(({ text }) => text))
  })
  afterAll(async () => {
    await world?.close()
    await dovecot?.remove()
  })

  const settings = (): Record<string, string> => ({
    REBOUND_MAILBOX:
      protocol === 'imap'
        ? `imaps://${encodeURIComponent(dovecot.user())}@localhost:${dovecot.imapPort}/INBOX`
        : `pop3s://${encodeURIComponent(dovecot.user())}@localhost:${dovecot.popPort}`,
    REBOUND_MAILBOX_PASSWORD: dovecot.password,
    REBOUND_MAILBOX_SECONDS: '5',
    // A network's share, which a mailbox has none of.
    REBOUND_REPLIES_PER_DAY: '1',
    NODE_EXTRA_CA_CERTS: dovecot.certFile,
  })
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${world.server.url}/metrics`)).text()
    const line = text.split('\n').find(line => line.startsWith(`${name} `))
    return Number(line?.slice(name.length + 1))
  }
  const fates = async (...names: readonly string[]): Promise<number> => {
    const each = names.map(fate => metric(`rebound_mailbox_mails_total{fate="${fate}"}`))
    return (await Promise.all(each)).reduce((sum, count) => sum + count, 0)
  }
  const read = () => fates('left', 'recorded')
  const rows = async (table: string): Promise<number> => {
    const [row] = await world.store.knex(table).count({ count: '*' })
    return Number(row?.count)
  }
  const peak = (): void => {
    const status = readFileSync(`/proc/${world.server.process.pid}/status`, 'latin1')
    megabytes = Math.max(megabytes, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) / 1024)
  }
  /** Stops the server, whatever it is at, and starts another; how far the first one came, the mailbox itself says. */
  const restart = async (): Promise<void> => {
    peak()
    await world.server.stop()
    const [memory] = await world.store.knex('rebound_mailboxes').select('seen', 'last_uid')
    // Uids are counted from 1 on.
    if (protocol === 'imap') readBefore = Number(memory?.last_uid)
    else readBefore = JSON.parse(memory?.seen).length + delivered - dovecot.count()
    await world.restart(settings())
  }

  test('is read once, although the server is stopped in the middle, and keeps all its letters', {
    timeout: within(300_000 + 100 * count),
  }, async () => {
    const started = performance.now()
    world = await newWorld(dialect, settings())
    await expect.poll(read, patience).toBeGreaterThan(count / 3)
    const waiting = await metric('rebound_mailbox_waiting')
    expect(waiting).toBeGreaterThanOrEqual(0)
    expect(waiting).toBeLessThan(count)
    await restart()
    expect(readBefore).toBeGreaterThan(count / 3)
    await expect.poll(async () => readBefore + (await read()), patience).toBeGreaterThanOrEqual(count)
    await expect.poll(() => metric('rebound_mailbox_waiting'), patience).toBe(0)
    await expect.poll(() => dovecot.count(), patience).toBe(count - of('bounce').length)
    if (isLarge)
      console.log(
        `${protocol} on ${dialect}: ${count} letters in ${Math.round(performance.now() - started)} ms`,
      )
    expect(await fates('aside', 'again')).toBe(0)

    const kept = mails
      .filter(({ what }) => what !== 'bounce')
      .map(({ text }) => hashOf(Buffer.from(text, 'latin1')))
    expect(dovecot.files().map(hashOf).toSorted()).toEqual(kept.toSorted())
    if (protocol === 'imap') expect(dovecot.hasSeen()).toBe(false)
  })

  test('leaves a row for each mail that is ours, and none of the others', async () => {
    const events = await world.store.knex('rebound_bounces').select('record_id', 'kind')
    const shown = events.map(({ record_id, kind }) => `${record_id} ${kind}`)
    const expected = mails.flatMap(({ what, record }) => {
      if (what === 'letter') return []
      return [`${record} ${what === 'answer' ? 'ordinary' : 'bounce'}`]
    })
    expect(shown.toSorted()).toEqual(expected.toSorted())
    expect(await rows('rebound_contacts')).toBe(of('bounce').length)
    expect(await rows('rebound_replies')).toBe(of('answer').length)
    expect(await rows('rebound_incidents')).toBe(0)
  })

  test('is not read again: not in the next look, nor by a server that is started again', {
    timeout: within(120_000 + 20 * count),
  }, async () => {
    const [known] = of('bounce')
    for (const round of [1, 2]) {
      const before = await read()
      dovecot.deliver([known?.text ?? ''])
      delivered++
      await expect.poll(read, patience).toBe(before + 1)
      await expect.poll(() => dovecot.count(), patience).toBe(count - of('bounce').length)
      if (round === 1) await restart()
    }
    peak()
    expect(readBefore + (await read())).toBe(delivered)
    expect(await rows('rebound_bounces')).toBe(count - of('letter').length)
    const [memory] = await world.store.knex('rebound_mailboxes').select('seen')
    const seen = JSON.parse(memory?.seen) as readonly string[]
    expect(seen).toHaveLength(protocol === 'pop3' ? count - of('bounce').length : 0)
    if (isLarge)
      console.log(`${Math.round(megabytes)} MB at the most; the memory of it: ${memory?.seen.length} bytes`)
    expect(megabytes).toBeLessThan(mostMegabytes)
  })
})
