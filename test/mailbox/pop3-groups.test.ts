// POP3 takes mails in groups: whatever the server does in the middle of one, only what is committed is deleted.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPop3 } from '../../src/mailbox/pop3.ts'
import type { MailboxSession, RoundSteps } from '../../src/mailbox/session.ts'
import type { MailboxPlace, MailFate } from '../../src/model/mailbox.ts'
import { hasOpenssl } from '../smtp/certificate-files.ts'
import { type Pop3Play, type Pop3Server, startPop3Server } from './pop3-server.ts'

const count = 120

interface Taken {
  readonly uid: string
  /** How many were under way when it was handed over, itself among them. */
  readonly together: number
  readonly bytes: number
}

describe.runIf(hasOpenssl)('groups of POP3', () => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  let server: Pop3Server

  beforeAll(async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    server = await startPop3Server()
  })
  afterAll(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    server?.close()
  })

  const open = (): Promise<MailboxSession> =>
    openPop3(
      {
        protocol: 'pop3',
        host: 'localhost',
        port: server.port(),
        user: 'bounces',
        folder: '',
        secret: async () => ({ kind: 'password', text: 'secret' }),
        doneFolder: null,
        otherFolder: null,
        asideFolder: '',
      },
      new AbortController().signal,
    )
  const mail = (number: number, body = 'x'): string => `Subject: mail ${number}\r\n\r\n.${body}`
  const mails = (): (string | null)[] => Array.from({ length: count }, (_, at) => mail(at + 1))
  const left = (play: Pop3Play): readonly number[] =>
    play.mails.flatMap((mail, at) => (mail === null ? [] : [at + 1]))
  const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, at) => at + 1)

  /** Steps whose `take` answers once everything that is handed over with it is under way. */
  function steps(fateOf: (uid: string) => MailFate = () => 'recorded') {
    const taken: Taken[] = []
    const written: MailboxPlace[] = []
    const warned: string[] = []
    const failed: string[] = []
    let place: MailboxPlace = { uidValidity: '', lastUid: 0, seen: [] }
    let underWay = 0
    const its: RoundSteps = {
      take: async ({ uid, bytes }) => {
        underWay++
        await new Promise(setImmediate)
        const together = underWay
        let size = 0
        try {
          for await (const chunk of bytes ?? []) size += chunk.length
        } catch {
          return 'again'
        } finally {
          await new Promise(setImmediate)
          underWay--
        }
        taken.push({ uid, together, bytes: size })
        return bytes === null ? 'aside' : fateOf(uid)
      },
      failed: uid => {
        failed.push(uid)
        return 'again'
      },
      failures: () => 0,
      memory: {
        claim: async () => true,
        read: async () => place,
        write: async next => {
          written.push(next)
          place = next
        },
        release: async () => {},
      },
      progress: async () => {},
      warn: (_, words) => warned.push(words),
      isStopping: () => false,
    }
    return { its, taken, written, warned, failed }
  }

  describe.each([true, false])('with PIPELINING: %s', isPipelining => {
    const capabilities = isPipelining ? ['TOP', 'PIPELINING', 'UIDL'] : ['TOP', 'UIDL']

    test('mails are taken together, in order, and each is deleted', async () => {
      const play = { mails: mails(), capabilities }
      const asked = server.play(play)
      const { its, taken, written } = steps()
      const session = await open()
      expect(await session.round(its)).toBe('done')
      expect(taken.map(({ uid }) => uid)).toEqual(upTo(count).map(number => `uid-${number}`))
      expect(taken.map(({ together }) => together)).toEqual([
        ...Array(50).fill(50),
        ...Array(50).fill(50),
        ...Array(20).fill(20),
      ])
      expect(left(play)).toEqual([])
      // Nothing stays, so nothing is to be remembered.
      expect(written).toEqual([])
      const isTogether = asked.some(commands => commands.includes('RETR 1 | RETR 2'))
      expect(isTogether).toBe(isPipelining)
      // A group is marked before the next one is asked for.
      const commands = asked.flatMap(commands => commands.split(' | '))
      expect(commands.indexOf('DELE 50')).toBeLessThan(commands.indexOf('RETR 51'))
      expect(commands.at(-1)).toBe('QUIT')
    })

    test('one that fails in the middle stays, and one that is refused is passed over', async () => {
      const play: Pop3Play = {
        mails: mails(),
        capabilities,
        instead: (command, socket) => command === 'RETR 60' && socket.write('-ERR [SYS/PERM] damaged\r\n'),
      }
      server.play(play)
      const { its, taken, written, warned } = steps(uid => (uid === 'uid-20' ? 'again' : 'recorded'))
      const session = await open()
      expect(await session.round(its)).toBe('again')
      expect(taken).toHaveLength(count)
      expect(left(play)).toEqual([20, 60])
      expect(written.map(({ seen }) => seen.length)).toEqual([1])
      expect(warned).toEqual(['unreadable mail stays in the mailbox and is passed over'])
    })

    test('one that is refused for now is asked for again, and not passed over', async () => {
      const play: Pop3Play = {
        mails: mails(),
        capabilities,
        instead: (command, socket) => command === 'RETR 60' && socket.write('-ERR [SYS/TEMP] busy\r\n'),
      }
      server.play(play)
      const { its, written, warned, failed } = steps(() => 'recorded')
      const session = await open()
      await expect(session.round(its)).rejects.toMatchObject({ reason: 'protocol' })
      expect(failed).toEqual(['uid-60'])
      expect(left(play)).toContain(60)
      expect([warned, written.flatMap(({ seen }) => seen).length]).toEqual([[], 0])
    })

    test('where several fail, the rest waits', async () => {
      const play = { mails: mails(), capabilities }
      server.play(play)
      const { its, taken } = steps(() => 'again')
      const session = await open()
      expect(await session.round(its)).toBe('again')
      expect(taken).toHaveLength(50)
      expect(left(play)).toEqual(upTo(count))
    })

    test('a connection that breaks within a group deletes nothing; what was whole is recorded', async () => {
      const play: Pop3Play = {
        mails: mails(),
        capabilities,
        instead: (command, socket) => {
          if (command !== 'RETR 75') return false
          socket.end('+OK\r\nSubject: half of it\r\n')
          return true
        },
      }
      server.play(play)
      const { its, taken, written, failed } = steps(uid => (uid === 'uid-3' ? 'left' : 'recorded'))
      const session = await open()
      await expect(session.round(its)).rejects.toMatchObject({ reason: 'unreachable' })
      expect(taken.map(({ uid }) => uid)).toEqual(upTo(74).map(number => `uid-${number}`))
      expect(failed).toEqual(['uid-75'])
      expect(left(play)).toEqual(upTo(count))
      // A letter need not be read again, although the session did not end in good order.
      expect(written.map(({ seen }) => seen.length)).toEqual([1])
    })

    test('no more is held than a group may have, whatever sizes the mails are of', async () => {
      const megabyte = 1024 * 1024
      const sizes = [12, 4, 4, 1, 1, 30, 1]
      const play = {
        mails: sizes.map((size, at) => mail(at + 1, 'y'.repeat(size * megabyte))),
        capabilities,
      }
      server.play(play)
      const { its, taken } = steps()
      const session = await open()
      expect(await session.round(its)).toBe('done')
      // Nine megabytes are all that is read of one, and the most that the next may have.
      expect(taken.map(({ together }) => together)).toEqual([1, 2, 2, 3, 3, 3, 1])
      expect(taken.map(({ bytes }) => Math.floor(bytes / megabyte))).toEqual([9, 4, 4, 1, 1, 9, 1])
      expect(left(play)).toEqual([])
    })

    test('what the server will not delete is told, and not read again', async () => {
      const play: Pop3Play = {
        mails: mails(),
        capabilities,
        instead: (command, socket) => /^DELE (7|51)$/.test(command) && socket.write('-ERR read-only\r\n'),
      }
      server.play(play)
      const { its, taken, warned } = steps()
      expect(await (await open()).round(its)).toBe('done')
      expect(left(play)).toEqual([7, 51])
      expect(warned).toEqual(
        Array(2).fill('recorded mail could not be deleted: it stays in the mailbox and is passed over'),
      )
      expect(await (await open()).round(its)).toBe('done')
      expect(taken).toHaveLength(count)
    })

    test('a stop is heard between two groups, and what is recorded goes', async () => {
      const play = { mails: mails(), capabilities }
      server.play(play)
      const { its, taken } = steps()
      const session = await open()
      expect(await session.round({ ...its, isStopping: () => taken.length > 0 })).toBe('done')
      expect(taken).toHaveLength(50)
      expect(left(play)).toEqual(upTo(count).slice(50))
    })

    test('letters are read in one session, and a look that finds nothing new writes nothing', async () => {
      const play = { mails: mails(), capabilities }
      server.play(play)
      const { its, taken, written } = steps(() => 'left')
      expect(await (await open()).round(its)).toBe('done')
      expect(await (await open()).round(its)).toBe('done')
      expect([taken.length, written.length]).toEqual([count, 1])
      // One that is gone is forgotten.
      play.mails[4] = null
      expect(await (await open()).round(its)).toBe('done')
      expect([taken.length, written.at(-1)?.seen.length]).toEqual([count, count - 1])
    })
  })

  test.each<[why: string, uidl: readonly string[], taken: readonly string[]]>([
    ['the same uid twice', ['1 same', '2 same', '3 other'], ['same', 'same', 'other']],
    ['the same number twice', ['1 a', '1 b'], ['a', 'b']],
    ['in no order', ['3 c', '1 a', '2 b'], ['c', 'a', 'b']],
    [
      'characters of no uid',
      ['1 \x80\xff\x01', '2 <{[%0d%0aDELE]}>', '3 a b c'],
      ['\x80\xff\x01', '<{[%0d%0aDELE]}>', 'a'],
    ],
    [
      'lines that are none',
      ['', ' ', 'x', '1', '-1 a', '1e3 a', '1; a', '2 b', `3 ${'u'.repeat(5_000)}`],
      ['b', 'u'.repeat(5_000)],
    ],
    ['mails that are not there', ['9 ghost', '1 a'], ['ghost', 'a']],
  ])('a list with %s', async (_, uidl, expected) => {
    const play = { mails: [1, 2, 3].map(number => mail(number)), uidl, capabilities: ['PIPELINING'] }
    server.play(play)
    const { its, taken, written } = steps(uid => (uid === 'other' ? 'left' : 'recorded'))
    expect(await (await open()).round(its)).toBe('done')
    expect(taken.map(({ uid }) => uid)).toEqual(expected)
    expect(written.flatMap(({ seen }) => seen).every(key => /^[\w-]{12}$/.test(key))).toBe(true)
  })

  test('a mail that changes under its uid after it was read is not read again; under another it is', async () => {
    const play = { mails: [mail(1), mail(2)], uidl: ['1 one', '2 two'] }
    server.play(play)
    const { its, taken } = steps(() => 'left')
    await (await open()).round(its)
    server.play({ mails: [mail(10), mail(20)], uidl: ['1 one', '2 new'] })
    await (await open()).round(its)
    expect(taken.map(({ uid }) => uid)).toEqual(['one', 'two', 'new'])
  })

  test('a server that sends byte by byte', async () => {
    const play: Pop3Play = { mails: [mail(1), mail(2)], capabilities: ['PIPELINING'], isSlow: true }
    server.play(play)
    const { its, taken } = steps()
    expect(await (await open()).round(its)).toBe('done')
    const whole = `${mail(1)}\r\n`.length
    expect(taken.map(({ bytes }) => bytes)).toEqual([whole, whole])
    expect(left(play)).toEqual([])
  })

  test('a mail that failed before comes after the others', async () => {
    const play = { mails: mails() }
    server.play(play)
    const { its, taken } = steps()
    const session = await open()
    await session.round({ ...its, failures: uid => (uid === 'uid-1' ? 1 : 0) })
    expect(taken.map(({ uid }) => uid).slice(-2)).toEqual([`uid-${count}`, 'uid-1'])
  })

  test('a server that knows no CAPA is asked for one mail after the other', async () => {
    const play: Pop3Play = {
      mails: mails(),
      instead: (command, socket) => command === 'CAPA' && socket.write('-ERR unknown command\r\n'),
    }
    const asked = server.play(play)
    const { its } = steps()
    const session = await open()
    expect(await session.round(its)).toBe('done')
    expect(asked.every(commands => !commands.includes(' | '))).toBe(true)
    expect(left(play)).toEqual([])
  })
})
