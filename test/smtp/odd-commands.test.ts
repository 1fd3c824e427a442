// Attacks that are neither floods nor slow: what no client says. Each is answered, or its connection ends, and the next
// client is served.

import { describe, expect, it, onTestFinished } from 'vitest'
import { parseNetwork } from '../../src/model/network.ts'
import type { RawClient } from './raw-client.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

const loopback = [parseNetwork('127.0.0.0/8')].filter(network => network !== null)

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

/** Whatever happened before, the next client's message is taken, and nothing was alarming. */
async function servesOn(stage: Stage): Promise<void> {
  const client = await stage.greeted()
  await client.begin('signed-last')
  client.send('x\r\n.\r\n')
  expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
  expect(stage.logged.filter(({ level }) => level === 'error')).toEqual([])
}

const long = 'x'.repeat(10_000)

describe('one line', () => {
  // biome-ignore format: a table
  it.each<[string, string, RegExp]>([
    ['MAIL with a parameter of 10 KB', `MAIL FROM:<> X=${long}`, /^421 4\.5\.2 Command line too long/],
    ['MAIL with 400 parameters', `MAIL FROM:<> ${'A=1 '.repeat(400)}`, /^250 |^501 /],
    ['MAIL with an ENVID of 3 KB', `MAIL FROM:<> ENVID=${long.slice(0, 3_000)}`, /^250 |^501 /],
    ['RCPT with an ORCPT of 10 KB', `RCPT TO:<signed-1@bounces.example> ORCPT=rfc822;${long}`, /^421 |^50[013] /],
    ['a sender with NUL', 'MAIL FROM:<a\0b@x.example>', /^501 |^553 |^250 /],
    ['a command with NUL', 'NO\0OP', /^500 /],
    ['a command of eight-bit bytes', '\xff\xfe\x80\x81', /^500 /],
    ['a sender in UTF-8', `MAIL FROM:<${Buffer.from('münch@bücher.example').toString('latin1')}> SMTPUTF8`, /^250 /],
    ['a sender in broken UTF-8', 'MAIL FROM:<\xc3(@x.example> SMTPUTF8', /^250 |^501 |^553 /],
    ['an EHLO of control characters', 'EHLO \x1b[2Jx\x07', /^250|^501 /],
    ['BDAT', 'BDAT 99999999999', /^500 /],
    ['ETRN', 'ETRN x', /^500 /],
    ['TURN', 'TURN', /^500 /],
    ['XCLIENT of a stranger', 'XCLIENT ADDR=10.0.0.1 LOGIN=root', /^500 /],
  ])('%s', async (_, line, answer) => {
    const stage = await open()
    const client = await stage.greeted()
    expect(await client.ask(line)).toMatch(answer)
    await servesOn(stage)
  })
})

it('CHUNKING is not offered', async () => {
  const stage = await open()
  const client = await stage.client()
  await client.reply()
  expect(await client.ask('EHLO x')).not.toMatch(/CHUNKING|BINARYMIME|XCLIENT|XFORWARD|AUTH|ETRN/)
})

it('10,000 commands in one write do not hold up another client', async () => {
  const stage = await open()
  const flood = await stage.greeted()
  flood.send('NOOP\r\n'.repeat(10_000))
  const other = await stage.greeted()
  expect(await other.ask('NOOP')).toMatch(/^250 /)
  const replies: string[] = []
  for (let reply = ''; !reply.includes('(closed)'); replies.push(reply)) reply = await flood.reply()
  expect(replies.filter(reply => reply.startsWith('250')).length).toBeLessThan(600)
  await servesOn(stage)
})

describe('a half-closed socket', () => {
  // biome-ignore format: a table
  it.each<[string, readonly string[]]>([
    ['after EHLO', []],
    ['after RCPT', ['MAIL FROM:<>', 'RCPT TO:<signed-1@bounces.example>']],
    ['within a message', ['MAIL FROM:<>', 'RCPT TO:<signed-1@bounces.example>', 'DATA']],
  ])('%s is left', async (_, lines) => {
    const stage = await open({ limits: { lingerMs: 100 } })
    const client = await stage.greeted()
    for (const line of lines) await client.ask(line)
    client.socket.end()
    await ended(client)
    expect(stage.taken).toEqual([])
    await servesOn(stage)
  })
})

async function ended(client: RawClient): Promise<void> {
  for (let reply = ''; !reply.includes('(closed)'); ) reply = await client.reply()
}

describe('a PROXY header of version 2', () => {
  const header = (length: number, rest: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
      Buffer.from([0x21, 0x11, length >> 8, length & 0xff]),
      rest,
    ])

  it.each([
    ['of 65,535 bytes', header(65_535, Buffer.alloc(70_000))],
    ['of 65,535 bytes that never come', header(65_535, Buffer.alloc(0))],
    ['of no bytes', header(0, Buffer.alloc(0))],
    ['that is shorter than an address', header(4, Buffer.alloc(4))],
  ])('%s ends the connection', async (_, bytes) => {
    const stage = await open({ trusted: loopback })
    const client = await stage.client()
    client.send(bytes)
    await ended(client)
    await servesOn(stage)
  })

  it('of a stranger is no header', async () => {
    const stage = await open({ trusted: [] })
    const client = await stage.client()
    client.send(header(65_535, Buffer.alloc(2_000)))
    await ended(client)
    expect(stage.taken).toEqual([])
  })
})

it('LMTP takes the same without harm', async () => {
  const stage = await open({ protocol: 'lmtp' })
  const client = await stage.client()
  await client.reply()
  await client.ask('LHLO x')
  for (const line of ['BDAT 5 LAST', 'NO\0OP', '\xff\xfe', 'STARTTLS', 'XCLIENT ADDR=10.0.0.1'])
    expect(await client.ask(line)).toMatch(/^5\d\d /)
  client.send(`MAIL FROM:<> X=${long}\r\n`)
  await ended(client)
  const next = await stage.client()
  await next.reply()
  await next.ask('LHLO x')
  await next.begin('signed-1')
  next.send('x\r\n.\r\n')
  expect(await next.reply()).toMatch(/^250 /)
})
