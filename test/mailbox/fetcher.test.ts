// Fetching against a real Dovecot, with a played intake: whatever goes wrong, nothing is deleted before it is recorded.

import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { mailboxOptions } from '../../src/backend/mailbox.ts'
import { type Fetcher, type FetcherPorts, startFetcher } from '../../src/mailbox/fetcher.ts'
import type { MailboxOptions } from '../../src/mailbox/session.ts'
import type { MailboxMemory, MailboxPlace } from '../../src/model/mailbox.ts'
import type { IntakeOutcome } from '../../src/model/reply.ts'
import { createMailboxMemory } from '../../src/store/tables/mailboxes.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from '../store/databases.ts'
import { event } from '../store/events.ts'
import { hasTool } from '../tools.ts'
import { type Dovecot, type DovecotSettings, startDovecot } from './dovecot.ts'

const timeout = { timeout: within(20_000), interval: 20 }
const times = { pollMs: 100, firstBackOffMs: 50, mostBackOffMs: 100 }

const recorded = (kind: 'bounce' | 'ordinary'): IntakeOutcome => ({
  kind: 'accepted',
  recorded: [{ event: event({ kind }), id: '1', isNew: true, address: null, movedTo: null, effect: 'none' }],
})

describe.runIf(hasTool('dovecot')).each(['imap', 'pop3'] as const)('%s', protocol => {
  /** Every test has a mailbox of its own in it. */
  let shared: Dovecot
  let dovecot: Dovecot
  let fetchers: Fetcher[] = []
  /** What was taken in, by subject; what is told and counted. */
  let taken: string[]
  let warned: string[]
  let faults: string[]
  let waiting: (number | null)[]
  let answer: (subject: string) => Promise<IntakeOutcome>
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED

  beforeAll(async () => {
    shared = await startDovecot()
    // The certificate is checked where a server of its own runs: fetching.test.ts.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  })
  afterAll(async () => {
    await shared?.remove()
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  beforeEach(async () => {
    // A test that failed may have left it stopped.
    await shared.start()
    dovecot = shared
    dovecot.newUser()
    fetchers = []
    taken = []
    warned = []
    faults = []
    waiting = []
    answer = async subject =>
      subject.startsWith('letter') ? { kind: 'accepted', recorded: [] } : recorded('bounce')
  })
  afterEach(async () => {
    await Promise.all(fetchers.map(fetcher => fetcher.close(within(20_000))))
  })

  /** Another Dovecot for this test, set up in its own way. */
  const useOwn = async (settings: DovecotSettings): Promise<void> => {
    dovecot = await startDovecot(settings)
    onTestFinished(dovecot.remove)
  }

  const memoryOf = (): MailboxMemory => {
    let place: MailboxPlace = { uidValidity: '', lastUid: 0, seen: [] }
    return {
      claim: async () => true,
      read: async () => place,
      write: async next => {
        place = next
      },
      release: async () => {},
    }
  }
  const memory = memoryOf()

  function start(options: Partial<MailboxOptions> = {}, ports: Partial<FetcherPorts> = {}): Fetcher {
    const fetcher = startFetcher(
      {
        protocol,
        host: 'localhost',
        port: protocol === 'imap' ? dovecot.imapPort : dovecot.popPort,
        user: dovecot.user(),
        folder: protocol === 'imap' ? 'INBOX' : '',
        secret: async () => ({ kind: 'password', text: dovecot.password }),
        doneFolder: null,
        otherFolder: null,
        asideFolder: 'Aside',
        ...options,
      },
      {
        receive: async (_mail, { bytes }) => {
          const chunks: Uint8Array[] = []
          for await (const chunk of bytes) chunks.push(chunk)
          const text = Buffer.concat(chunks).toString('latin1')
          const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? text
          const outcome = await answer(subject)
          taken.push(subject)
          return outcome
        },
        memory: memoryOf(),
        log: { info: () => {}, warn: (_, words) => warned.push(words) },
        metrics: {
          mailboxMail: () => {},
          mailboxFault: reason => faults.push(reason),
          mailboxWaiting: count => waiting.push(count),
        },
        ...ports,
      },
      times,
    )
    fetchers.push(fetcher)
    return fetcher
  }
  const mail = (subject: string, body = 'x'): string => `Subject: ${subject}\r\n\r\n${body}\r\n`
  const poll = <T>(look: () => T) => expect.poll(look, timeout)

  test('bounces are deleted, other mail stays, unread, and is read once', async () => {
    dovecot.deliver([mail('letter 1'), mail('bounce 1'), mail('letter 2'), mail('bounce 2')])
    start()
    await poll(() => dovecot.count()).toBe(2)
    dovecot.deliver([mail('bounce 3')])
    await poll(() => taken.length).toBe(5)
    await poll(() => dovecot.count()).toBe(2)
    expect(taken.toSorted()).toEqual(['bounce 1', 'bounce 2', 'bounce 3', 'letter 1', 'letter 2'])
    if (protocol === 'imap') expect(dovecot.hasSeen()).toBe(false)
    expect(warned).toEqual([])
  })

  test('a mail comes byte for byte, whatever it holds', async () => {
    const hostile = `Subject: bytes\r\nX: \xe9\xff\r\n\r\n.\r\n..two\r\n.one\r\n${'long '.repeat(40_000)}\r\n\x80\xfe end`
    dovecot.deliver([hostile])
    const got: Buffer[] = []
    start(
      {},
      {
        receive: async (_mail, { bytes }) => {
          for await (const chunk of bytes) got.push(Buffer.from(chunk))
          return recorded('bounce')
        },
      },
    )
    await poll(() => dovecot.count()).toBe(0)
    expect(Buffer.concat(got).toString('latin1').replace(/\r\n$/, '')).toBe(hostile)
  })

  test('nothing is deleted while nothing is recorded', async () => {
    dovecot.deliver([mail('bounce 1'), mail('bounce 2')])
    let isAway = true
    answer = async () => {
      if (isAway) throw new Error('the database is away')
      return recorded('bounce')
    }
    start()
    await poll(() => faults.filter(reason => reason === 'database').length).toBeGreaterThan(7)
    expect(dovecot.count()).toBe(2)
    isAway = false
    await poll(() => dovecot.count()).toBe(0)
    expect(taken.toSorted()).toEqual(['bounce 1', 'bounce 2'])
  })

  test('what is deferred waits for the next round', async () => {
    dovecot.deliver([mail('bounce 1')])
    let rounds = 0
    answer = async () => (++rounds < 3 ? { kind: 'deferred', reason: 'no-memory' } : recorded('bounce'))
    start()
    await poll(() => dovecot.count()).toBe(0)
    expect(rounds).toBe(3)
  })

  test('a mail that is not read to its end is in no other’s way', async () => {
    // Two chunks of it, the first of which would do.
    const long = (subject: string): string => mail(subject, `${'words '.repeat(20)}\r\n`.repeat(2_000))
    dovecot.deliver([long('bounce 1'), long('bounce 2')])
    const subjects: string[] = []
    start(
      {},
      {
        receive: async (_mail, { bytes }) => {
          for await (const chunk of bytes) {
            subjects.push(/^Subject: (.*)\r$/m.exec(Buffer.from(chunk).toString('latin1'))?.[1] ?? '')
            break
          }
          return recorded('bounce')
        },
      },
    )
    await poll(() => dovecot.count()).toBe(0)
    expect(subjects.toSorted()).toEqual(['bounce 1', 'bounce 2'])
  })

  test('one mail that always fails is put aside, and the others go on', async () => {
    dovecot.deliver([mail('poison'), mail('bounce 1'), mail('letter 1')])
    let tries = 0
    answer = async subject => {
      if (subject !== 'poison')
        return subject.startsWith('letter') ? { kind: 'accepted', recorded: [] } : recorded('bounce')
      tries++
      throw new Error('a bug')
    }
    start()
    // Others come now and then: they show that it is this mail.
    for (let at = 0; at < 8; at++) {
      dovecot.deliver([mail(`bounce more ${at}`)])
      await poll(() => taken).toContain(`bounce more ${at}`)
    }
    await poll(() => dovecot.count()).toBe(protocol === 'imap' ? 1 : 2)
    if (protocol === 'imap') expect(dovecot.count('Aside')).toBe(1)
    const before = tries
    dovecot.deliver([mail('bounce last')])
    await poll(() => taken).toContain('bounce last')
    expect(tries).toBe(before)
  })

  test('what is not a mail is put aside', async () => {
    dovecot.deliver(['\x00\x01\x02'.repeat(1000)])
    answer = async () => ({ kind: 'refused', reason: 'not-a-mail' })
    start()
    await poll(() => taken.length).toBe(1)
    if (protocol === 'imap') await poll(() => dovecot.count('Aside')).toBe(1)
    else await poll(() => warned.length).toBe(1)
    dovecot.deliver([mail('next')])
    await poll(() => taken.length).toBe(2)
  })

  test('the server goes away and comes back; a changed password is told and mended', async () => {
    const secret = { kind: 'password', text: 'wrong' } as const
    let text: string = secret.text
    start({ secret: async () => ({ kind: 'password', text }) })
    await poll(() => faults).toContain('refused')
    expect(warned[0]).toContain('REBOUND_MAILBOX_PASSWORD')
    text = dovecot.password
    dovecot.deliver([mail('bounce 1')])
    await poll(() => taken).toEqual(['bounce 1'])
    await dovecot.stop()
    await poll(() => faults).toContain('unreachable')
    await poll(() => waiting.at(-1)).toBe(null)
    // Said once, however often it is tried.
    const told = warned.filter(words => words.startsWith('no connection')).length
    await poll(() => faults.filter(reason => reason === 'unreachable').length).toBeGreaterThan(3)
    expect(warned.filter(words => words.startsWith('no connection')).length).toBeLessThanOrEqual(
      Math.max(told, 1),
    )
    dovecot.deliver([mail('bounce 2')])
    await dovecot.start()
    await poll(() => taken).toEqual(['bounce 1', 'bounce 2'])
    await poll(() => dovecot.count()).toBe(0)
  })

  test.each(dialects)('two of us share a mailbox on %s, and each mail is taken once', async dialect => {
    const database = await newDatabase(dialect)
    const address = { protocol, host: 'localhost', port: 1, user: dovecot.user(), folder: 'INBOX' }
    dovecot.deliver(Array.from({ length: 120 }, (_, at) => mail(`bounce ${at}`)))
    const own = (): Partial<FetcherPorts> => ({ memory: createMailboxMemory(database.open(), address) })
    const first = start({}, own())
    const second = start({}, own())
    await poll(() => dovecot.count()).toBe(0)
    expect(taken).toHaveLength(120)
    expect(new Set(taken).size).toBe(120)
    // When one ends, the other goes on.
    await first.close(within(20_000))
    dovecot.deliver([mail('bounce after')])
    await poll(() => taken).toContain('bounce after')
    await second.close(within(20_000))
    await database.drop()
  })

  test('closing finishes what is in hand', async () => {
    dovecot.deliver(Array.from({ length: 10 }, (_, at) => mail(`bounce ${at}`)))
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let begun = 0
    answer = async () => {
      begun++
      await held
      return recorded('bounce')
    }
    const fetcher = start()
    await poll(() => begun).toBeGreaterThan(0)
    const closed = fetcher.close(within(20_000))
    release()
    await closed
    // What was recorded is gone, what was not is still there.
    expect(dovecot.count()).toBe(10 - taken.length)
  })

  test('a token of OAuth 2 is asked of the command at each connection; an expired one is told and mended', async () => {
    let valid = 'first token/+='
    await useOwn({ token: () => valid })
    const file = join(tmpdir(), `rebound-token-${process.pid}-${protocol}`)
    onTestFinished(() => rmSync(file, { force: true }))
    writeFileSync(file, `${valid}\n`)
    const secret = mailboxOptions({
      mailbox: {
        protocol,
        host: 'localhost',
        port: protocol === 'imap' ? dovecot.imapPort : dovecot.popPort,
        user: dovecot.user(),
        folder: protocol === 'imap' ? 'INBOX' : '',
        password: null,
      },
      mailboxPassword: null,
      mailboxTokenCommand: `cat '${file}'`,
      mailboxDone: 'delete',
      mailboxOther: 'keep',
      mailboxAside: 'Aside',
    })?.secret
    if (secret === undefined) throw new Error('no mailbox')
    dovecot.deliver([mail('bounce 1')])
    start({ secret })
    await poll(() => dovecot.count()).toBe(0)

    valid = 'second token'
    await dovecot.stop()
    await dovecot.start()
    await poll(() => faults).toContain('refused')
    expect(warned.join()).not.toContain('first token')
    dovecot.deliver([mail('bounce 2')])
    writeFileSync(file, valid)
    await poll(() => taken).toEqual(['bounce 1', 'bounce 2'])

    // A command that fails is told without what it printed.
    rmSync(file)
    await dovecot.stop()
    await dovecot.start()
    await poll(() => warned.some(words => words.includes('REBOUND_MAILBOX_TOKEN_COMMAND failed'))).toBe(true)
  })

  describe.runIf(protocol === 'imap')('folders', () => {
    test('where the quota is used up, mail that was to be moved stays, is told, and is read once', async () => {
      await useOwn({ hasFullFolder: true })
      dovecot.deliver([mail('bounce 1'), mail('letter 1')])
      start({ doneFolder: 'Full/Done', otherFolder: 'Full/Letters' })
      await poll(() => warned.length).toBe(2)
      expect(warned.join()).toMatch(/recorded mail could not be .*moved.*, ?mail could not be moved/)
      dovecot.deliver([mail('bounce 2')])
      await poll(() => taken).toEqual(['bounce 1', 'letter 1', 'bounce 2'])
      expect([dovecot.count(), faults]).toEqual([3, []])
    })

    test('recorded and other mail is moved where the settings say; the folders are made', async () => {
      dovecot.deliver([mail('letter 1'), mail('bounce 1')], 'Bounces')
      start({ folder: 'Bounces', doneFolder: 'Done/2026', otherFolder: 'Other' })
      await poll(() => [
        dovecot.count('Bounces'),
        dovecot.count('Done/2026'),
        dovecot.count('Other'),
      ]).toEqual([0, 1, 1])
    })

    test('a folder that is gone is told, and read once it is there', async () => {
      start({ folder: 'Later' })
      await poll(() => faults).toContain('folder')
      expect(warned[0]).toContain('"Later"')
      dovecot.deliver([mail('bounce 1')], 'Later')
      await poll(() => taken).toEqual(['bounce 1'])
    })

    test('a folder that cannot be moved to leaves the mail where it is, and is told', async () => {
      dovecot.deliver([mail('bounce 1')])
      start({ doneFolder: 'no\u0001such/../folder' })
      await poll(() => warned.length).toBeGreaterThan(0)
      expect(dovecot.count()).toBe(1)
      dovecot.deliver([mail('bounce 2')])
      await poll(() => taken).toEqual(['bounce 1', 'bounce 2'])
    })

    test('without UIDPLUS and MOVE, what others marked is not expunged, and nothing is moved', async () => {
      await useOwn({ capability: 'IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+' })
      dovecot.deliver([mail('bounce 1'), mail('letter 1')])
      start({ otherFolder: 'Other' })
      await poll(() => dovecot.count()).toBe(1)
      await poll(() => warned.length).toBe(1)
      // Marked, and still there for whoever marks by hand.
      expect(dovecot.marked()).toBe(1)
      expect(dovecot.count('Other')).toBe(0)
    })

    test('a mail that the server itself cannot read holds up no other, and is passed over', async () => {
      dovecot.deliver([mail('letter 1'), mail('damaged'), ...[2, 3, 4].map(at => mail(`bounce ${at}`))])
      dovecot.damage(2)
      const memory = memoryOf()
      const fetcher = start({}, { memory })
      await poll(() => dovecot.count()).toBe(2)
      // Others come now and then: they show that it is this mail.
      for (let at = 0; at < 8; at++) {
        dovecot.deliver([mail(`letter more ${at}`)])
        await poll(() => taken).toContain(`letter more ${at}`)
      }
      await poll(() => warned).toContain('unreadable mail stays in the mailbox and is passed over')
      // None was read twice meanwhile, and all of it is remembered.
      expect(taken).toHaveLength(12)
      expect(new Set(taken).size).toBe(12)
      await fetcher.close(within(20_000))
      expect(await memory.read()).toMatchObject({ lastUid: 13, seen: [] })
      const before = faults.length
      start({}, { memory })
      dovecot.deliver([mail('bounce last')])
      await poll(() => taken).toContain('bounce last')
      expect([taken.length, faults.length]).toEqual([13, before])
    })

    test('a mailbox that was made anew is read from its beginning', async () => {
      dovecot.deliver([mail('letter 1')])
      const fetcher = start({}, { memory })
      await poll(() => taken).toEqual(['letter 1'])
      await fetcher.close(within(20_000))
      await dovecot.stop()
      dovecot.renumber()
      const made = Date.now()
      // UIDVALIDITY is the second in which it is made.
      await poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(Math.floor(made / 1000))
      await dovecot.start()
      start({}, { memory })
      await poll(() => taken).toEqual(['letter 1', 'letter 1'])
      expect(warned).toEqual([expect.stringContaining('UIDVALIDITY')])
    })
  })
})
