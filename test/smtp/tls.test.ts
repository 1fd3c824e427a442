// STARTTLS (RFC 3207): our certificate or none, TLS 1.2 at least, nothing from before the handshake survives it.

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import { CertificateError } from '../../src/smtp/certificates.ts'
import { createListener } from '../../src/smtp/listener.ts'
import type { CertificateFiles } from '../../src/smtp/ports.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from './certificate-files.ts'
import type { RawClient } from './raw-client.ts'
import { eventually, openStage, readAddress, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

it('without a certificate STARTTLS is neither offered nor possible', async () => {
  const stage = await open()
  const client = await stage.client()
  await client.reply()
  expect(await client.ask('EHLO x')).not.toContain('STARTTLS')
  expect(await client.ask('STARTTLS')).toBe('500 5.5.2 Command not recognized')
})

describe.runIf(hasOpenssl)('with a certificate', () => {
  const { folder, remove } = openCertificateFolder()
  afterAll(remove)
  let tls: CertificateFiles
  let renewed: CertificateFiles
  let rsa: CertificateFiles
  beforeAll(() => {
    tls = makeCertificate(folder, 'first')
    renewed = makeCertificate(folder, 'renewed')
    rsa = makeCertificate(folder, 'rsa', 'rsa')
  })

  const startTls = async (client: RawClient): Promise<void> => {
    expect(await client.ask('STARTTLS')).toBe('220 2.0.0 Ready to start TLS')
  }

  it('a message is taken over TLS, and said to be', async () => {
    const stage = await open({ tls })
    const client = await stage.client()
    await client.reply()
    expect(await client.ask('EHLO x')).toContain('STARTTLS')
    await startTls(client)
    const socket = await client.secure()
    expect(socket.getPeerCertificate().subject.CN).toBe('first.example')
    expect(await client.ask('EHLO x')).not.toContain('STARTTLS')
    expect(await client.ask('STARTTLS')).toMatch(/^503 5\.5\.1 /)
    await client.begin('signed-1', 'postmaster')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken[0]?.envelope.client.tls).toBe(true)
    expect(stage.kept()[0]).toContain(' with ESMTPS id ')
    expect(await client.ask('QUIT')).toMatch(/^221 /)
    await eventually(() => stage.counted.includes('disconnected true'), 'it is counted as TLS')
    expect(stage.listener.connections()).toBe(0)
  })

  it('what came before the handshake is forgotten', async () => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    await client.ask('RCPT TO:<signed-1@bounces.example>')
    await startTls(client)
    await client.secure()
    expect(await client.ask('DATA')).toMatch(/^503 5\.5\.1 /)
    expect(await client.ask('MAIL FROM:<>')).toMatch(/^503 5\.5\.1 /) // EHLO first
    await client.ask('EHLO x')
    expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^503 5\.5\.1 /)
  })

  it('commands smuggled in behind STARTTLS are thrown away', async () => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    client.send(
      `STARTTLS\r\n${'EHLO evil\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<signed-1@bounces.example>\r\n'.repeat(50)}`,
    )
    expect(await client.reply()).toMatch(/^220 /)
    await client.secure()
    expect(await client.ask('VRFY x')).toMatch(/^252 /) // the first reply is to the first command inside
    await client.ask('EHLO x')
    expect(await client.ask('DATA')).toMatch(/^503 /)
  })

  it.each([
    ['TLSv1.3', true],
    ['TLSv1.2', true],
    ['TLSv1.1', false],
    ['TLSv1', false],
  ] as const)('%s: %s', async (version, isTaken) => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    await startTls(client)
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const shaken = client.secure(versions).then(
      () => true,
      () => false,
    )
    expect(await shaken).toBe(isTaken)
    const other = await stage.greeted()
    expect(await other.ask('NOOP')).toMatch(/^250 /)
  })

  const handshake = async (stage: Stage, options: object): Promise<string | null> => {
    const client = await stage.greeted()
    await startTls(client)
    return await client.secure({ maxVersion: 'TLSv1.2', ...options }).then(
      socket => socket.getCipher().name,
      () => null,
    )
  }

  it.each([
    [
      'forward secrecy, whatever the client prefers',
      'AES128-SHA:ECDHE-RSA-AES256-SHA',
      'ECDHE-RSA-AES256-SHA',
      'ephemeral',
    ],
    [
      'AEAD before CBC',
      'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384',
      'ECDHE-RSA-AES256-GCM-SHA384',
      'ephemeral',
    ],
    [
      'key exchange by RSA where there is nothing else, counted',
      'AES256-SHA:AES128-SHA',
      'AES128-SHA',
      'rsa',
    ],
  ])('the server chooses: %s', async (_, offered, chosen, keyExchange) => {
    const stage = await open({ tls: rsa })
    expect(await handshake(stage, { ciphers: `${offered}:@SECLEVEL=0` })).toBe(chosen)
    await eventually(() => stage.counted.includes(`tls ${keyExchange}`), 'it is counted')
  })

  it('an operator may leave out what they like', async () => {
    const stage = await open({ tls: rsa, tlsCiphers: 'ECDHE-RSA-AES128-GCM-SHA256' })
    expect(await handshake(stage, {})).toBe('ECDHE-RSA-AES128-GCM-SHA256')
    expect(await handshake(stage, { ciphers: 'AES128-SHA:@SECLEVEL=0' })).toBeNull()
    await eventually(() => stage.counted.includes('tlsFailed no-shared-cipher'), 'it is counted')
    expect(
      stage.logged.filter(({ message }) => message === 'TLS handshake failed').map(({ fields }) => fields),
    ).toEqual([{ ip: '127.0.0.1', reason: 'no-shared-cipher' }])
  })

  it.each([
    ['bytes that are not TLS', 'EHLO x\r\nMAIL FROM:<>\r\n', 'not-tls'],
    ['an end', null, 'left'],
  ])('a handshake that fails of %s is counted once', async (_, bytes, reason) => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    await startTls(client)
    if (bytes === null) client.socket.end()
    else client.send(bytes)
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
    expect(stage.counted.filter(call => call.startsWith('tlsFailed'))).toEqual([`tlsFailed ${reason}`])
  })

  it('a client cannot make us shake hands over and over', async () => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    await startTls(client)
    const socket = await client.secure({ maxVersion: 'TLSv1.2' })
    const failed = await new Promise(resolve => {
      socket.renegotiate({ rejectUnauthorized: false }, resolve)
      socket.once('close', () => resolve('closed'))
    })
    expect(failed).toBeTruthy()
    const other = await stage.greeted()
    expect(await other.ask('NOOP')).toMatch(/^250 /)
  })

  it('a renewed certificate is shown to the next client', async () => {
    const live = { certFile: join(folder, 'live.crt'), keyFile: join(folder, 'live.key') }
    copyFileSync(tls.certFile, live.certFile)
    copyFileSync(tls.keyFile, live.keyFile)
    const stage = await open({ tls: live })
    const nameShown = async (): Promise<unknown> => {
      const client = await stage.greeted()
      await startTls(client)
      return (await client.secure()).getPeerCertificate().subject.CN
    }
    expect(await nameShown()).toBe('first.example')
    copyFileSync(renewed.certFile, live.certFile)
    await stage.listener.reloadTls() // half of it only
    expect(await nameShown()).toBe('first.example')
    copyFileSync(renewed.keyFile, live.keyFile)
    await stage.listener.reloadTls()
    expect(await nameShown()).toBe('renewed.example')
  })

  it('a renewed certificate is noticed by itself', async () => {
    const live = { certFile: join(folder, 'own.crt'), keyFile: join(folder, 'own.key') }
    copyFileSync(tls.certFile, live.certFile)
    copyFileSync(tls.keyFile, live.keyFile)
    const stage = await open({ tls: live, tlsPollMs: 20 })
    copyFileSync(renewed.certFile, live.certFile)
    copyFileSync(renewed.keyFile, live.keyFile)
    await eventually(
      () => stage.logged.some(({ message }) => message === 'TLS certificate reloaded'),
      'reload',
    )
  })

  it('a bad certificate stops the start and leaves nothing open', async () => {
    const quiet = (): void => {}
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
    const metrics = {
      connected: quiet,
      disconnected: quiet,
      rejected: quiet,
      deferred: quiet,
      messageSeconds: quiet,
      messageBytes: quiet,
      tls: quiet,
      tlsFailed: quiet,
      certificate: () => {},
    }
    const listener = createListener(
      {
        host: '127.0.0.1',
        port: 0,
        hostName: 'mx.example',
        tls: { ...tls, keyFile: renewed.keyFile },
      },
      {
        readAddress,
        receive: async () => ({ kind: 'accepted', recorded: [] }),
        log,
        metrics,
        roleMail: { isFull: async () => false, keep: async () => 'kept' },
        memory: createMemoryBudget(1e9),
      },
    )
    await expect(listener.start()).rejects.toBeInstanceOf(CertificateError)
    await listener.drain(100)
  })

  describe('a handshake', () => {
    /** The first bytes a TLS client sends. */
    const clientHello = (): Promise<Buffer> =>
      new Promise(resolve => {
        const wire = new Duplex({
          read: () => {},
          write: (chunk, _encoding, done) => {
            resolve(chunk)
            done()
          },
        })
        connectTls({ socket: wire, rejectUnauthorized: false }).on('error', () => {})
      })

    it.each(['silence', 'half a hello', 'a hello', 'cleartext'] as const)(
      'that goes no further than %s ends in time, whoever ends it',
      async how => {
        const stage = await open({ tls, limits: { idleMs: 1000, lingerMs: 100 } })
        const hello = await clientHello()
        const bytes = {
          silence: Buffer.alloc(0),
          'half a hello': hello.subarray(0, hello.length / 2),
          'a hello': hello,
          cleartext: Buffer.from('EHLO x\r\nMAIL FROM:<>\r\n'),
        }[how]
        for (let round = 0; round < 9; round += 1) {
          const client = await stage.greeted()
          await startTls(client)
          client.send(bytes)
          if (round % 3 === 0) client.reset()
          else if (round % 3 === 1) client.socket.end()
        }
        await eventually(() => stage.listener.connections() === 0, 'all are gone')
        const other = await stage.greeted()
        expect(await other.ask('NOOP')).toMatch(/^250 /)
      },
    )

    it.each([
      ['a byte at a time', (hello: Buffer, n: number) => hello.subarray(n, n + 1)],
      [
        'records of 16 KB without end',
        () => Buffer.concat([Buffer.from([22, 3, 1, 64, 0]), Buffer.alloc(16_384, 1)]),
      ],
    ] as const)('that goes on with %s ends in time', async (_, piece) => {
      const stage = await open({ tls, limits: { idleMs: 1000, lingerMs: 100 } })
      const hello = await clientHello()
      const client = await stage.greeted()
      await startTls(client)
      let n = 0
      const sending = setInterval(() => {
        if (client.socket.writable) client.send(piece(hello, n++))
      }, 100)
      onTestFinished(() => clearInterval(sending))
      await eventually(() => stage.listener.connections() === 0, 'it is gone')
      // The hello is longer than that: it did not end by itself.
      expect(n).toBeLessThan(hello.length)
      expect(await (await stage.greeted()).ask('NOOP')).toMatch(/^250 /)
    })

    it('in the middle of which we stop does not hold us up', async () => {
      const stage = await open({ tls, limits: { lingerMs: 100 } })
      const hello = await clientHello()
      for (const bytes of [Buffer.alloc(0), hello.subarray(0, 50), hello]) {
        const client = await stage.greeted()
        await startTls(client)
        client.send(bytes)
      }
      await stage.listener.drain(60_000)
      expect(stage.listener.connections()).toBe(0)
    })
  })

  it('a client that vanishes in the middle of DATA over TLS is survived', async () => {
    const stage = await open({ tls })
    const client = await stage.greeted()
    await startTls(client)
    await client.secure()
    await client.ask('EHLO x')
    await client.begin('signed-1')
    client.send('half a line')
    await stage.settled()
    client.destroy()
    await eventually(() => stage.mishaps.length === 1, 'intake is told')
    expect(stage.taken).toEqual([])
  })
})
