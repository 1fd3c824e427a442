// Clients that are suddenly gone: nothing is recorded, nothing crashes, nothing is left behind.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

describe.each(['reset', 'destroy', 'end'] as const)('a client that goes by %s', how => {
  const leave = (client: Awaited<ReturnType<Stage['client']>>): void => {
    if (how === 'end') client.socket.end()
    else client[how]()
  }

  it('before the greeting', async () => {
    const stage = await open()
    const client = await stage.client()
    leave(client)
    await eventually(() => stage.counted.includes('disconnected false'), 'it is gone')
    expect(stage.listener.connections()).toBe(0)
  })

  it('in the middle of DATA', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1', 'postmaster')
    client.send(`Subject: half a report\r\n\r\n${'x'.repeat(100_000)}`)
    await eventually(
      async () => (await readdir(join(stage.mailDirectory, 'tmp'))).length === 1,
      'half a file',
    )
    leave(client)
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
    await eventually(() => stage.mishaps.length === 1, 'intake is told')
    expect(stage.taken).toEqual([])
    expect(await stage.kept()).toEqual([])
    await eventually(
      async () => (await readdir(join(stage.mailDirectory, 'tmp'))).length === 0,
      'no half file',
    )
    const other = await stage.greeted()
    expect(await other.ask('NOOP')).toMatch(/^250 /)
  })

  it('just before the final dot is complete', async () => {
    const stage = await open()
    for (const almost of ['x\r\n.', 'x\r\n.\r', 'x\r\n', '.\r', '.']) {
      const client = await stage.greeted()
      await client.begin('signed-1')
      client.send(almost)
      await new Promise(resolve => setTimeout(resolve, 20))
      leave(client)
    }
    await eventually(() => stage.mishaps.length === 5, 'intake is told each time')
    expect(stage.taken).toEqual([])
  })

  it('while our side is not even reading', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-hangs')
    client.send('x\r\n')
    await new Promise(resolve => setTimeout(resolve, 20))
    leave(client)
    await eventually(
      () => stage.logged.some(({ message }) => message === 'broke off'),
      'the transaction ends',
    )
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
  })

  it('while a recipient is being looked up, or the message committed', async () => {
    const stage = await open({ limits: { handlerMs: 100 } })
    const one = await stage.greeted()
    await one.ask('MAIL FROM:<>')
    one.send('RCPT TO:<lookup-hangs@bounces.example>\r\n')
    const other = await stage.greeted()
    await other.begin('signed-never')
    other.send('x\r\n.\r\n')
    await new Promise(resolve => setTimeout(resolve, 20))
    leave(one)
    leave(other)
    await eventually(() => stage.listener.connections() === 0, 'both are gone')
    await eventually(
      () => stage.logged.filter(({ level }) => level === 'error').length === 2,
      'both are given up',
    )
  })

  it('after the final dot, before the answer: the message is ours', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-late')
    client.send('x\r\n.\r\n')
    await new Promise(resolve => setTimeout(resolve, 50))
    leave(client)
    await eventually(() => stage.taken.length === 1, 'it is recorded')
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
  })
})
