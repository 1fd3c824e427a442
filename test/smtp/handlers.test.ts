// Whatever our own side does, every command gets exactly one answer and the session goes on.

import { describe, expect, it, onTestFinished } from 'vitest'
import { TooSlow } from '../../src/smtp/deadline.ts'
import type { SmtpPorts } from '../../src/smtp/ports.ts'
import { manualClock } from './manual-clock.ts'
import type { RawClient } from './raw-client.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

/** Plays one message to `signed-…` with these ports: the answer, then proof that replies are still in step. */
async function check(ports: Partial<SmtpPorts>, localPart: string, expected: RegExp): Promise<void> {
  const stage = await open({ ports, limits: { handlerMs: 600 } })
  const client = await stage.greeted()
  expect(await client.ask('MAIL FROM:<>')).toMatch(/^250 /)
  const recipient = await client.ask(`RCPT TO:<${localPart}@bounces.example>`)
  if (recipient.startsWith('250')) {
    expect(await client.ask('DATA')).toMatch(/^354 /)
    client.send('one\r\n.\r\n')
    expect(await client.reply()).toMatch(expected)
  } else {
    expect(recipient).toMatch(expected)
  }
  expect(await client.ask('VRFY x')).toMatch(/^252 /)
  expect(await client.ask('NOOP')).toBe('250 2.0.0 Ok')
}

describe('a handler', () => {
  it('that throws instead of rejecting: receive', () =>
    check(
      {
        receive: () => {
          throw new Error('thrown')
        },
      },
      'signed-1',
      /^451 4\.3\.0 /,
    ))
  it('that throws instead of rejecting: readAddress', () =>
    check(
      {
        readAddress: () => {
          throw new Error('thrown')
        },
      },
      'signed-1',
      /^451 4\.3\.0 /,
    ))
  it('that rejects with something that is no error', () =>
    check({ receive: () => Promise.reject(undefined) }, 'signed-1', /^451 4\.3\.0 /))
  it('that answers nothing we know', () =>
    check({ receive: async () => undefined as never }, 'signed-1', /^451 4\.3\.0 /))
  it('that stops reading in the middle', () => check({}, 'signed-breaks', /^451 4\.3\.0 /))
  it('that does not read at all', () => check({}, 'signed-early', /^250 2\.0\.0 /))
  it('that never answers at RCPT', () => check({}, 'lookup-hangs', /^451 4\.3\.0 /))
  it('that never answers after DATA', () => check({}, 'signed-never', /^451 4\.3\.0 /))

  it('that answers late is not heard', async () => {
    const stage = await open({ limits: { handlerMs: 100 } })
    const client = await stage.greeted()
    await client.begin('signed-late')
    client.send('one\r\n.\r\n')
    expect(await client.reply()).toMatch(/^451 4\.3\.0 This took us too long/)
    stage.commit()
    await eventually(() => stage.taken.length === 1, 'the late result')
    expect(await client.ask('NOOP')).toBe('250 2.0.0 Ok')
    await client.begin('signed-1')
    client.send('two\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    expect(stage.taken.map(({ bytes }) => bytes.toString())).toEqual(['one\r\n', 'two\r\n'])
  })

  it.each([
    ['that hangs without asking for a byte', false],
    ['that hangs at a chunk', true],
  ])('%s of a big mail is given up in its own time, and keeps no turn from others', async (_, reads) => {
    const clock = manualClock()
    onTestFinished(() => clock.pass(3_600_000))
    let hanging = 0
    const late: unknown[] = []
    let wake: () => void = () => {}
    const woken = new Promise<void>(resolve => {
      wake = resolve
    })
    const stage = await open({
      clock,
      limits: { handlerMs: 60_000 },
      ports: {
        receive: async ({ recipients }, { bytes }) => {
          const isHanging = recipients[0]?.raw.includes('hangs') === true
          const reader = bytes[Symbol.asyncIterator]()
          const hangsAt = reads ? 100_000 : 0
          const most = isHanging ? hangsAt : Number.POSITIVE_INFINITY
          for (let received = 0; received < most; ) {
            const { value, done } = await reader.next()
            if (done) return { kind: 'accepted', recorded: [] }
            received += value.length
          }
          hanging += 1
          await woken
          await reader.next().then(
            ({ value }) => late.push(value),
            error => late.push(error),
          )
          return { kind: 'accepted', recorded: [] }
        },
      },
    })
    const mail = `${`${'x'.repeat(998)}\r\n`.repeat(2_000)}.\r\n`
    const hung: RawClient[] = []
    for (let n = 0; n < 5; n++) {
      const client = await stage.greeted()
      await client.begin('signed-hangs')
      client.send(mail)
      hung.push(client)
    }
    await eventually(() => hanging >= 4, 'all turns are taken')
    clock.pass(59_000)
    await stage.settled()
    expect(stage.counted).not.toContain('deferred failed')
    // Each turn that becomes free is taken by the next, which hangs too.
    for (const client of hung) {
      const answered = client.reply()
      const passing = setInterval(() => clock.pass(1_000), 5)
      expect(await answered).toMatch(/^451 4\.3\.0 This took us too long/)
      clearInterval(passing)
    }
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(mail)
    expect(await client.reply()).toMatch(/^250 /)
    wake()
    await eventually(() => late.length === 5, 'the readers that were given up')
    for (const each of late) expect(each).toBeInstanceOf(TooSlow)
  })

  it('that fails early is answered only after the final dot', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-fails')
    client.send('one\r\n')
    await eventually(() => stage.counted.length > 0, 'a connection')
    await stage.settled()
    client.send('two\r\n')
    // Had the failure been said already, this would be read as the answer to the dot.
    client.send('.\r\nVRFY x\r\n')
    expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
    expect(await client.reply()).toMatch(/^252 /)
  })

  it('failing is logged with the session and the error', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-fails')
    client.send('one\r\n.\r\n')
    await client.reply()
    const fault = stage.logged.find(({ level }) => level === 'error')
    expect(fault?.fields).toMatchObject({
      session: expect.stringMatching(/^[a-z0-9]{16}$/),
      err: expect.any(Error),
    })
  })
})

describe('receive', () => {
  it('is told who talks, and of each return path once', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1', 'SIGNED-1', 'prvs=1234=signed-1', 'signed-2', 'postmaster', 'POSTMASTER')
    client.send('one\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken.map(({ envelope }) => envelope)).toMatchObject([
      {
        session: expect.stringMatching(/^[a-z0-9]{16}$/),
        receivedAt: expect.any(Date),
        client: { ip: '127.0.0.1', helo: 'client.example', tls: false },
        mailFrom: null,
        recipients: [{ kind: 'signed' }, { kind: 'signed' }],
      },
    ])
  })

  it('holds the sender back while it is not reading', async () => {
    let release: () => void = () => {}
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    let received = 0
    const stage = await open({
      ports: {
        receive: async (_, { bytes }) => {
          for await (const chunk of bytes) {
            received += chunk.length
            await released
          }
          return { kind: 'accepted', recorded: [] }
        },
      },
    })
    const client = await stage.greeted()
    await client.begin('signed-1')
    const body = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(40_000))
    client.send(body)
    client.send('.\r\n')
    // Until the socket takes no more.
    for (let before = -1; client.socket.writableLength !== before; ) {
      before = client.socket.writableLength
      await stage.settled()
    }
    expect(received).toBeLessThan(1_000_000)
    expect(client.socket.writableLength).toBeGreaterThan(body.length / 2) // still with the sender, not in our memory
    release()
    expect(await client.reply()).toMatch(/^250 /)
    expect(received).toBe(body.length)
  })
})
