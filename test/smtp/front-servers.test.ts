// Who may say for whom it speaks: PROXY, XCLIENT and XFORWARD are heard from trusted networks and from nobody else.

import { describe, expect, it, onTestFinished } from 'vitest'
import { parseNetwork } from '../../src/model/network.ts'
import { type ProxyHeader, readProxyHeader } from '../../src/smtp/proxy-header.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

const loopback = [parseNetwork('127.0.0.0/8')].filter(network => network !== null)

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

const signature = '\r\n\r\n\0\r\nQUIT\n'
/** PROXY version 2 over IPv4. */
const binary = (command: number, octets: readonly number[], extra = ''): Buffer =>
  Buffer.concat([
    Buffer.from(signature, 'latin1'),
    Buffer.from([0x20 | command, 0x11, 0, 12 + extra.length, ...octets, 127, 0, 0, 1, 0, 99, 0, 25]),
    Buffer.from(extra),
  ])
const binary6 = Buffer.concat([
  Buffer.from(signature, 'latin1'),
  Buffer.from([
    0x21,
    0x21,
    0,
    36,
    0x20,
    1,
    0xd,
    0xb8,
    ...Array(11).fill(0),
    7,
    ...Array(16).fill(0),
    0,
    99,
    0,
    25,
  ]),
])

describe('a PROXY header', () => {
  const check = (bytes: string | Buffer, expected: Partial<ProxyHeader>): void =>
    expect(readProxyHeader(Buffer.from(bytes as string))).toMatchObject(expected)
  const line = 'PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n'
  it.each<[string, string | Buffer, Partial<ProxyHeader>]>([
    ['of version 1', line, { kind: 'header', bytes: line.length, client: '192.0.2.7' }],
    [
      'of version 1 for IPv6',
      'PROXY TCP6 2001:db8::7 ::1 99 25\r\n',
      { kind: 'header', client: '2001:db8::7' },
    ],
    ['that knows nobody', 'PROXY UNKNOWN\r\n', { kind: 'header', client: null }],
    ['and what follows', `${line}EHLO x\r\n`, { kind: 'header', bytes: line.length }],
    ['half of it', line.slice(0, 20), { kind: 'incomplete' }],
    ['the first letter', 'P', { kind: 'incomplete' }],
    ['nothing', '', { kind: 'incomplete' }],
    ['without an end', `PROXY TCP4 ${'1'.repeat(200)}`, { kind: 'broken' }],
    ['with a name', 'PROXY TCP4 mail.example 127.0.0.1 99 25\r\n', { kind: 'broken' }],
    ['of the wrong family', 'PROXY TCP4 ::1 127.0.0.1 99 25\r\n', { kind: 'broken' }],
    ['of version 2', binary(1, [192, 0, 2, 7]), { kind: 'header', bytes: 28, client: '192.0.2.7' }],
    [
      'of version 2 with extensions',
      binary(1, [192, 0, 2, 7], 'abc'),
      { kind: 'header', bytes: 31, client: '192.0.2.7' },
    ],
    ['of version 2 for IPv6', binary6, { kind: 'header', client: '2001:db8::7' }],
    ['of a health check', binary(0, [192, 0, 2, 7]), { kind: 'header', client: null }],
    ['of version 2, half', binary(1, [192, 0, 2, 7]).subarray(0, 20), { kind: 'incomplete' }],
    ['of an unknown command', binary(5, [192, 0, 2, 7]), { kind: 'broken' }],
    ['that is EHLO', 'EHLO x\r\n', { kind: 'absent' }],
    ['that is a word', 'PROXIMA\r\n', { kind: 'absent' }],
  ])('%s', (_, bytes, expected) => check(bytes, expected))
})

/** One message behind what is sent before the greeting; whom it is taken from. */
async function clientOf(stage: Stage, before: string | Buffer, ...commands: string[]): Promise<string> {
  const client = await stage.client()
  client.send(before)
  expect(await client.reply()).toMatch(/^220 /)
  await client.ask('EHLO front.example')
  for (const command of commands) expect(await client.ask(command)).toMatch(/^2/)
  if (commands.some(command => command.startsWith('XCLIENT'))) await client.ask('EHLO behind.example')
  await client.begin('signed-1')
  client.send('x\r\n.\r\n')
  expect(await client.reply()).toMatch(/^250 /)
  return stage.taken.at(-1)?.envelope.client.ip ?? ''
}

describe('a trusted front server', () => {
  it.each([
    ['PROXY v1', 'PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n', []],
    ['PROXY v2', binary(1, [192, 0, 2, 7]), []],
    ['XCLIENT', '', ['XCLIENT ADDR=192.0.2.7 NAME=mail.example']],
    ['XFORWARD', '', ['XFORWARD ADDR=192.0.2.7 NAME=mail.example']],
  ])('is heard: %s', async (_, before, commands) => {
    const stage = await open({ trusted: loopback })
    expect(await clientOf(stage, before, ...commands)).toBe('192.0.2.7')
  })

  it('may speak for itself', async () => {
    const stage = await open({ trusted: loopback })
    expect(await clientOf(stage, '')).toBe('127.0.0.1')
  })

  it('is offered XCLIENT and XFORWARD, and not twice', async () => {
    const stage = await open({ trusted: loopback })
    const client = await stage.client()
    await client.reply()
    const offer = await client.ask('EHLO x')
    expect(offer).toMatch(/XCLIENT/)
    expect(offer).toMatch(/XFORWARD/)
    expect(await client.ask('XCLIENT ADDR=192.0.2.7')).toMatch(/^220 /)
    expect(await client.ask('EHLO x')).not.toMatch(/XCLIENT/)
    expect(await client.ask('XCLIENT ADDR=192.0.2.8')).toBe('550 5.7.1 Not allowed')
  })

  it('that sends a broken header is cut off, and so is what talks too soon', async () => {
    const stage = await open({ trusted: loopback })
    const broken = await stage.client()
    broken.send('PROXY TCP4 nobody\r\n')
    expect(await broken.reply()).toBe('(closed)')
    const hasty = await stage.client()
    hasty.send('EHLO x\r\n')
    expect(await hasty.reply()).toMatch(/^421 4\.5\.1 /)
  })

  it('is exempt from limits, those behind it are not', async () => {
    const stage = await open({ trusted: loopback, limits: { maxConnectionsPerIp: 1 } })
    for (let count = 0; count < 3; count += 1) expect(await (await stage.client()).reply()).toMatch(/^220 /)
    const header = 'PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n'
    const [first, second] = [await stage.client(), await stage.client()]
    first.send(header)
    expect(await first.reply()).toMatch(/^220 /)
    second.send(header)
    expect(await second.reply()).toMatch(/^421 4\.7\.0 /)
    expect(stage.counted).toContain('deferred too-many-per-ip')
  })
})

describe('a stranger', () => {
  it('is not offered to speak for others, and may not', async () => {
    const stage = await open()
    const client = await stage.greeted()
    expect(await client.ask('EHLO x')).not.toMatch(/XCLIENT|XFORWARD/)
    for (const command of ['XCLIENT ADDR=192.0.2.7', 'XFORWARD ADDR=192.0.2.7'])
      expect(await client.ask(command)).toBe('500 5.5.2 Command not recognized')
    await client.begin('signed-1')
    client.send('x\r\n.\r\n')
    await client.reply()
    expect(stage.taken[0]?.envelope.client.ip).toBe('127.0.0.1')
  })

  it('that sends a PROXY header talks too soon', async () => {
    const stage = await open()
    const client = await stage.client()
    client.send('PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n')
    expect(await client.reply()).toMatch(/^421 4\.5\.1 /)
  })

  it('behind a trusted front server may not either', async () => {
    const stage = await open({ trusted: loopback })
    const client = await stage.client()
    client.send('PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n')
    await client.reply()
    await client.ask('EHLO x')
    expect(await client.ask('XCLIENT ADDR=198.51.100.1')).toBe('500 5.5.2 Command not recognized')
  })
})
