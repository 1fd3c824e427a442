// A POP3 server that never comes to an end fills no memory and holds no round.

import { readFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MailboxFault } from '../../src/mailbox/fault.ts'
import { Pop3Client } from '../../src/mailbox/pop3-client.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'

/** Writes a piece for as long as somebody takes it. */
function without(end: string): (socket: Socket) => void {
  const piece = end.repeat(Math.ceil(65_536 / end.length))
  return socket => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
      socket.once('drain', more)
    }
    more()
  }
}

describe.runIf(hasOpenssl)('a server without end', () => {
  const { folder, remove } = openCertificateFolder()
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  let server: Server
  let pour: (socket: Socket) => void = () => {}

  beforeAll(async () => {
    // Its certificate is its own.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    const { certFile, keyFile } = makeCertificate(folder, 'pop')
    server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, socket => {
      socket.on('error', () => {})
      socket.write('+OK ready\r\n')
      socket.on('data', () => {
        socket.write('+OK\r\n')
        pour(socket)
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    server.close()
    remove()
  })

  const connect = () =>
    Pop3Client.connect('localhost', (server.address() as AddressInfo).port, new AbortController().signal)
  const fault = (words: RegExp) =>
    expect.objectContaining({ reason: 'protocol', message: expect.stringMatching(words) })

  test('its list', async () => {
    pour = without('1 abc\r\n')
    const client = await connect()
    const read = async (): Promise<void> => {
      for await (const _ of client.uidl());
    }
    const error = await read().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(MailboxFault)
    expect(error).toEqual(fault(/lists more than 1000000 mails/))
    client.close()
  })

  test('a mail that is left unread', async () => {
    pour = without(`${'x'.repeat(1_000)}\r\n`)
    const client = await connect()
    const leave = async () => {
      for await (const _ of client.retrieve(1)) break
    }
    await expect(leave()).rejects.toEqual(fault(/more than 268435456 bytes without an end/))
  })
})
