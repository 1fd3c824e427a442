// How long we wait for a client: in calm, under stress, and for one that keeps bringing mail. The clock is ours.

import { describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import type { RawClient } from './raw-client.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

const second = 1000

async function open(options: StageOptions = {}): Promise<{ stage: Stage; clock: ManualClock }> {
  const clock = manualClock()
  const stage = await openStage({ ...options, clock })
  onTestFinished(stage.close)
  // A drain waits by the clock too.
  onTestFinished(() => clock.pass(60 * 60 * second))
  return { stage, clock }
}

/** Is the session still open? */
async function isAlive(client: RawClient): Promise<boolean> {
  return (await client.ask('NOOP')).startsWith('250')
}

/** Two of two connections: more than 80 %. */
const stressed = { maxConnections: 2 }

describe('between commands a client has', () => {
  it('300 seconds', async () => {
    const { stage, clock } = await open()
    const client = await stage.greeted()
    clock.pass(299 * second)
    expect(await isAlive(client)).toBe(true)
    clock.pass(301 * second)
    expect(await client.reply()).toBe('421 4.4.2 Timeout waiting for a command')
  })

  it('10 seconds under stress, counted from its last command', async () => {
    const { stage, clock } = await open({ limits: stressed })
    const first = await stage.greeted()
    clock.pass(9 * second)
    const second_ = await stage.greeted()
    clock.pass(2 * second)
    expect(await first.reply()).toMatch(/^421 4\.4\.2 /)
    expect(await isAlive(second_)).toBe(true)
  })
})

describe('a message may take', () => {
  const begun = async (
    options: StageOptions,
  ): Promise<{ stage: Stage; clock: ManualClock; client: RawClient }> => {
    const { stage, clock } = await open(options)
    const client = await stage.greeted()
    await client.begin('signed-1')
    return { stage, clock, client }
  }
  const finish = async (client: RawClient): Promise<string> => {
    client.send('\r\n.\r\n')
    return await client.reply()
  }
  /** Sends so many bytes and waits until they were read. */
  const send = async (stage: Stage, client: RawClient, bytes: number): Promise<void> => {
    const before = stage.arrived()
    client.send('x'.repeat(bytes))
    // The library holds back the last four bytes.
    await eventually(() => stage.arrived() >= before + bytes - 4, 'the bytes arrive')
  }

  it('180 seconds, and one more for each 500 bytes', async () => {
    const { stage, clock, client } = await begun({})
    await send(stage, client, 50_004)
    clock.pass(279 * second)
    expect(await finish(client)).toMatch(/^250 /)
  })

  it('no longer than that', async () => {
    const { stage, clock, client } = await begun({})
    await send(stage, client, 50_004)
    clock.pass(281 * second)
    expect(await client.reply()).toBe('421 4.4.2 Timeout waiting for the end of the message')
    expect(stage.taken).toEqual([])
    expect(stage.counted).toContain('deferred data-timeout')
  })

  it('30 seconds and the same under stress', async () => {
    const { clock, client } = await begun({ limits: { maxConnections: 1 } })
    clock.pass(29 * second)
    expect(await finish(client)).toMatch(/^250 /)
    await client.begin('signed-2')
    clock.pass(31 * second)
    expect(await client.reply()).toMatch(/^421 4\.4\.2 /)
  })
})

describe('a session', () => {
  it('ends an hour after its last message', async () => {
    const { stage, clock } = await open({ limits: { idleMs: 10 * 60 * 60 * second } })
    const client = await stage.greeted()
    clock.pass(3599 * second)
    await client.begin('signed-1')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 /)
    clock.pass(3599 * second)
    expect(await isAlive(client)).toBe(true)
    clock.pass(2 * second)
    expect(await client.reply()).toMatch(/^421 4\.4\.2 This session has lasted long enough/)
  })

  it('is not kept alive by empty messages', async () => {
    const { stage, clock } = await open({ limits: { idleMs: 10 * 60 * 60 * second } })
    const client = await stage.greeted()
    clock.pass(3599 * second)
    await client.begin('signed-1')
    client.send('.\r\n')
    expect(await client.reply()).toMatch(/^250 /)
    clock.pass(2 * second)
    expect(await client.reply()).toMatch(/^421 /)
  })

  it('loses no time to our own work', async () => {
    const { stage, clock } = await open({ limits: { handlerMs: 60 * second, idleMs: second } })
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    client.send('RCPT TO:<lookup-hangs@bounces.example>\r\n')
    await eventually(() => stage.asked('lookup-hangs'), 'the recipient is looked up')
    clock.pass(61 * second)
    expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
    expect(await isAlive(client)).toBe(true)
  })
})

it('when all places are taken, the network that holds most loses its longest idle', async () => {
  const { stage, clock } = await open({ limits: { maxConnections: 2 }, trusted: [] })
  const [oldest, busy] = [await stage.greeted(), await stage.greeted()]
  await busy.begin('signed-1')
  clock.pass(second)
  // Another network than ours: as a front server says.
  const newcomer = await stage.from('192.0.2.7')
  expect(await newcomer.reply()).toMatch(/^220 /)
  expect(await oldest.reply()).toMatch(/^421 4\.3\.2 All places are taken/)
  expect(stage.counted).toContain('deferred evicted')
  busy.send('x\r\n.\r\n')
  expect(await busy.reply()).toMatch(/^250 /)
})

describe('while memory is short', () => {
  it('new mail is refused at MAIL and RCPT, and mail under way after its end', async () => {
    let isTight = false
    const { stage } = await open({
      ports: {
        memory: { isTight: () => isTight, open: createMemoryBudget(1e9).open },
        receive: async (_, { bytes }) => {
          for await (const _chunk of bytes);
          return { kind: 'deferred', reason: 'no-memory' }
        },
      },
    })
    const [under, named] = [await stage.greeted(), await stage.greeted()]
    await under.begin('signed-1')
    await named.ask('MAIL FROM:<>')
    isTight = true
    expect(await named.ask('RCPT TO:<signed-1@bounces.example>')).toBe(
      '452 4.3.1 Too much mail at once, try again later',
    )
    expect(await (await stage.greeted()).ask('MAIL FROM:<>')).toMatch(/^452 4\.3\.1 /)
    under.send('x\r\n.\r\n')
    expect(await under.reply()).toBe('451 4.3.1 Too much mail at once, try again later')
    expect(stage.counted.filter(call => /^deferred (message-)?no-memory$/.test(call)).length).toBe(3)
  })
})

it('a message for whose buffers there is no room is read, not kept, and deferred', async () => {
  const { stage } = await open({
    ports: { memory: { isTight: () => false, open: createMemoryBudget(32 * 1024).open } },
  })
  const client = await stage.greeted()
  await client.begin('signed-1', 'postmaster')
  client.send('x\r\n.\r\n')
  expect(await client.reply()).toMatch(/^451 4\.3\.1 /)
  expect(stage.taken).toEqual([])
  expect(stage.kept()).toEqual([])
})

it('an answer names the message as the log does', async () => {
  const { stage } = await open()
  const client = await stage.greeted()
  const names: (string | undefined)[] = []
  for (let count = 0; count < 2; count += 1) {
    await client.begin('signed-1')
    client.send('x\r\n.\r\n')
    names.push(/ as (\S+)$/.exec(await client.reply())?.[1])
  }
  const logged = stage.logged.filter(({ message }) => message === 'message answered')
  expect(logged.map(({ fields }) => fields.id)).toEqual(names)
  expect(new Set(names).size).toBe(2)
  expect(names[0]).toBe(`${logged[0]?.fields.session}.1`)
})

it('a refusal is logged with its session, sender, recipient and HELO', async () => {
  const { stage } = await open()
  const client = await stage.greeted()
  await client.ask('MAIL FROM:<ana@client.example>')
  await client.ask('RCPT TO:<unknown@bounces.example>')
  expect(stage.logged.find(({ message }) => message === 'refused')?.fields).toMatchObject({
    ip: '127.0.0.1',
    helo: 'client.example',
    sender: 'ana@client.example',
    recipient: 'unknown@bounces.example',
    reason: 'unknown',
    reply: 550,
  })
})
