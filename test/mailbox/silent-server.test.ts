// A mailbox server that says nothing more, or a byte now and then, keeps no server of ours from its end.

import { readFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startFetcher } from '../../src/mailbox/fetcher.ts'
import { within } from '../patience.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'

/** What the server answers, in turn: a text; null is silence; `trickle` is a byte whenever there is time. */
type Script = readonly (string | null | 'trickle')[]

const cases: readonly (readonly [protocol: 'imap' | 'pop3', when: string, script: Script])[] = [
  ['pop3', 'before it greets', [null]],
  ['pop3', 'at the password', ['+OK ready', '+OK', null]],
  ['pop3', 'at the list', ['+OK ready', '+OK', '+OK', '-ERR', null]],
  ['pop3', 'in the list, byte by byte', ['+OK ready', '+OK', '+OK', '-ERR', 'trickle']],
  ['pop3', 'at a mail', ['+OK ready', '+OK', '+OK', '-ERR', '+OK\r\n1 one\r\n.', null]],
  ['pop3', 'in a mail, byte by byte', ['+OK ready', '+OK', '+OK', '-ERR', '+OK\r\n1 one\r\n.', 'trickle']],
  ['imap', 'before it greets', [null]],
  ['imap', 'at its capabilities', ['* OK ready', null]],
]

describe.runIf(hasOpenssl)('a silent server', () => {
  const { folder, remove } = openCertificateFolder()
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  let server: Server
  let script: Script = []
  let silent: () => void = () => {}
  const sockets = new Set<Socket>()

  const trickle = (socket: Socket): void => {
    if (socket.destroyed) return
    socket.write('x', () => setImmediate(trickle, socket))
  }
  beforeAll(async () => {
    // Its certificate is its own.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    const { certFile, keyFile } = makeCertificate(folder, 'silent')
    server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, socket => {
      sockets.add(socket)
      const answers = script.values()
      const answer = (): void => {
        const next = answers.next().value
        if (next == null || next === 'trickle') silent()
        if (next === 'trickle') {
          socket.write('+OK\r\n')
          trickle(socket)
        } else if (next != null) socket.write(`${next}\r\n`)
      }
      socket.on('error', () => {})
      socket.on('data', answer)
      answer()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  })
  afterAll(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    server.close()
    remove()
  })

  test.each(cases)(
    '%s, %s: a stop breaks it off at the deadline',
    { timeout: within(10_000) },
    async (protocol, _, its) => {
      script = its
      const isSilent = new Promise<void>(resolve => {
        silent = resolve
      })
      const fates: string[] = []
      let released = 0
      const fetcher = startFetcher(
        {
          protocol,
          host: 'localhost',
          port: (server.address() as AddressInfo).port,
          user: 'bounces',
          folder: 'INBOX',
          secret: async () => ({ kind: 'password', text: 'secret' }),
          doneFolder: null,
          otherFolder: null,
          asideFolder: 'Aside',
        },
        {
          receive: async (_mail, { bytes }) => {
            for await (const _ of bytes);
            return { kind: 'accepted', recorded: [] }
          },
          memory: {
            claim: async () => true,
            read: async () => ({ uidValidity: '', lastUid: 0, seen: [] }),
            write: async () => {},
            release: async () => {
              released++
            },
          },
          log: { info: () => {}, warn: () => {} },
          metrics: {
            mailboxMail: fate => fates.push(fate),
            mailboxFault: () => {},
            mailboxWaiting: () => {},
          },
        },
        { pollMs: 1_000_000, firstBackOffMs: 1_000_000, mostBackOffMs: 1_000_000 },
      )
      await isSilent
      await fetcher.close(10)
      // A mail of which only a part came is none that was read.
      expect(fates.filter(fate => fate !== 'again')).toEqual([])
      expect(released).toBe(1)
    },
  )
})
