// Size: declared, undeclared, far past the limit; lines of dots; one endless line; every place where a segment may end.

import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

const maxMessageBytes = 100_000

describe('size', () => {
  it('declared at MAIL is refused there', async () => {
    const stage = await open({ limits: { maxMessageBytes } })
    const client = await stage.greeted()
    expect(await client.ask(`MAIL FROM:<> SIZE=${maxMessageBytes + 1}`)).toBe('552 5.3.4 Message is too big')
    expect(await client.ask(`MAIL FROM:<> SIZE=${maxMessageBytes}`)).toMatch(/^250 /)
  })

  it('undeclared, exactly the limit, is taken', async () => {
    const stage = await open({ limits: { maxMessageBytes } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${'x'.repeat(maxMessageBytes - 2)}\r\n.\r\n`)
    expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
    expect(stage.counted).toContain(`messageBytes ${maxMessageBytes}`)
    expect(await client.ask('NOOP')).toBe('250 2.0.0 Ok')
  })

  it.each([
    ['declared smaller than it is', 'MAIL FROM:<> SIZE=1000', 1000],
    ['not declared, by one byte', 'MAIL FROM:<>', 1],
    ['not declared, by far', 'MAIL FROM:<>', 10 * maxMessageBytes],
  ])('past the limit, %s, ends the connection there, with the reason', async (_, mail, beyond) => {
    const stage = await open({ limits: { maxMessageBytes } })
    const client = await stage.greeted()
    await client.ask(mail)
    await client.ask('RCPT TO:<signed-1@bounces.example>')
    await client.ask('DATA')
    client.send(`${'x'.repeat(maxMessageBytes + beyond - 2)}\r\n.\r\n`)
    expect(await client.reply()).toBe('552 5.3.4 Message is too big')
    expect(await client.reply()).toBe('(closed)')
    expect(stage.taken).toEqual([])
    expect(stage.arrived()).toBeLessThanOrEqual(maxMessageBytes)
    await eventually(() => stage.listener.connections() === 0, 'the end of the connection')
    expect(stage.counted.filter(call => call === 'rejected too-big').length).toBe(1)
  })

  it('is refused even when intake takes no notice', async () => {
    const stage = await open({
      limits: { maxMessageBytes },
      ports: { receive: async () => ({ kind: 'accepted', recorded: [] }) },
    })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${'x'.repeat(maxMessageBytes)}\r\n.\r\n`)
    expect(await client.reply()).toMatch(/^552 5\.3\.4 /)
  })
})

describe('lines of dots', () => {
  it('are borne in moderation', async () => {
    const stage = await open({ limits: { maxDotLines: 1000 } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${'..\r\n'.repeat(900)}.\r\n`)
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken[0]?.bytes.toString()).toBe('.\r\n'.repeat(900))
  })

  it('are borne in a big message that is mostly something else', async () => {
    const stage = await open({ limits: { maxDotLines: 10 } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${`${'x'.repeat(998)}\r\n..\r\n`.repeat(2000)}.\r\n`)
    expect(await client.reply()).toMatch(/^250 /)
  })

  it('are cut off when they are all there is', async () => {
    const stage = await open({ limits: { maxDotLines: 1000 } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send('..\r\n'.repeat(20_000))
    expect(await client.reply()).toMatch(/^552 5\.3\.4 /)
    expect(await client.reply()).toBe('(closed)')
    expect(stage.taken).toEqual([])
  })
})

describe('a message', () => {
  it('of one line of 10 MB passes', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${'x'.repeat(10_000_000)}\r\n.\r\n`)
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken[0]?.bytes.length).toBe(10_000_002)
  })

  it('of 10 MB of line feeds passes', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send(`${'\n'.repeat(10_000_000)}\r\n.\r\n`)
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken[0]?.bytes.length).toBe(10_000_002)
  })

  it('is the same wherever the network cuts it in two', async () => {
    const stage = await open({ limits: { maxConnectionsPerIp: 200 } })
    const wire = '..a\r\n.\n..\r\n..\r\n\r.\r\n\n.\r\r\n.\r\n'
    const content = '.a\r\n.\n.\r\n.\r\n\r.\r\n\n.\r\r\n'
    const cuts = Array.from({ length: wire.length - 1 }, (_, index) => index + 1)
    await Promise.all(
      cuts.map(async cut => {
        const client = await stage.greeted()
        await client.begin(`signed-${cut}`)
        client.send(wire.slice(0, cut))
        await new Promise(resolve => setTimeout(resolve, 20))
        client.send(`${wire.slice(cut)}VRFY x\r\n`)
        expect(await client.reply()).toMatch(/^250 /)
        expect(await client.reply()).toMatch(/^252 /)
      }),
    )
    expect(new Set(stage.taken.map(({ bytes }) => bytes.toString()))).toEqual(new Set([content]))
    expect(stage.taken.length).toBe(cuts.length)
  })

  it('is the same in segments of one byte', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.begin('signed-1')
    for (const byte of 'Subject: x\r\n\r\n..\r\n.\n\r\n.\r\n') {
      client.send(byte)
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    expect(await client.reply()).toMatch(/^250 /)
    expect(stage.taken[0]?.bytes.toString()).toBe('Subject: x\r\n\r\n.\r\n.\n\r\n')
  })
})
