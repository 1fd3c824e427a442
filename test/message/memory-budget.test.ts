// All mails in flight share one budget: what has no room is read to its end, not kept, and said so.

import { describe, expect, it } from 'vitest'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import { readMessage } from '../../src/message/parts.ts'
import { inChunks } from './variants.ts'

const KB = 1024
const MB = 1024 * KB
/** Kept of a mail before its first byte. */
const own = 16 * KB

describe('a budget for all mails in flight', () => {
  it('refuses what has no room, gives back what the refused one had, and has room again when another is done', () => {
    const budget = createMemoryBudget(1 * MB)
    const [one, two] = [budget.open(), budget.open()]
    expect(one.take(600 * KB)).toBe(true)
    expect(two.take(300 * KB)).toBe(true)
    expect(budget.bytes()).toBe(900 * KB + 2 * own)
    expect(two.take(300 * KB)).toBe(false)
    expect([two.isExhausted(), one.isExhausted(), budget.bytes()]).toEqual([true, false, 600 * KB + own])
    expect(two.take(1)).toBe(false)
    one.close()
    one.close()
    two.close()
    expect(budget.bytes()).toBe(0)
    expect(budget.open().take(600 * KB)).toBe(true)
  })

  it('tells new mail to wait while mails under way still have room', () => {
    const budget = createMemoryBudget(1 * MB)
    const mail = budget.open()
    mail.take(700 * KB)
    expect(budget.isTight()).toBe(false)
    expect(mail.take(100 * KB)).toBe(true)
    expect(budget.isTight()).toBe(true)
    mail.close()
    expect(budget.isTight()).toBe(false)
  })
})

const shapes: readonly (readonly [what: string, mail: string])[] = [
  ['a text', `Subject: x\n\n${'words '.repeat(100_000)}`],
  ['a header', `Subject: x\n${'X-Filler: y\n'.repeat(50_000)}\nbody`],
  [
    'headers of parts',
    `Content-Type: multipart/mixed; boundary=b\n\n${`--b\n${'X-Filler: y\n'.repeat(500)}\nbody\n`.repeat(90)}`,
  ],
  [
    'bodies of parts',
    `Content-Type: multipart/mixed; boundary=b\n\n${`--b\n\n${'words\n'.repeat(1000)}\n`.repeat(90)}`,
  ],
]

describe.each(shapes)('%s', (_, mail) => {
  const bytes = Buffer.from(mail)

  it('is kept within the limit of a mail, and counted', async () => {
    const budget = createMemoryBudget(100 * MB)
    const memory = budget.open()
    const message = await readMessage(inChunks(bytes, 65_536), { memory })
    expect(message.problems.map(({ code }) => code)).not.toContain('not-kept')
    expect(budget.bytes()).toBeGreaterThan(100 * KB)
    // Bytes and what is decoded of them, at two bytes a character.
    expect(budget.bytes()).toBeLessThan(3 * MB + 200 * KB)
  })

  it('is read to its last byte and not kept where there is no room', async () => {
    const budget = createMemoryBudget(own + 100 * KB)
    const memory = budget.open()
    const message = await readMessage(inChunks(bytes, 10_000), { memory })
    expect(message).toEqual({ header: [], parts: [], bytes: bytes.length, problems: [{ code: 'not-kept' }] })
    expect([memory.isExhausted(), budget.bytes()]).toEqual([true, 0])
  })
})
