// The reader's thread: the same verdicts as in the server's own, and whatever a mail does to it, the server goes on.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { composedMails } from '../../scripts/bench/mails.ts'
import { createJudge } from '../../src/classify/ladder.ts'
import { createIntake } from '../../src/intake.ts'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import { createMemoryBudget, ownMemory } from '../../src/message/memory-budget.ts'
import type { Envelope, Unaddressed } from '../../src/model/envelope.ts'
import type { ReadMail } from '../../src/model/read-mail.ts'
import type { Rule } from '../../src/model/rule.ts'
import {
  type BesideOptions,
  type LostReader,
  openReadingBeside,
  type ReadingBeside,
} from '../../src/reading/beside.ts'
import { readHere } from '../../src/reading/here.ts'
import { fixtures } from '../report/fixtures.ts'
import { openStage } from '../smtp/stage.ts'
import { chunks, envelope, grown } from './mails.ts'

const opened: ReadingBeside[] = []
const thread = new URL('./thread.mjs', import.meta.url)
const hostile = new URL('./hostile-thread.mjs', import.meta.url)

async function open(options: Partial<BesideOptions> = {}): Promise<ReadingBeside> {
  const reading = openReadingBeside({
    onLost: () => {},
    onUnread: () => {},
    script: thread,
    tickMs: 200,
    ...options,
  })
  opened.push(reading)
  reading.setRules(defaultRules)
  await reading.start()
  return reading
}
const closeAll = async (): Promise<void> => {
  for (const reading of opened.splice(0)) await reading.close()
}

const mailOf = (subject: string): string => `From: ana@client.example\nSubject: ${subject}\n\nHello\n`
const read = (reading: ReadingBeside, subject: string, mail: Envelope | Unaddressed = envelope(subject)) =>
  reading.read(chunks(mailOf(subject)), ownMemory, mail)

describe('the same verdicts', () => {
  const here = readHere(createJudge({ rules: defaultRules }).judge)
  const mails = [...fixtures().map(({ bytes }) => bytes), ...composedMails()]
  const unaddressed: Unaddressed = { session: 'mailbox', receivedAt: null, mailFrom: undefined }
  const said = (read: ReadMail | null): unknown => JSON.parse(JSON.stringify({ ...read, seconds: 0 }))
  let beside: ReadingBeside
  beforeAll(async () => {
    beside = await open()
  })
  afterAll(closeAll)

  test.each([
    ['whole', 1e9, 0, envelope()],
    ['in chunks', 997, 0, envelope()],
    ['not from the null sender', 4096, 0, envelope('b-1', { mailFrom: 'ana@client.example' })],
    ['without an envelope', 997, 0, unaddressed],
    ['grown beyond what crosses as a whole', 30_011, 100, envelope()],
  ] as const)('mails that overlap, %s', async (_, size, kb, mail) => {
    expect(mails.length).toBeGreaterThan(300)
    const all = mails.map(bytes => (kb === 0 ? bytes : grown(bytes, kb)))
    // A hundred at a time, as many connections would bring them.
    for (let at = 0; at < all.length; at += 100) {
      const some = all.slice(at, at + 100)
      const found = await Promise.all(some.map(bytes => beside.read(chunks(bytes, size), ownMemory, mail)))
      for (const [index, bytes] of some.entries())
        expect(said(found[index] ?? null)).toEqual(said(await here(chunks(bytes, size), ownMemory, mail)))
    }
  })

  test('chunks that share memory one after another are each read as what they were', async () => {
    const letters = Array.from({ length: 20 }, (_, n) => {
      const lines = Array.from({ length: 9_000 }, (_, line) => `line ${line} of letter ${n}\n`).join('')
      return Buffer.from(`From: ana@client.example\nSubject: ${n}\n\n${lines}`)
    })
    const found = await Promise.all(
      letters.map(bytes => beside.read(chunks(bytes, 60_000), ownMemory, envelope())),
    )
    const texts = found.map(each => each?.report.identity.text)
    expect(new Set(texts).size).toBe(letters.length)
    for (const [index, bytes] of letters.entries())
      expect(said(found[index] ?? null)).toEqual(said(await here(chunks(bytes), ownMemory, envelope())))
  })
})

describe('a mail that harms its reader', () => {
  afterEach(closeAll)

  test.each([
    ['hang', 'stuck'],
    ['grow', 'no-memory'],
    ['exit', 'died'],
  ])('%s: the thread is replaced, and what it held is deferred', async (subject, end) => {
    const lost: LostReader[] = []
    // A heap that fills up takes its time: that is not to be taken for hanging.
    const tickMs = subject === 'hang' ? 200 : 60_000
    const reading = await open({ script: hostile, maxHeapMb: 64, tickMs, onLost: each => lost.push(each) })
    const harming = read(reading, subject)
    const beside = read(reading, 'beside it')
    await expect(harming).rejects.toThrow(`ended (${end})`)
    await expect(beside).rejects.toThrow(`ended (${end})`)
    expect(lost).toMatchObject([{ end, held: 2, mail: { session: subject } }])
    expect(await read(reading, 'after it')).toMatchObject({ letter: { subject: 'after it' } })
  })

  test('a thread that cannot be replaced makes the server not ready', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rebound-thread-'))
    const script = join(folder, 'thread.mjs')
    writeFileSync(script, `import ${JSON.stringify(hostile.href)}\n`)
    const reading = await open({ script: pathToFileURL(script), mostMissingMs: 200 })
    expect(reading.notReady()).toBe(null)
    await expect(read(reading, 'exit')).rejects.toThrow('ended (died)')
    await expect.poll(() => read(reading, 'after it').catch(() => null)).toMatchObject({ letter: {} })
    expect(reading.notReady()).toBe(null)
    rmSync(folder, { recursive: true })
    await expect(read(reading, 'exit')).rejects.toThrow('ended (died)')
    expect(reading.notReady()).toBe(null)
    await expect.poll(() => reading.notReady()).toMatch('cannot be replaced')
  })

  test('a fault in reading one defers that one alone', async () => {
    const lost: LostReader[] = []
    const reading = await open({ script: hostile, onLost: each => lost.push(each) })
    const [faulty, other] = await Promise.allSettled([read(reading, 'throw'), read(reading, 'other')])
    expect(faulty).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('a fault of ours') },
    })
    expect(other).toMatchObject({ status: 'fulfilled' })
    expect(lost).toEqual([])
  })

  test('the listener answers everybody meanwhile, and the mail with 451', async () => {
    const reading = await open({ script: hostile })
    const receive = createIntake({
      openMemory: () => ownMemory,
      read: reading.read,
      address: async () => null,
      events: async () => [],
      unproven: { take: () => true, giveBack: () => {} },
      record: async () => [],
      keepReply: async () => {},
      observe: () => {},
      onObserveError: () => {},
    })
    const stage = await openStage({ ports: { receive } })
    try {
      const [one, two] = [await stage.greeted(), await stage.greeted()]
      for (const command of ['MAIL FROM:<>', 'RCPT TO:<signed-1@bounces.example>', 'DATA']) {
        one.send(`${command}\r\n`)
        expect(await one.reply()).toMatch(/^[23]5/)
      }
      one.send(`${mailOf('hang').replaceAll('\n', '\r\n')}.\r\n`)
      let isAnswered = false
      const answer = one.reply().then(reply => {
        isAnswered = true
        return reply
      })
      let others = 0
      while (!isAnswered) {
        two.send('NOOP\r\n')
        expect(await two.reply()).toMatch(/^250/)
        others += 1
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      expect(await answer).toMatch(/^451/)
      expect(others).toBeGreaterThan(3)
    } finally {
      await stage.close()
    }
  })

  test('after ending the reader twice it is recorded unread, from this network to this path', async () => {
    const unread: string[] = []
    const reading = await open({ script: hostile, onUnread: ({ session }) => unread.push(session) })
    for (const attempt of [1, 2])
      await expect(read(reading, 'exit'), `attempt ${attempt}`).rejects.toThrow('ended (died)')
    expect(await read(reading, 'exit')).toMatchObject({
      report: { kind: 'ordinary', recipients: [], nullSender: true, problems: [{ code: 'not-read' }] },
      letter: { bytes: Buffer.byteLength(mailOf('exit')) },
    })
    expect(unread).toEqual(['exit'])
    // From elsewhere, and to another path, mail is read.
    expect(await read(reading, 'news', envelope('exit', { ip: '198.51.100.1' }))).toMatchObject({
      letter: { subject: 'news' },
    })
    expect(await read(reading, 'news', envelope('b-2'))).toMatchObject({ letter: { subject: 'news' } })
    // The same bytes are the same event, others are another.
    const digests = await Promise.all(
      ['exit', 'exit', 'else'].map(
        async subject => (await read(reading, subject, envelope('exit')))?.report.identity.text,
      ),
    )
    expect(new Set(digests).size).toBe(2)
  })

  test('a mailbox tries its mails often enough by itself: none of them is recorded unread', async () => {
    const reading = await open({ script: hostile })
    const mail: Unaddressed = { session: 'imaps://mail.example/INBOX', receivedAt: null, mailFrom: undefined }
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(read(reading, 'exit', mail)).rejects.toThrow('ended (died)')
    expect(await read(reading, 'news', mail)).toMatchObject({ letter: { subject: 'news' } })
  })

  test('a thread that cannot start says so', async () => {
    await expect(open({ script: new URL('./no-such-thread.ts', import.meta.url) })).rejects.toThrow(
      'ended (died)',
    )
  })
})

describe('rules', () => {
  const rule = (category: Rule['category']): Rule => ({
    id: `own-${category}`,
    source: 'own',
    section: 'subject',
    text: 'odd words',
    type: 'hard',
    stage: 'override',
    enabled: true,
    category,
    note: null,
    hits: 0,
    lastHitAt: null,
  })
  const categoryOf = (found: ReadMail | null) => found?.judgement.recipients[0]?.verdict?.category
  afterEach(closeAll)

  test('those in force judge every mail that comes behind them, in a new thread too', async () => {
    const reading = await open({ script: hostile })
    const before = read(reading, 'odd words')
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    reading.setRules([rule('spam')])
    const after = read(reading, 'odd words')
    expect([categoryOf(await before), categoryOf(await after)]).toEqual([undefined, 'spam'])
    await expect(read(reading, 'exit')).rejects.toThrow('ended')
    expect(categoryOf(await read(reading, 'odd words'))).toBe('spam')
  })
})

describe('memory', () => {
  const bigText = Buffer.from(
    `From: ana@client.example\nSubject: big\n\n${'words of a long text\n'.repeat(30_000)}`,
  )
  let reading: ReadingBeside
  beforeAll(async () => {
    reading = await open()
  })
  afterAll(closeAll)

  test('what the thread keeps is counted until the mail is answered', async () => {
    const budget = createMemoryBudget(64 * 1024 * 1024)
    const memory = budget.open('192.0.2.1')
    let most = 0
    const found = await reading.read(
      (async function* () {
        for await (const chunk of chunks(bigText, 16 * 1024)) {
          yield chunk
          most = Math.max(most, budget.bytes())
        }
      })(),
      memory,
      envelope(),
    )
    expect(found?.letter.bytes).toBe(bigText.length)
    // The part is kept as bytes, and of the text decoded from them as much again and again.
    expect(most).toBeGreaterThan(200 * 1024)
    expect(budget.bytes()).toBeGreaterThan(2 * most)
    memory.close()
    expect(budget.bytes()).toBe(0)
  })

  test('a mail without room is read no further, not kept, and forgotten by the thread', async () => {
    const budget = createMemoryBudget(200 * 1024)
    const memory = budget.open('192.0.2.1')
    let given = 0
    const counting = (async function* () {
      for await (const chunk of chunks(bigText, 16 * 1024)) {
        given += chunk.length
        yield chunk
      }
    })()
    expect(await reading.read(counting, memory, envelope())).toBeNull()
    expect(given).toBeLessThan(bigText.length)
    memory.close()
    expect(budget.bytes()).toBe(0)
    expect(await read(reading, 'after it')).toMatchObject({ letter: { subject: 'after it' } })
  })

  test('one whose bytes break off is forgotten, and its error is told', async () => {
    const broken = (async function* () {
      yield bigText
      throw new Error('the client vanished')
    })()
    await expect(reading.read(broken, ownMemory, envelope())).rejects.toThrow('the client vanished')
    expect(await read(reading, 'after it')).toMatchObject({ letter: { subject: 'after it' } })
  })
})
