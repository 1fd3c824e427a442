// Commands that come together: answered in order, and in one write (RFC 2920 §3.2).

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStage } from './stage.ts'

/** Counts what each server-side socket hands to the system. */
function countWrites(): { readonly writes: () => number } {
  let writes = 0
  const watch = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    for (const name of ['_write', '_writev'] as const) {
      const before = socket[name]?.bind(socket) as (...args: unknown[]) => void
      Object.assign(socket, {
        [name]: (...args: unknown[]) => {
          writes += 1
          before(...args)
        },
      })
    }
  }
  subscribe('net.server.socket', watch)
  onTestFinished(() => void unsubscribe('net.server.socket', watch))
  return { writes: () => writes }
}

/** Sends the lines in one segment and reads as many replies; says how many writes those took. */
async function pipelined(lines: readonly string[]): Promise<{ replies: readonly string[]; writes: number }> {
  const { writes } = countWrites()
  const stage = await openStage()
  onTestFinished(stage.close)
  const client = await stage.greeted()
  const before = writes()
  client.send(lines.map(line => `${line}\r\n`).join(''))
  const replies: string[] = []
  for (const _ of lines) replies.push(await client.reply())
  return { replies, writes: writes() - before }
}

const recipient = (local: string): string => `RCPT TO:<${local}@bounces.example>`

describe('commands that come together are answered', () => {
  it('in one write', async () => {
    const { replies, writes } = await pipelined(['MAIL FROM:<>', recipient('signed-1'), 'DATA'])
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(['250', '250', '354'])
    expect(writes).toBe(1)
  })

  it('whatever is refused among them', async () => {
    const lines = ['MAIL FROM:<>', recipient('unknown'), 'NOPE', recipient('signed-1')]
    const { replies } = await pipelined(lines)
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(['250', '550', '500', '250'])
  })

  it('in their order where an address must be looked up', async () => {
    const lines = ['MAIL FROM:<>', recipient('stored-1'), recipient('lookup-fails'), recipient('signed-1')]
    const { replies } = await pipelined(lines)
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(['250', '250', '451', '250'])
  })

  it('by the hundred without holding others up', async () => {
    const lines = ['MAIL FROM:<>', ...Array.from({ length: 150 }, (_, n) => recipient(`signed-${n}`))]
    const { replies, writes } = await pipelined(lines)
    expect(replies.filter(reply => reply.startsWith('250')).length).toBe(101)
    expect(replies.filter(reply => reply.startsWith('452 4.5.3')).length).toBe(50)
    expect(writes).toBe(2)
  })
})
