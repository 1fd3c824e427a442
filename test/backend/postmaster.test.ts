// Mail to postmaster and abuse in the database: bounded, seen from every server, and what earlier versions kept in files.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { keptMails } from '../../src/backend/kept-mail.ts'
import { adoptMaildir, countRoleMail, roleMailbox } from '../../src/backend/postmaster.ts'
import { isWithin, parseNetwork } from '../../src/model/network.ts'
import { maxRoleMailBytes } from '../../src/model/role-mail.ts'
import { createRoleMail } from '../../src/store/tables/role-mail.ts'
import { dialects, newDatabase, type TestDatabase } from '../store/databases.ts'

const trusted = parseNetwork('192.0.2.0/24')
const config = { roleMailPerDay: 2 }
const isTrusted = (ip: string): boolean => isWithin(ip, trusted === null ? [] : [trusted])
const roomy = { maxMessages: 1000, maxBytes: 1e9 }
const quiet = { info: () => {}, warn: () => {} }

const mail = (text: string, ip = '198.51.100.7') => {
  const raw = Buffer.from(
    `Return-Path: <ana@client.example>\r\nDelivered-To: abuse@bounces.example\r\n${text}\r\n`,
  )
  return { receivedAt: new Date('2026-03-04T05:06:07Z'), ip, bytes: raw.length, raw }
}

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database.drop())
  beforeEach(async () => {
    await database.store.knex('rebound_role_mail').del()
  })

  it('is listed newest first, read whole, seen from then on, and removed', async () => {
    const { store } = database
    const mailbox = roleMailbox(store, config, isTrusted)
    const first = mail(
      'From: =?utf-8?q?Ana_P=C3=A9rez?= <ana@client.example>\r\nSUBJECT: a folded\r\n =?iso-8859-1?q?subj=E9ct?=\r\n\r\nFrom: not this',
    )
    const second = { ...mail('no header at all \x00\xff'), bytes: 5_000_000 }
    expect([await mailbox.keep(first), await mailbox.keep(second)]).toEqual(['kept', 'kept'])

    const mails = keptMails(createRoleMail(store))
    expect(await mails.count()).toEqual({ new: 2, seen: 0 })
    const page = await mails.list({ limit: 1 })
    expect(page.items).toMatchObject([{ bytes: 5_000_000, keptBytes: second.raw.length, seenAt: null }])
    const rest = await mails.list({ limit: 10, after: page.next ?? '' })
    expect(rest).toMatchObject({
      next: null,
      items: [
        {
          receivedAt: first.receivedAt,
          from: '"Ana Pérez" <ana@client.example>',
          subject: 'a folded subjéct',
          returnPath: 'ana@client.example',
          deliveredTo: ['abuse@bounces.example'],
        },
      ],
    })
    const id = page.items[0]?.id ?? ''
    expect(await mails.read(id)).toEqual(second.raw)
    expect(await mails.count()).toEqual({ new: 1, seen: 1 })
    expect([await mails.remove(id), await mails.remove(id), await mails.remove('../7')]).toEqual([
      true,
      false,
      false,
    ])
    expect([await mails.read(id), await mails.read('')]).toEqual([null, null])
    expect(await mails.count()).toEqual({ new: 1, seen: 0 })
  })

  it('is bounded by network and day, for all servers together; trusted networks are exempt', async () => {
    const one = roleMailbox(database.store, config, isTrusted)
    const other = roleMailbox(database.store, config, isTrusted)
    expect(await one.keep(mail('1'))).toBe('kept')
    expect(await other.keep(mail('2', '198.51.100.200'))).toBe('kept')
    expect(await one.keep(mail('3'))).toBe('quota')
    expect(await one.keep(mail('3', '203.0.113.1'))).toBe('kept')
    for (const text of ['4', '5', '6']) expect(await other.keep(mail(text, '192.0.2.9'))).toBe('kept')
    // Yesterday's do not count.
    await database.store.knex('rebound_role_mail').decrement('kept_at', 86_400_000)
    expect(await one.keep(mail('7'))).toBe('kept')
  })

  it('is bounded by number and by bytes', async () => {
    const table = createRoleMail(database.store)
    const isKept = async (limits: typeof roomy, text: string) => await table.keep(mail(text), limits, null)
    expect(await isKept({ ...roomy, maxMessages: 1 }, 'a')).toBe('kept')
    expect(await isKept({ ...roomy, maxMessages: 1 }, 'b')).toBe('full')
    expect(await isKept({ ...roomy, maxBytes: 50 }, 'b')).toBe('full')
    expect(await table.isFull({ ...roomy, maxBytes: 50 })).toBe(true)
    expect(await table.isFull(roomy)).toBe(false)
  })

  it('is one when it is stored again after a lost answer, full or not', async () => {
    const table = createRoleMail(database.store)
    const limits = { ...roomy, maxMessages: 1 }
    const all = await Promise.all([1, 2, 3].map(() => table.keep(mail('same'), limits, null)))
    expect(all).toEqual(['kept', 'kept', 'kept'])
    expect(await table.count()).toEqual({ new: 1, seen: 0 })
  })

  it('of a Maildir is brought in once, seen or not, and the files are gone', async () => {
    const { store } = database
    const dataDir = await mkdtemp(join(tmpdir(), 'rebound-role-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    for (const folder of ['new', 'cur', 'tmp'])
      await mkdir(join(dataDir, 'mail', folder), { recursive: true })
    const long = 'x'.repeat(2 * maxRoleMailBytes)
    await writeFile(join(dataDir, 'mail/new/1700000000.M1P2.host,S=9'), 'Subject: new\r\n\r\n')
    await writeFile(join(dataDir, 'mail/cur/1700000001.M1P2.host:2,S'), `Subject: seen\r\n\r\n${long}`)
    await writeFile(join(dataDir, 'mail/new/.hidden'), 'no mail')
    // A server that stopped after it had stored the first.
    const first = Buffer.from('Subject: new\r\n\r\n')
    const again = { receivedAt: new Date(1_700_000_000_000), ip: '', bytes: first.length, raw: first }
    await createRoleMail(store).adopt(again, { isSeen: false })

    const moving = adoptMaildir(store, { dataDir }, quiet)
    await moving.now()
    await moving.now()
    await moving.close()
    const mails = keptMails(createRoleMail(store))
    expect((await mails.list({ limit: 10 })).items).toMatchObject([
      {
        subject: 'seen',
        receivedAt: new Date(1_700_000_001_000),
        seenAt: expect.any(Date),
        keptBytes: maxRoleMailBytes,
      },
      { subject: 'new', receivedAt: new Date(1_700_000_000_000), seenAt: null },
    ])
    expect(await readdir(join(dataDir, 'mail/new'))).toEqual(['.hidden'])
    expect(await readdir(join(dataDir, 'mail/cur'))).toEqual([])
  })

  it('is counted for the metrics', async () => {
    await createRoleMail(database.store).adopt(mail('a'), { isSeen: true })
    const told: object[] = []
    const counting = countRoleMail(database.store, { postmaster: kept => told.push(kept) }, quiet)
    await counting.now()
    await counting.close()
    expect(told).toEqual([{ new: 0, seen: 1, limit: 1000 }])
  })
})
