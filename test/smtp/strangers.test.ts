// Strangers at random: bytes, commands and disappearances from a seed. Whatever they do, the next client is served.

import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually, openStage } from './stage.ts'

/** mulberry32: the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

// biome-ignore format: a table
const pieces = [
  'EHLO x\r\n', 'HELO x\r\n', 'MAIL FROM:<>\r\n', 'MAIL FROM:<a@b.example> SIZE=10\r\n', 'RSET\r\n', 'NOOP\r\n', 'QUIT\r\n',
  'RCPT TO:<signed-1@bounces.example>\r\n', 'RCPT TO:<signed-fails@bounces.example>\r\n', 'RCPT TO:<unknown@bounces.example>\r\n',
  'RCPT TO:<postmaster>\r\n', 'RCPT TO:<signed-breaks@bounces.example>\r\n', 'RCPT TO:<lookup-fails@bounces.example>\r\n',
  'RCPT TO:<signed-early@bounces.example>\r\n', 'DATA\r\n', 'DATA\r\n', 'x\r\n.\r\n', '.\r\n', '\r\n.\r\n', '..\r\n', '\n', '\r', '.',
  '\0', '\xff\xfe', '"', '<', '>', ':', ' ', 'STARTTLS\r\n', 'VRFY\r\n', 'x'.repeat(5000), 'Subject: x\r\n\r\n', 'GET / HTTP/1.1\r\n',
]

describe('strangers', () => {
  it.each([1, 2, 3, 4])('of seed %i', async seed => {
    const next = numbers(seed)
    const stage = await openStage({
      limits: { idleMs: 1500, dataMs: 1500, handlerMs: 1000, lingerMs: 100, maxConnectionsPerIp: 1000 },
    })
    onTestFinished(stage.close)
    const visits = Array.from({ length: 100 }, () => ({
      sends: Array.from({ length: 1 + next(30) }, () => pieces[next(pieces.length)] ?? ''),
      waits: next(3) > 0,
      leaves: next(4),
    }))
    await Promise.all(
      visits.map(async ({ sends, waits, leaves }) => {
        const client = await stage.client()
        if (waits) await client.reply()
        for (const bytes of sends) {
          client.send(bytes)
          if (leaves !== 3) await new Promise(resolve => setTimeout(resolve, 2))
        }
        if (leaves === 0) client.reset()
        else if (leaves === 1) client.destroy()
        else if (leaves === 2) client.socket.end()
      }),
    )
    await eventually(() => stage.listener.connections() === 0, 'all are gone')
    const client = await stage.greeted()
    await client.begin('signed-last')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    expect(stage.taken.at(-1)?.envelope.recipients[0]?.raw).toBe('signed-last@bounces.example')
  })
})
