// `rebound receive` and the archives that people really have: of other systems, damaged, or no archives at all. None of
// them ends a run, loses the rest, or is recorded as what it is not.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { signingKeys } from '../../src/return-path/keys.ts'
import { secret } from '../end-to-end/server.ts'
import { report } from '../end-to-end/world.ts'
import { domain, minted, paths } from '../return-path/paths.ts'
import { installation, lines, say } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'rebound-odd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const by = paths({ keys: signingKeys([secret]) })
const count = 4
let environment: Readonly<Record<string, string>>
let place: string
let mails: readonly string[]
beforeEach(() => {
  environment = { ...installation(), REBOUND_DOMAINS: domain }
  place = mkdtempSync(join(folder, 'place-'))
  mails = Array.from({ length: count }, (_, at) => mailTo(`odd${at}`))
})

const dated = (at: Date): string => `Received: from mx.example.net by box.example; ${at.toUTCString()}`

function mailTo(id: string, top: readonly string[] = [dated(new Date())]): string {
  const path = minted(id, { to: `${id}@example.org` }, { by, at: new Date(Date.now() - 86_400_000) })
  return ['Return-Path: <>', `Delivered-To: ${path}`, ...top, report({ address: `${id}@example.org` })].join(
    '\r\n',
  )
}

const separator = 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n'
const unix = (mail: string): string => mail.replaceAll('\r\n', '\n')
const mbox = (each: (mail: string) => string = unix): string =>
  mails.map(mail => `${separator}${each(mail)}\n`).join('')

interface Counts {
  readonly code: number
  readonly err: string
  readonly mails: number
  readonly recorded: number
  readonly notAMail: number
}

async function receive(...paths: string[]): Promise<Counts> {
  const { code, err, out } = await say(['receive', '--json', ...paths], environment)
  return { code, err, ...(lines({ code, err, out })[0] as Omit<Counts, 'code' | 'err'>) }
}

function put(name: string, content: string | Buffer): string {
  const path = join(place, name)
  writeFileSync(path, content)
  return path
}

const all = { code: 0, mails: count, recorded: count }

test('an mbox whose lines end with CRLF', async () => {
  expect(await receive(put('a.mbox', mbox(mail => mail).replace(/\r?\n/g, '\r\n')))).toMatchObject(all)
})

test('mboxcl, which says how long each mail is and quotes nothing', async () => {
  const text = mbox(mail => `Content-Length: ${unix(mail).length}\nStatus: RO\n${unix(mail)}`)
  expect(await receive(put('a.mbox', text))).toMatchObject(all)
})

test('an mbox with a quoted `>From ` line in each mail, once or twice', async () => {
  const text = mbox(mail =>
    unix(mail).replace('\n\n', '\n\n>From our side this is final.\n>>From here on, too.\n'),
  )
  expect(await receive(put('a.mbox', text))).toMatchObject(all)
})

test('an mbox that begins with empty lines and ends without one', async () => {
  expect(await receive(put('a.mbox', `\n\n${mbox().trimEnd()}\n`))).toMatchObject(all)
})

test('folders of folders, empty ones between them, and files of no bytes', async () => {
  let deep = place
  for (const [at, mail] of mails.entries()) {
    deep = join(deep, `level ${at}`)
    mkdirSync(join(deep, 'empty'), { recursive: true })
    writeFileSync(join(deep, 'mail.eml'), mail)
    writeFileSync(join(deep, 'nothing.eml'), '')
  }
  expect(await receive(place)).toMatchObject({ ...all, mails: 2 * count, notAMail: count })
})

test('names as long as they may be, with line feeds, and of bytes that are no UTF-8', async () => {
  const long = 'x'.repeat(251)
  writeFileSync(join(place, `${long}.eml`), mails[0] ?? '')
  writeFileSync(join(place, 'a\nb\u001b[31m.eml'), mails[1] ?? '')
  writeFileSync(Buffer.concat([Buffer.from(`${place}/`), Buffer.from([0xff, 0xfe])]), mails[2] ?? '')
  const said = await receive(place)
  // A name that Node cannot say back is told, and the others are read.
  expect(said).toMatchObject({ code: 1, recorded: 2 })
  expect(said.err).toContain('there is no such file')
  expect(said.err).not.toContain('\u001b')
})

test('symbolic links: to mails they are followed, in a circle or to nowhere they are told, and the rest is read', async () => {
  const outside = put('outside.eml', mails[0] ?? '')
  const inside = join(place, 'inside')
  mkdirSync(inside)
  symlinkSync(outside, join(inside, 'link.eml'))
  symlinkSync(inside, join(inside, 'itself'))
  symlinkSync('b', join(inside, 'a'))
  symlinkSync('a', join(inside, 'b'))
  symlinkSync('nowhere', join(inside, 'c'))
  writeFileSync(join(inside, 'last.eml'), mails[1] ?? '')
  const said = await receive(inside)
  expect(said).toMatchObject({ code: 1, recorded: 2 })
  for (const name of ['a', 'b', 'c']) expect(said.err).toMatch(new RegExp(`inside/${name}: `))
})

test('a socket among the mails is passed over', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(join(place, 'socket'), resolve))
  writeFileSync(join(place, 'mail.eml'), mails[0] ?? '')
  expect(await receive(place)).toMatchObject({ code: 0, mails: 1, recorded: 1 })
  await new Promise(resolve => server.close(resolve))
})

test.skipIf(process.getuid?.() === 0)(
  'a file that may not be read is told, and the rest is read',
  async () => {
    const { chmodSync } = await import('node:fs')
    chmodSync(put('a.eml', mails[0] ?? ''), 0)
    put('b.eml', mails[1] ?? '')
    const said = await receive(place)
    expect(said).toMatchObject({ code: 1, recorded: 1 })
    expect(said.err).toContain('a.eml: ')
  },
)

test('a compressed file in a folder is told, and the rest is read', async () => {
  put('a.mbox.gz', gzipSync(mbox()))
  put('b.mbox', mbox())
  const said = await receive(place)
  expect(said).toMatchObject({ ...all, code: 1 })
  expect(said.err).toContain('a.mbox.gz: ')
})

test('dates of 1970 and 2099, of no calendar, and none: the mails are of now', async () => {
  const dates = [
    [dated(new Date(0))],
    [dated(new Date('2099-12-31T23:59:59Z'))],
    ['Received: from a by b; Tue, 31 Feb 2026 25:61:99 +9999'],
    [],
  ]
  const text = dates.map((top, at) => `${separator}${unix(mailTo(`date${at}`, top))}\n`).join('')
  expect(await receive(put('a.mbox', text))).toMatchObject(all)
  const said = await say(['bounces', 'list', '--json'], environment)
  const received = lines(said).map(event => new Date(String(event.receivedAt)).getTime())
  expect(received).toHaveLength(count)
  for (const at of received) {
    expect(at).toBeLessThanOrEqual(Date.now())
    expect(at).toBeGreaterThan(Date.now() - 300 * 86_400_000)
  }
})
