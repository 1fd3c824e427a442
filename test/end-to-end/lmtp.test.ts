// LMTP to the database: a client that vanishes at any point of a mail to three recipients, and comes again.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { RawClient } from '../smtp/raw-client.ts'
import { dialects } from '../store/databases.ts'
import { newWorld, report, type World } from './world.ts'

describe.each(dialects)('LMTP on %s', dialect => {
  let world: World
  const socket = join('/tmp', `rebound-lmtp-${process.pid}-${dialect}`)
  beforeAll(async () => {
    world = await newWorld(dialect, {
      REBOUND_LMTP_SOCKET: socket,
      // Neither is of the socket's.
      REBOUND_TRUSTED_NETWORKS: 'none',
      REBOUND_REPLIES_PER_DAY: '1',
    })
  })
  afterAll(async () => world?.close())

  const idsOf = (name: string): readonly string[] => [1, 2, 3].map(at => `${name}${at}`)
  const pathsOf = async (name: string): Promise<readonly string[]> =>
    Promise.all(
      idsOf(name).map(id => world.mint({ module: 'contacts', id, campaign: 7, to: `${id}@example.org` })),
    )
  /** One report, for the last of three records. */
  const mailOf = (name: string): string => `${report({ address: `${name}3@example.org` })}.\r\n`
  const rowsOf = async (name: string): Promise<readonly Record<string, unknown>[]> =>
    world.store.knex('rebound_bounces').whereIn('record_id', idsOf(name)).orderBy('id')

  async function upToData(paths: readonly string[]): Promise<RawClient> {
    const client = await RawClient.openPath(socket)
    expect(await client.reply()).toMatch(/^220 .* LMTP/)
    await client.ask('LHLO mta.example')
    expect(await client.ask('MAIL FROM:<>')).toMatch(/^250 /)
    for (const path of paths) expect(await client.ask(`RCPT TO:<${path}>`)).toMatch(/^250 2\.1\.5/)
    return client
  }
  async function deliver(paths: readonly string[], mail: string): Promise<RawClient> {
    const client = await upToData(paths)
    expect(await client.ask('DATA')).toMatch(/^354/)
    client.send(mail)
    return client
  }

  test('three recipients, three replies, three events', async () => {
    const paths = await pathsOf('all')
    const client = await deliver(paths, mailOf('all'))
    for (const _ of paths) expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
    client.destroy()
    expect((await rowsOf('all')).map(row => row.return_path)).toEqual(expect.arrayContaining([...paths]))
  })

  test('whoever may write to the socket is trusted: no answer is one too many', async () => {
    const paths = await pathsOf('answers')
    for (const [at, path] of paths.entries()) {
      const client = await deliver(
        [path],
        `From: ana@example.org\r\nSubject: Re: ${at}\r\n\r\nCall me.\r\n.\r\n`,
      )
      expect(await client.reply()).toMatch(/^250 /)
      client.destroy()
    }
    expect(await world.store.knex('rebound_replies').select('event_id')).toHaveLength(3)
  })

  test('gone after the first of three RCPTs, or before the final dot: nothing is recorded', async () => {
    const paths = await pathsOf('early')
    const one = await upToData(paths.slice(0, 1))
    one.destroy()
    const two = await deliver(paths, mailOf('early').slice(0, -5))
    two.destroy()
    // What is answered after them has been read after them.
    const other = await upToData(paths)
    expect(await other.ask('NOOP')).toMatch(/^250 /)
    other.destroy()
    expect(await rowsOf('early')).toEqual([])
  })

  test('gone after the first of three replies: the other two come again, and each is one event', async () => {
    const paths = await pathsOf('late')
    const mail = mailOf('late')
    const client = await deliver(paths, mail)
    expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
    client.destroy()
    await expect.poll(async () => (await rowsOf('late')).length, { timeout: within(10_000) }).toBe(3)
    const before = await rowsOf('late')
    const again = await deliver(paths.slice(1), mail)
    for (const _ of paths.slice(1)) expect(await again.reply()).toMatch(/^250 2\.0\.0 /)
    again.destroy()
    // By SMTP and out of a file too: it is the same mail.
    expect(await world.send(paths[2] ?? '', mail.replace(/\.\r\n$/, ''))).toMatch(/^250 /)
    expect(await rowsOf('late')).toEqual(before)
  })
})
