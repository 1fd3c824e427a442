// `rebound receive`: every form of an archive gives the same events once, judged by the mails' own dates.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { hintsOf, thisStart } from '../../src/cli/hints.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { enforceThresholds } from '../../src/store/tables/thresholds.ts'
import { secret } from '../end-to-end/server.ts'
import { report } from '../end-to-end/world.ts'
import { domain, minted, paths } from '../return-path/paths.ts'
import { installation, lines, type Said, say } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'rebound-receive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dayMs = 86_400_000
const by = paths({ keys: signingKeys([secret]) })
const ago = (days: number): Date => new Date(Date.now() - days * dayMs)
const pathOf = (id: string, at = ago(1)): string => minted(id, { to: `${id}@example.org` }, { by, at })

/** A report as it lies in an archive: the lines of its delivery on top. */
function mailTo(
  path: string,
  id: string,
  options: { at?: Date; top?: readonly string[]; original?: readonly string[] } = {},
): string {
  const { at = ago(0.5), top = [`Delivered-To: ${path}`], original = [] } = options
  return [
    'Return-Path: <>',
    ...top,
    `Received: from mx.example.net by box.example; ${at.toUTCString()}`,
    report({ address: `${id}@example.org`, original }).replace('To: return-path', 'To: somebody@box.example'),
  ].join('\r\n')
}

const separator = 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n'
const mbox = (mails: readonly string[]): string =>
  mails.map(mail => `${separator}${mail.replaceAll('\r\n', '\n')}\n`).join('')

let environment: Readonly<Record<string, string>>
beforeEach(() => {
  environment = { ...installation(), REBOUND_DOMAINS: domain }
})

const receive = (...words: string[]): Promise<Said> => say(['receive', ...words], environment)
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
const pipe = (text: string, ...words: string[]): Promise<Said> =>
  say(['receive', ...words, '-'], environment, { stdin: bytesOf(text) })

async function withStore<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = openStore({ url: `sqlite:${join(environment.REBOUND_DATA_DIR ?? '', 'rebound.sqlite')}` })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
const rows = (): Promise<readonly Record<string, unknown>[]> =>
  withStore(async store => await store.knex('rebound_bounces').orderBy('id'))
const record = async (id: string) =>
  lines(await say(['records', 'show', 'contacts', id, '--json'], environment))[0]

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function maildir(name: string, folders: readonly string[], mails: readonly string[]): string {
  const path = join(folder, name)
  for (const each of folders) mkdirSync(join(path, each), { recursive: true })
  for (const [at, mail] of mails.entries())
    writeFileSync(join(path, folders[at % folders.length] ?? '', `17000000${at + 10}.M1P1.host:2,S`), mail)
  return path
}

describe('every form of an archive', () => {
  const mails = Array.from({ length: 7 }, (_, at) => mailTo(pathOf(`form${at}`), `form${at}`))
  const eml = join(folder, 'eml')
  mkdirSync(join(eml, 'deeper'), { recursive: true })
  for (const [at, mail] of mails.entries())
    writeFileSync(join(eml, at % 2 ? 'deeper' : '', `${at}.eml`), mail)
  writeFileSync(join(eml, '.DS_Store'), 'Subject: not looked at\n\n')
  const forms: Record<string, () => Promise<Said>> = {
    mbox: () => receive('--json', put('a.mbox', mbox(mails))),
    'mbox of another name': () => receive('--json', put('archive', mbox(mails))),
    folder: () => receive('--json', eml),
    files: () => receive('--json', ...mails.map((mail, at) => put(`${at}.eml`, mail))),
    maildir: () => receive('--json', maildir('whole', ['new', 'cur'], mails)),
    'maildir without cur': () => {
      mkdirSync(join(folder, 'without-cur', 'tmp'), { recursive: true })
      writeFileSync(join(folder, 'without-cur', 'tmp', 'half'), 'Subject: half a mail\n\n')
      return receive('--json', maildir('without-cur', ['new'], mails))
    },
    'mbox on standard input': () => pipe(mbox(mails), '--json'),
  }

  test.each(Object.keys(forms))('%s, then all others: the same events once', async first => {
    expect(lines((await forms[first]?.()) as Said)[0]).toMatchObject({
      mails: 7,
      recorded: 7,
      known: 0,
      failed: 0,
    })
    const stored = await rows()
    expect(stored).toHaveLength(7)
    for (const form of Object.values(forms)) {
      const said = await form()
      expect(said.code).toBe(0)
      expect(lines(said)[0]).toMatchObject({ mails: 7, recorded: 0, known: 7 })
    }
    expect(await rows()).toEqual(stored)
  })

  test('one mail a call, as a pipe brings it: nothing is said, since the mail server takes words for a complaint', async () => {
    for (const mail of mails) expect(await pipe(mail)).toEqual({ code: 0, out: '', err: '' })
    expect(await rows()).toHaveLength(7)
  })
})

describe('to whom a mail went', () => {
  const good = pathOf('42')
  const forged = `b-${'a'.repeat(40)}@${domain}`
  test.each<[why: string, top: readonly string[], linkedBy: string | null]>([
    ['Delivered-To', [`Delivered-To: ${good}`], 'signed'],
    ['X-Original-To', ['Delivered-To: box@box.example', `X-Original-To: ${good}`], 'signed'],
    ['Envelope-To', [`Envelope-To: ${good}`], 'signed'],
    ['Received', [`Received: by a.example for <${good}>; ${ago(0.5).toUTCString()}`], 'signed'],
    ['To', [`To: ${good}`], 'signed'],
    ['in capitals', [`To: <${good.toUpperCase()}>`], 'signed'],
    ['a forged one is passed over', [`Delivered-To: ${forged}`, `To: ${good}`], 'signed'],
    ['none of ours', ['Delivered-To: box@box.example'], null],
    ['only a forged one', [`Delivered-To: ${forged}`], null],
  ])('%s', async (_, top, linkedBy) => {
    await pipe(mailTo(good, '42', { top }))
    const stored = await rows()
    expect(stored.map(row => row.linked_by)).toEqual(linkedBy === null ? [] : [linkedBy])
  })

  test('none, while the returned original proves whose it is', async () => {
    await pipe(mailTo(good, '42', { top: [], original: [`Return-Path: <${good}>`, 'Subject: News'] }))
    expect(await rows()).toMatchObject([
      { linked_by: 'original', record_id: '42', return_path: '', client_ip: '' },
    ])
  })

  test('none, and only the address tells: recorded where that is asked for, and soft', async () => {
    // A record comes to be by a first bounce.
    await pipe(mailTo(good, '42'))
    const mail = mailTo(good, '42', { top: [] })
    await pipe(mail)
    expect(await rows()).toHaveLength(1)
    await pipe(mail, '--link-by-address', '--remove')
    expect((await rows())[1]).toMatchObject({ linked_by: 'address', type: 'soft', effect: 'flagged' })
  })
})

describe('an archive is old', () => {
  test('a path that was valid when the mail arrived counts; one that had expired does not', async () => {
    const path = pathOf('old', ago(500))
    expect(lines(await pipe(mailTo(path, 'old', { at: ago(410) }), '--json'))[0]).toMatchObject({
      notOurs: 1,
    })
    expect(lines(await pipe(mailTo(path, 'old', { at: ago(450) }), '--json'))[0]).toMatchObject({
      recorded: 1,
    })
    const [row] = await rows()
    expect(Number(row?.received_at)).toBe(Math.floor(ago(450).getTime() / 1000) * 1000)
  })

  test('a date that lies before the path was made is wrong: the mail is of now', async () => {
    const mail = mailTo(pathOf('wrong'), 'wrong', { at: ago(100) })
    expect(lines(await pipe(mail, '--json'))[0]).toMatchObject({ recorded: 1 })
    expect(Number((await rows())[0]?.received_at)).toBeGreaterThan(ago(1).getTime())
  })

  test('a mail from the future is of now', async () => {
    await pipe(mailTo(pathOf('soon'), 'soon', { at: ago(-100) }))
    expect(Number((await rows())[0]?.received_at)).toBeLessThanOrEqual(Date.now())
  })

  test('where no host wrote a date, the line above a mail in an mbox or the name of a Maildir file tells', async () => {
    const at = ago(450)
    const mail = mailTo(pathOf('dated', ago(500)), 'dated').replace(/^Received:.*\r\n/m, '')
    expect(lines(await pipe(mail, '--json'))[0]).toMatchObject({ notOurs: 1 })
    const dated = `From MAILER-DAEMON ${at.toUTCString()}\n${mail}`
    expect(lines(await pipe(dated, '--json', '--dry-run'))[0]).toMatchObject({ recorded: 1 })
    const named = put(`${Math.floor(at.getTime() / 1000)}.M1P1.host:2,`, mail)
    expect(lines(await receive('--json', named))[0]).toMatchObject({ recorded: 1 })
  })
})

describe('addresses', () => {
  const mail = mailTo(pathOf('7'), '7')
  const address = '7@example.org'

  test('are kept: the record is flagged, and the hard bounce is counted', async () => {
    await pipe(mail)
    expect(await record('7')).toMatchObject({
      email: address,
      emailBounced: true,
      hardBounces: 1,
      bouncedAddress: null,
    })
    expect(await rows()).toMatchObject([{ type: 'hard', effect: 'flagged', address }])
  })

  test('are removed with --remove', async () => {
    await pipe(mail, '--remove')
    expect(await record('7')).toMatchObject({
      email: null,
      emailBounced: true,
      hardBounces: 1,
      bouncedAddress: address,
    })
  })

  test('are kept by thresholds too', async () => {
    await pipe('')
    await withStore(store => enforceThresholds(store, { 'mailbox-full': { bounces: 2, days: 1 } }))
    const full = (at: Date): string =>
      mailTo(pathOf('8', ago(20)), '8', { at })
        .replace('5.1.1', '4.2.2')
        .replace(/550 5.1.1 .*/, '452 4.2.2 mailbox full')
    await pipe(mbox([full(ago(9)), full(ago(6))]))
    expect(await record('8')).toMatchObject({ email: '8@example.org', softBounces: 2 })
    await pipe(full(ago(3)), '--remove')
    expect(await record('8')).toMatchObject({ email: null, softBounces: 3 })
  })
})

test('a dry run says what would be new and records nothing', async () => {
  const mails = ['1', '2', '2'].map(id => mailTo(pathOf(id), id))
  await pipe(mails[0] ?? '')
  // The same mail twice in one archive is one event there too.
  const file = put('dry.mbox', mbox([...mails, mails[1] ?? '']))
  expect(lines(await receive('--dry-run', '--json', file))[0]).toMatchObject({
    dryRun: true,
    mails: 4,
    recorded: 2,
    known: 2,
    events: { 'bounce hard': 2 },
  })
  expect(await rows()).toHaveLength(1)
  const { out } = await receive('--dry-run', '--each', file)
  expect(out).toContain('dry.mbox#1: known')
  expect(out).toContain('would be new')
  expect(out).toMatch(/would be recorded +2\b/)
  expect(out).not.toMatch(/^recorded/m)
})

describe('bad input', () => {
  const whole = Array.from({ length: 3 }, (_, at) => mailTo(pathOf(`bad${at}`), `bad${at}`))

  test('an mbox that ends within a mail: that mail is not recorded, and said to be cut off', async () => {
    const text = mbox(whole)
    const said = await receive(
      '--json',
      put('cut.mbox', text.slice(0, text.lastIndexOf('Action: failed') + 5)),
    )
    expect(said.code).toBe(1)
    expect(said.err).toContain('cut.mbox#3: the file ends within this mail')
    expect(lines(said)[0]).toMatchObject({ mails: 3, recorded: 2, cutOff: 1 })
    expect(lines(await receive('--json', put('cut.mbox', text)))[0]).toMatchObject({ recorded: 1, known: 2 })
  })

  test('a mail of its own needs no empty line at its end', async () => {
    expect(lines(await receive('--json', put('bare.eml', whole[0]?.trimEnd() ?? '')))[0]).toMatchObject({
      recorded: 1,
    })
  })

  test.each<[name: string, content: Buffer]>([
    ['random bytes', Buffer.from(Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 256))],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100_000)],
  ])('%s are not a mail', async (_, content) => {
    const said = await receive('--json', put('binary', content))
    expect(said).toMatchObject({ code: 0, err: expect.stringMatching(/^.*binary: not a mail\s*$/) })
    expect(lines(said)[0]).toMatchObject({ mails: 1, recorded: 0, failed: 0 })
    expect(await rows()).toEqual([])
  })

  test('a compressed file names what unpacks it', async () => {
    const said = await receive(put('a.mbox.gz', gzipSync(mbox(whole))))
    expect(said.code).toBe(1)
    // With the command as it works where this was started.
    expect(said.err).toContain(`gunzip -c FILE | ${hintsOf(thisStart(environment)).rebound('receive -')}`)
  })

  test('what is not there is said, and the rest is read', async () => {
    const said = await receive('--json', join(folder, 'nowhere'), put('there.eml', whole[1] ?? ''))
    expect(said.code).toBe(1)
    expect(said.err).toContain('nowhere: there is no such file')
    expect(lines(said)[0]).toMatchObject({ recorded: 1 })
  })

  test("a person's letters leave no trace", async () => {
    const letters = Array.from(
      { length: 300 },
      (_, at) =>
        `Delivered-To: ana@crm.example\r\nReceived: by box; ${ago(at / 10).toUTCString()}\r\nFrom: ${at}@example.org\r\nTo: ana@crm.example\r\nSubject: Undelivered hopes\r\nMessage-ID: <l${at}@example.org>\r\n\r\nDear Ana, the mailbox is full and the user unknown.\r\n`,
    )
    expect(lines(await receive('--json', put('letters.mbox', mbox(letters))))[0]).toMatchObject({
      notOurs: 300,
    })
    expect(await rows()).toEqual([])
  })

  test('a database that is away: a pipe is told to try again, in words that name the setting', async () => {
    environment = { ...environment, DATABASE_URL: 'mysql://nobody:x@127.0.0.1:1/none' }
    expect(await pipe(whole[0] ?? '')).toMatchObject({
      code: 75,
      err: expect.stringContaining('DATABASE_URL'),
    })
    environment = { ...environment, REBOUND_SMTP_PORT: 'many' }
    expect(await pipe(whole[0] ?? '')).toMatchObject({
      code: 75,
      err: expect.stringContaining('REBOUND_SMTP_PORT'),
    })
    expect((await receive(put('x.eml', whole[0] ?? ''))).code).toBe(2)
  })
})
