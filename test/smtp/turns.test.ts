// Big mails are read a few at a time; a small one does not wait for them, and who is cut off keeps no turn.

import { describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import type { Incoming } from '../../src/model/envelope.ts'
import { manualClock } from './manual-clock.ts'
import type { RawClient } from './raw-client.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

const big = 'x'.repeat(600_000)

/** A stage whose reader stops at each chunk of a mail beyond 64 KB until it is let go. */
async function open(
  options: StageOptions = {},
): Promise<{ stage: Stage; held: (() => void)[]; release: () => void }> {
  const held: (() => void)[] = []
  let isOpen = false
  const stage = await openStage({
    ...options,
    ports: {
      receive: async (_, { bytes }) => {
        let read = 0
        for await (const chunk of bytes) {
          read += chunk.length
          if (read > 64 * 1024 && !isOpen) await new Promise<void>(resolve => held.push(resolve))
        }
        return { kind: 'accepted', recorded: [] }
      },
    },
  })
  onTestFinished(stage.close)
  const release = (): void => {
    isOpen = true
    for (const resolve of held) resolve()
  }
  onTestFinished(release)
  return { stage, held, release }
}

async function begun(stage: Stage, body: string): Promise<RawClient> {
  const client = await stage.greeted()
  await client.begin('signed-1')
  client.send(`${body}\r\n.\r\n`)
  return client
}

describe('of big mails', () => {
  it('four are read at a time, small ones beside them, the others when their turn comes', async () => {
    const { stage, held, release } = await open()
    const clients = []
    for (let n = 0; n < 6; n++) clients.push(await begun(stage, big))
    await eventually(() => held.length === 4, 'four are being read')
    const small = await begun(stage, 'x')
    expect(await small.reply()).toMatch(/^250 /)
    expect(held.length).toBe(4)
    release()
    for (const client of clients) expect(await client.reply()).toMatch(/^250 /)
  })

  it('four are judged at a time, until the reader says that it is done', async () => {
    const read: Incoming[] = []
    const stage = await openStage({
      ports: {
        receive: async (_, incoming) => {
          for await (const _chunk of incoming.bytes);
          read.push(incoming)
          await new Promise<void>(resolve => commits.push(resolve))
          return { kind: 'accepted', recorded: [] }
        },
      },
    })
    const commits: (() => void)[] = []
    onTestFinished(stage.close)
    const clients = []
    for (let n = 0; n < 5; n++) clients.push(await begun(stage, big))
    await eventually(() => read.length === 4, 'four are read to their end')
    read[0]?.done?.()
    await eventually(() => read.length === 5, 'the fifth is')
    for (const commit of commits) commit()
    for (const client of clients) expect(await client.reply()).toMatch(/^250 /)
  })

  it('the buffers are counted once they are big', async () => {
    const memory = createMemoryBudget(1e9)
    const seen: number[] = []
    const stage = await openStage({
      ports: {
        memory,
        receive: async (_, { bytes }) => {
          for await (const _chunk of bytes);
          seen.push(memory.bytes())
          return { kind: 'accepted', recorded: [] }
        },
      },
    })
    onTestFinished(stage.close)
    for (const body of ['x', big]) expect(await (await begun(stage, body)).reply()).toMatch(/^250 /)
    const [small = 0, large = 0] = seen
    expect(large - small).toBe(80 * 1024)
    expect(memory.bytes()).toBe(0)
  })

  it('one that is cut off leaves its turn to the next', async () => {
    const clock = manualClock()
    const { stage, held, release } = await open({ clock, limits: { dataBytesPerSecond: 1e9 } })
    for (let n = 0; n < 4; n++) await begun(stage, big)
    await eventually(() => held.length === 4, 'four are being read')
    clock.pass(100_000)
    const fifth = await begun(stage, big)
    clock.pass(100_000)
    await eventually(() => held.length === 5, 'the fifth is being read')
    release()
    expect(await fifth.reply()).toMatch(/^250 /)
  })
})
