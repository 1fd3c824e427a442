// Clients that take their time: no trickle of bytes puts off the end. Where the clock is ours, no busy machine is late.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ManualClock, manualClock } from './manual-clock.ts'
import type { RawClient } from './raw-client.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

/** The same with a clock that the test moves. */
async function openWithClock(options: StageOptions): Promise<{ stage: Stage; clock: ManualClock }> {
  const clock = manualClock()
  const stage = await open({ ...options, clock })
  // A drain waits by the clock too.
  onTestFinished(() => clock.pass(3_600_000))
  return { stage, clock }
}

/** Sends a byte every 20 ms until the test is over. */
function drip(client: RawClient, byte: string): void {
  const timer = setInterval(() => client.send(byte), 20)
  onTestFinished(() => clearInterval(timer))
}

describe('a client that', () => {
  it('says nothing is sent away', async () => {
    const { stage, clock } = await openWithClock({ limits: { idleMs: 1000 } })
    const client = await stage.client()
    expect(await client.reply()).toMatch(/^220 /)
    clock.pass(1100)
    expect(await client.reply()).toBe('421 4.4.2 Timeout waiting for a command')
    expect(await client.reply()).toBe('(closed)')
    expect(stage.counted).toContain('deferred idle-timeout')
  })

  it('drips a command that never ends is sent away', async () => {
    const { stage, clock } = await openWithClock({ limits: { idleMs: 1000 } })
    const client = await stage.greeted()
    for (let part = 0; part < 10; part++) {
      client.send('x')
      await stage.settled()
      clock.pass(110)
    }
    expect(await client.reply()).toMatch(/^421 4\.4\.2 /)
  })

  it('drips a message that never ends is sent away, and nothing is recorded', async () => {
    const { stage, clock } = await openWithClock({ limits: { dataMs: 1000 } })
    const client = await stage.greeted()
    await client.begin('signed-1', 'postmaster')
    for (let part = 0; part < 10; part++) {
      client.send('x')
      await stage.settled()
      clock.pass(110)
    }
    expect(await client.reply()).toBe('421 4.4.2 Timeout waiting for the end of the message')
    expect(await client.reply()).toBe('(closed)')
    await eventually(() => stage.mishaps.length === 1, 'intake is told')
    expect(stage.taken).toEqual([])
    expect(stage.kept()).toEqual([])
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
  })

  it('waits for a handler that never reads hears that it is our fault', async () => {
    const stage = await open({ limits: { dataMs: 1000, handlerMs: 1000 } })
    const client = await stage.greeted()
    await client.begin('signed-hangs')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toBe('451 4.3.0 This took us too long, try again later')
  })

  it('is kept waiting by our side after its final dot is not told that it was slow', async () => {
    let hasAll = false
    let record = (): void => {}
    const recorded = new Promise<void>(resolve => {
      record = resolve
    })
    const { stage, clock } = await openWithClock({
      limits: { dataMs: 700, idleMs: 700 },
      ports: {
        receive: async (_, { bytes }) => {
          for await (const _chunk of bytes);
          hasAll = true
          await recorded
          return { kind: 'accepted', recorded: [] }
        },
      },
    })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send('x\r\n.\r\n')
    await eventually(() => hasAll, 'the message is there')
    clock.pass(1000)
    record()
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
  })

  it('keeps a session alive for ever is sent away', async () => {
    const { stage, clock } = await openWithClock({ limits: { sessionMs: 1500 } })
    const client = await stage.greeted()
    let last = ''
    for (let reply = ''; reply !== '(closed)'; reply = await client.ask('NOOP')) {
      last = reply
      clock.pass(200)
    }
    expect(last).toBe('421 4.4.2 This session has lasted long enough, connect again')
  })

  it('is sending when its session ends may finish and gets its answer', async () => {
    const { stage, clock } = await openWithClock({ limits: { sessionMs: 1000 } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send('one\r\n')
    await stage.settled()
    clock.pass(1200)
    client.send('two\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    clock.pass(200)
    expect(await client.reply()).toMatch(/^421 4\.4\.2 /)
    expect(stage.taken.length).toBe(1)
  })

  it('never closes after QUIT is closed', async () => {
    const stage = await open({ limits: { lingerMs: 200 } })
    const client = await stage.greeted()
    client.socket.removeAllListeners('end')
    client.socket.allowHalfOpen = true
    client.send('QUIT\r\n')
    expect(await client.reply()).toMatch(/^221 /)
    drip(client, 'x')
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
  })

  it('never reads its replies does not fill our memory', async () => {
    const ends: Socket[] = []
    const accepted = (message: unknown): void => void ends.push((message as { socket: Socket }).socket)
    subscribe('net.server.socket', accepted)
    onTestFinished(() => void unsubscribe('net.server.socket', accepted))
    const stage = await open({ limits: { maxCommandsWithoutMessage: 1e9, idleMs: 1000, lingerMs: 200 } })
    const client = await stage.greeted()
    client.socket.pause()
    client.send('EHLO x\r\n'.repeat(1_000_000))
    let mostWaiting = 0
    await eventually(() => {
      mostWaiting = Math.max(mostWaiting, ...ends.map(end => end.writableLength))
      return stage.listener.connections() === 0
    }, 'it is gone in the end')
    expect(mostWaiting).toBeGreaterThan(0) // replies wait for it
    expect(mostWaiting).toBeLessThan(1_000_000) // but not all of them
  })
})
