// Stopping: no new mail, what is on its way is answered, everybody is told, and there is an end.

import { describe, expect, it, onTestFinished } from 'vitest'
import { within } from '../patience.ts'
import { RawClient } from './raw-client.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

const goodbye = '421 4.3.2 Shutting down, try again in a moment'

describe('drain', () => {
  it('tells the idle and closes', async () => {
    const stage = await open()
    const greeted = await stage.greeted()
    const between = await stage.greeted()
    await between.ask('MAIL FROM:<>')
    await between.ask('RCPT TO:<signed-1@bounces.example>')
    const fresh = await stage.client() // its greeting is still to come
    await eventually(() => stage.listener.connections() === 3, 'all are in')
    const drained = stage.listener.drain(within(5000))
    for (const client of [fresh, greeted, between]) {
      expect(await client.reply()).toBe(goodbye)
      expect(await client.reply()).toBe('(closed)')
    }
    await drained
    expect(stage.listener.connections()).toBe(0)
    await expect(RawClient.open(stage.port)).rejects.toThrow('ECONNREFUSED')
  })

  it('lets a message finish and answers it', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1', 'postmaster')
    client.send('one\r\n')
    const drained = stage.listener.drain(within(5000))
    client.send('two\r\n.\r\nMAIL FROM:<>\r\n')
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    expect(await client.reply()).toBe(goodbye)
    expect(await client.reply()).toBe('(closed)')
    await drained
    expect(stage.taken.map(({ bytes }) => bytes.toString())).toEqual(['one\r\ntwo\r\n'])
    expect(stage.kept().length).toBe(1)
  })

  it('waits for the commit of a message that is all here', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-late')
    client.send('x\r\n.\r\n')
    await stage.settled()
    const drained = stage.listener.drain(within(5000))
    stage.commit()
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    expect(await client.reply()).toBe(goodbye)
    await drained
  })

  it('waits for the commit of a message whose sender has gone', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-late')
    client.send('x\r\n.\r\n')
    await stage.settled()
    client.reset()
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
    const drained = stage.listener.drain(within(5000))
    expect(stage.taken).toEqual([])
    stage.commit()
    await drained
    expect(stage.taken.length).toBe(1)
  })

  it('does not wait for ever for our own side', async () => {
    const stage = await open({ limits: { lingerMs: 200 } })
    const client = await stage.greeted()
    await client.begin('signed-never')
    client.send('x\r\n.\r\n')
    await stage.settled()
    await stage.listener.drain(100)
    expect(await client.reply()).toBe(goodbye)
    expect(stage.listener.connections()).toBe(0)
  })

  it('answers a RCPT that is being looked up with 421', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    client.send('RCPT TO:<lookup-hangs@bounces.example>\r\nDATA\r\n')
    await stage.settled()
    const drained = stage.listener.drain(within(5000))
    expect(await client.reply()).toBe(goodbye)
    expect(await client.reply()).toBe('(closed)')
    await drained
  })

  it('cuts what is left at the deadline, records nothing of it and keeps nothing', async () => {
    const stage = await open()
    const slow = await stage.greeted()
    await slow.begin('signed-1', 'postmaster')
    slow.send('x'.repeat(100_000))
    const stuck = await stage.greeted()
    await stuck.begin('signed-never')
    stuck.send('x\r\n.\r\n')
    await stage.settled()
    await stage.listener.drain(200)
    expect(await slow.reply()).toBe(goodbye)
    expect(await stuck.reply()).toBe(goodbye)
    expect(stage.listener.connections()).toBe(0)
    expect(stage.taken).toEqual([])
    expect(stage.kept()).toEqual([])
  })

  it('is not held up by a client that does not close', async () => {
    const stage = await open({ limits: { lingerMs: 200 } })
    const client = await stage.greeted()
    client.socket.removeAllListeners('end')
    client.socket.allowHalfOpen = true
    client.socket.pause()
    await stage.listener.drain(60_000)
    expect(stage.listener.connections()).toBe(0)
  })

  it('may be asked twice, and of a listener that never started', async () => {
    const stage = await open()
    await Promise.all([stage.listener.drain(1000), stage.listener.drain(1000)])
    await stage.listener.drain(1000)
    expect(stage.listener.connections()).toBe(0)
  })
})
