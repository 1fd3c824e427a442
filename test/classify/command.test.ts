// `rebound classify` over files, folders, mbox and standard input: what is printed, and the exit code.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { categoriesList } from '../../src/cli/commands/categories.ts'
import { type ClassifyOptions, classifyPaths } from '../../src/cli/commands/classify.ts'
import { categories } from '../../src/model/categories.ts'

const bounce = `From: MAILER-DAEMON@mx.example.net
To: b-1@bounces.crm.example
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ana@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: user unknown
--b
Content-Type: text/rfc822-headers

Message-ID: <1@crm.example>
Subject: Hello
--b--
`
const letter = 'From: bo@example.org\nSubject: \u001b[31mHello\n\nSee you.\n'
const separator = 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rebound-classify-'))
  await mkdir(join(folder, 'inbox', 'deep'), { recursive: true })
  await writeFile(join(folder, 'inbox', 'b.eml'), bounce)
  await writeFile(join(folder, 'inbox', 'a.eml'), letter)
  await writeFile(join(folder, 'inbox', 'deep', 'c.eml'), separator + bounce)
  await writeFile(join(folder, 'two.mbox'), `${separator}${bounce}\n${separator}${letter}`)
  await writeFile(join(folder, 'empty.eml'), '')
  await writeFile(
    join(folder, 'rules.json'),
    JSON.stringify([{ section: 'body', text: 'See you', type: 'hard' }]),
  )
  await writeFile(join(folder, 'broken.json'), JSON.stringify([{ section: 'head', text: '', type: 'hard' }]))
})
afterAll(() => rm(folder, { recursive: true }))

async function run(paths: readonly string[], options: ClassifyOptions = {}, stdin = '') {
  const out: string[] = []
  const err: string[] = []
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin)
  }
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), stdin: bytes() }
  const inFolder = paths.map(path => (path === '-' ? path : join(folder, path)))
  const exitCode = await classifyPaths(inFolder, options, io)
  const here = (line: string): string => line.replaceAll(`${folder}/`, '')
  return { exitCode, out: out.map(here), err: err.map(here) }
}

async function kinds(paths: readonly string[], stdin = ''): Promise<readonly string[]> {
  const { out } = await run(paths, { json: true }, stdin)
  return out.map(line => JSON.parse(line)).map(({ file, kind }) => `${file} ${kind}`)
}

describe('where mails come from', () => {
  test('a file', async () => expect(await kinds(['inbox/b.eml'])).toEqual(['inbox/b.eml bounce']))
  test('an empty file', async () => expect(await kinds(['empty.eml'])).toEqual(['empty.eml ordinary']))
  test('a folder, recursive and sorted', async () =>
    expect(await kinds(['inbox'])).toEqual([
      'inbox/a.eml ordinary',
      'inbox/b.eml bounce',
      'inbox/deep/c.eml bounce',
    ]))
  test('an mbox', async () =>
    expect(await kinds(['two.mbox'])).toEqual(['two.mbox#1 bounce', 'two.mbox#2 ordinary']))
  test('standard input', async () => expect(await kinds(['-'], bounce)).toEqual(['- bounce']))
  test('an mbox on standard input', async () =>
    expect(await kinds(['-'], `${separator}${bounce}\n${separator}${letter}`)).toEqual([
      '-#1 bounce',
      '-#2 ordinary',
    ]))
})

test('--json prints the contract, key for key', async () => {
  const { out, exitCode } = await run(['inbox/b.eml'], { json: true })
  expect(exitCode).toBe(0)
  expect(JSON.parse(out[0] ?? '')).toEqual({
    file: 'inbox/b.eml',
    kind: 'bounce',
    recipients: [
      {
        address: 'ana@example.org',
        originalAddress: null,
        type: 'hard',
        permanent: true,
        category: 'unknown-user',
        action: 'failed',
        status: '5.1.1',
        replyCode: 550,
        diagnostic: '550 5.1.1 <ana@example.org>: user unknown',
        remoteMta: 'mx.example.org',
        because: { rung: 'exact-status', rule: '5.1.1' },
        advice: 'remove',
        retryAfter: null,
        blocklist: null,
        helpUrl: null,
      },
    ],
    reportingMta: 'mx.example.net',
    original: { messageId: '<1@crm.example>', envelopeId: null, subject: 'Hello' },
    problems: [],
  })
})

test('without --json a person reads one line a recipient', async () => {
  expect((await run(['inbox/b.eml', 'inbox/a.eml'])).out).toEqual([
    'inbox/b.eml: bounce hard unknown-user ana@example.org 5.1.1 (exact-status 5.1.1)',
    'inbox/a.eml: ordinary',
  ])
})

test('--explain shows every rung and the sentence', async () => {
  const { out } = await run(['inbox/b.eml'], { explain: true })
  expect(out.join('\n')).toContain('→ exact-status')
  expect(out.join('\n')).toContain(categories['unknown-user'].sentence)
})

test('--explain says that there was nothing to judge', async () => {
  const { out } = await run(['inbox/a.eml'], { explain: true })
  expect(out.join('\n')).toContain('no reader took it')
})

test('--explain says why a mail counts as a notice, and what was missing', async () => {
  const notice = (from: string) =>
    [
      `From: ${from}`,
      'To: b-x@bounces.crm.example',
      'Subject: Undelivered mail',
      '',
      'Your mail could not be delivered to ana@example.org.',
      '',
    ].join('\r\n')
  const daemon = await run(['-'], { explain: true }, notice('MAILER-DAEMON@example.org'))
  expect(daemon.out[0]).toContain('bounce')
  expect(daemon.out.join('\n')).toContain(
    'signs of a mail system: From names a mail system; subject says “undelivered” (languages/en/subjects.failure); text says “could not be delivered” (languages/en/sentences.failure)',
  )
  const person = await run(['-'], { explain: true }, notice('ana@example.org'))
  expect(person.out[0]).toContain('ordinary')
  expect(person.out.join('\n')).toContain('signs of a mail system: subject says “undelivered”')
})

test('--explain folds the rungs without an opinion, and cuts what a server went on saying', async () => {
  const long = bounce.replace('user unknown', `user unknown ${'x'.repeat(2000)}`)
  const { out } = await run(['-'], { explain: true }, long)
  expect(out.filter(line => line.includes('no opinion')).join()).toContain('override, provider')
  expect(Math.max(...out.map(line => line.length))).toBeLessThan(400)
})

test('--explain names the words that say when to come back, and their slots', async () => {
  const waits = bounce
    .replace('5.1.1', '4.7.1')
    .replace('550 5.1.1 <ana@example.org>: user unknown', '451 4.7.1 Bitte in 5 Minuten erneut versuchen')
  const { out } = await run(['-'], { explain: true }, waits)
  expect(out.at(-1)?.trim()).toBe(
    'come back after 300 s: “5 minuten erneut” (languages/de/particles.again, languages/de+fr/units.minute)',
  )
})

test('--explain says what made a mail no bounce', async () => {
  const mail = (subject: string, text: string, field = 'X-Any: thing') =>
    `Return-Path: <>\nFrom: postmaster@example.org\nTo: b-x@bounces.crm.example\nSubject: ${subject}\n${field}\n\n${text}\n`
  const explained = async (text: string) => (await run(['-'], { explain: true }, text)).out.join('\n')
  expect(await explained(mail('Away', 'Back on Monday.', 'Auto-Submitted: auto-replied'))).toContain(
    'decided by: Auto-Submitted says auto-replied',
  )
  expect(await explained(mail('Delivered: offer', 'It has been delivered to ana@example.org'))).toContain(
    'decided by: text says “has been delivered”',
  )
  expect(await explained(mail('News', 'Strangers get 550 5.1.1.'))).toContain(
    'decided by: nothing states that a mail failed',
  )
})

test('no control character of a mail reaches the terminal', async () => {
  const hostile = bounce.replace('user unknown', 'user\u001b]0;owned\u0007 unknown \u202e')
  const { out } = await run(['-'], { explain: true }, hostile)
  expect(out.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
})

describe('--rules', () => {
  test('judges with the rules of a file', async () => {
    const { out } = await run(['inbox/a.eml'], { rules: join(folder, 'rules.json') })
    expect(out).toEqual(['inbox/a.eml: bounce hard undetermined (no address) (override 1: “See you”)'])
  })

  test.each(['broken.json', 'absent.json', 'inbox/a.eml'])('%s cannot be used: wrong usage', async file => {
    await expect(run(['inbox/a.eml'], { rules: join(folder, file) })).rejects.toMatchObject({ exitCode: 2 })
  })
})

test('a path that cannot be read is said, the others are classified', async () => {
  const { exitCode, out, err } = await run(['absent.eml', 'inbox/b.eml'])
  expect(exitCode).toBe(1)
  expect(out).toHaveLength(1)
  expect(err.join('')).toContain('absent.eml: ')
})

describe('rebound categories', () => {
  const lines: string[] = []
  const io = { out: (line: string) => lines.push(line), err: () => {} }

  test('--json has a line for each', () => {
    lines.length = 0
    categoriesList({ json: true }, io)
    expect(lines.map(line => JSON.parse(line).name)).toEqual(Object.keys(categories))
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      type: 'hard',
      sisimai: 'userunknown',
      promotable: true,
    })
  })

  test('a person sees them all', () => {
    lines.length = 0
    categoriesList({}, io)
    expect(Object.keys(categories).filter(name => !lines.join('\n').includes(name))).toEqual([])
  })
})
