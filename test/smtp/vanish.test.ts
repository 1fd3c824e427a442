// Clients that are suddenly gone: nothing is recorded, nothing crashes, nothing is left behind.

import { describe, expect, it, onTestFinished } from 'vitest'
import { hasOpenssl, makeCertificate, openCertificateFolder } from './certificate-files.ts'
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
    await eventually(() => stage.arrived() > 0, 'the first of it is read')
    leave(client)
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
    await eventually(() => stage.mishaps.length === 1, 'intake is told')
    expect(stage.taken).toEqual([])
    expect(stage.kept()).toEqual([])
    const other = await stage.greeted()
    expect(await other.ask('NOOP')).toMatch(/^250 /)
  })

  it('just before the final dot is complete', async () => {
    const stage = await open()
    for (const almost of ['x\r\n.', 'x\r\n.\r', 'x\r\n', '.\r', '.']) {
      const client = await stage.greeted()
      await client.begin('signed-1')
      client.send(almost)
      await stage.settled()
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
    await stage.settled()
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
    await stage.settled()
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
    await stage.settled()
    leave(client)
    // Who closed only its own half may still want to hear the answer.
    if (how === 'reset') await eventually(() => stage.listener.connections() === 0, 'it is gone')
    expect(stage.taken).toEqual([])
    stage.commit()
    await eventually(() => stage.taken.length === 1, 'it is recorded')
    await eventually(() => stage.listener.connections() === 0, 'it is gone')
  })
})

// Exim since 4.95 sends QUIT together with the final dot, and closes its half at once.
describe.each(hasOpenssl ? (['in cleartext', 'over TLS'] as const) : (['in cleartext'] as const))(
  'a client that closes its half %s',
  how => {
    const greeted = async (stage: Stage): Promise<Awaited<ReturnType<Stage['client']>>> => {
      const client = await stage.greeted()
      if (how === 'in cleartext') return client
      expect(await client.ask('STARTTLS')).toMatch(/^220 /)
      await client.secure({ allowHalfOpen: true })
      expect(await client.ask('EHLO client.example')).toMatch(/^250/)
      return client
    }
    const openSecure = async (): Promise<Stage> => {
      if (how === 'in cleartext') return await open()
      const { folder, remove } = openCertificateFolder()
      onTestFinished(remove)
      return await open({ tls: makeCertificate(folder, 'mx') })
    }

    it('behind the final dot and QUIT hears both answers', async () => {
      const stage = await openSecure()
      const client = await greeted(stage)
      await client.begin('signed-late')
      client.socket.end('x\r\n.\r\nQUIT\r\n')
      await stage.settled()
      stage.commit()
      expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
      expect(await client.reply()).toMatch(/^221 /)
      await eventually(() => stage.listener.connections() === 0, 'it is gone')
      expect(stage.taken).toHaveLength(1)
    })

    it('behind the final dot alone hears the answer, and is let go', async () => {
      const stage = await openSecure()
      const client = await greeted(stage)
      await client.begin('signed-1')
      client.socket.end('x\r\n.\r\n')
      expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
      await eventually(() => stage.listener.connections() === 0, 'it is gone')
    })
  },
)
