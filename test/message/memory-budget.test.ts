// All mails in flight share one budget: what has no room is read to its end, not kept, and said so.

import { describe, expect, it } from 'vitest'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import { readMessage } from '../../src/message/parts.ts'
import { inChunks } from './variants.ts'

const KB = 1024
const MB = 1024 * KB
/** Kept of a mail before its first byte. */
const own = 16 * KB
const ip = '192.0.2.1'

describe('a budget for all mails in flight', () => {
  it('refuses what has no room, gives back what the refused one had, and has room again when another is done', () => {
    const budget = createMemoryBudget(1 * MB)
    const [one, two] = [budget.open(ip), budget.open(ip)]
    expect(one.take(600 * KB)).toBe(true)
    expect(two.take(250 * KB)).toBe(true)
    expect(budget.bytes()).toBe(850 * KB + 2 * own)
    expect(two.take(300 * KB)).toBe(false)
    expect([two.isExhausted(), one.isExhausted(), budget.bytes()]).toEqual([true, false, 600 * KB + 2 * own])
    expect(two.take(1)).toBe(false)
    one.close()
    one.close()
    two.close()
    expect(budget.bytes()).toBe(0)
    expect(budget.open(ip).take(600 * KB)).toBe(true)
  })

  it('tells new mail to wait while mails under way still have room', () => {
    const budget = createMemoryBudget(1 * MB)
    const mail = budget.open(ip)
    mail.take(700 * KB)
    expect(budget.isTight(ip)).toBe(false)
    expect(mail.take(100 * KB)).toBe(true)
    expect(budget.isTight(ip)).toBe(true)
    mail.close()
    expect(budget.isTight(ip)).toBe(false)
  })

  it('leaves half of it to the others, whatever one site sends', () => {
    const site = (from: string) => from.slice(0, from.lastIndexOf('.'))
    const budget = createMemoryBudget(1 * MB, from => (from.startsWith('10.') ? null : site(from)))
    const greedy = Array.from({ length: 20 }, (_, host) => budget.open(`192.0.2.${host}`))
    expect(greedy.map(mail => mail.take(100 * KB)).filter(Boolean).length).toBeLessThan(5)
    expect(budget.isTight('192.0.2.77')).toBe(true)
    expect(budget.isTight('198.51.100.1')).toBe(false)
    expect(budget.open('198.51.100.1').take(200 * KB)).toBe(true)
    for (const mail of greedy) mail.close()
    expect(budget.isTight('192.0.2.77')).toBe(false)
    // A trusted front server speaks for many sites.
    expect(budget.open('10.0.0.1').take(600 * KB)).toBe(true)
  })
})

it('leaves a tenth to those who hold next to nothing, whatever many sites send together', () => {
  const budget = createMemoryBudget(100 * MB, from => from.slice(0, from.lastIndexOf('.')))
  const flood = Array.from({ length: 400 }, (_, n) => budget.open(`192.0.${n % 10}.${n}`))
  for (const mail of flood) for (let taken = 0; taken < 1000 && mail.take(1 * KB); taken++);
  expect(budget.bytes()).toBeLessThanOrEqual(91 * MB)
  expect(budget.isTight('192.0.3.1')).toBe(true)
  expect(budget.isTight('198.51.100.1')).toBe(false)
  const innocent = budget.open('198.51.100.1')
  expect([innocent.take(1 * MB), innocent.isExhausted()]).toEqual([true, false])
})

it('counts what is there though there is no room, and leaves the tenth', () => {
  const site = (from: string) => from.slice(0, from.lastIndexOf('.'))
  const budget = createMemoryBudget(100 * MB, from => (from.startsWith('10.') ? null : site(from)))
  const flood = Array.from({ length: 400 }, (_, n) => budget.open(`192.0.${n % 10}.${n}`))
  for (const mail of flood) mail.hold(300 * KB)
  expect(budget.bytes()).toBeGreaterThan(115 * MB)
  expect(flood.filter(mail => mail.take(0))).toEqual([])
  // Among them the operator's own mail server.
  const innocents = Array.from({ length: 12 }, (_, n) => budget.open(n === 0 ? '10.0.0.1' : `198.51.${n}.1`))
  expect([budget.isTight('198.51.100.1'), budget.isTight('10.0.0.1')]).toEqual([false, false])
  expect(innocents.map(mail => mail.take(1 * MB)).indexOf(false)).toBe(10)
  expect(budget.isTight('198.51.100.1')).toBe(true)
  for (const mail of [...flood, ...innocents]) {
    mail.close()
    mail.hold(1 * MB)
    expect(mail.take(1)).toBe(false)
  }
  expect(budget.bytes()).toBe(0)
  expect(budget.isTight('198.51.100.1')).toBe(false)
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
    const memory = budget.open(ip)
    const message = await readMessage(inChunks(bytes, 65_536), { memory })
    expect(message.problems.map(({ code }) => code)).not.toContain('not-kept')
    expect(budget.bytes()).toBeGreaterThan(100 * KB)
    // Bytes and what is decoded of them, at two bytes a character.
    expect(budget.bytes()).toBeLessThan(3 * MB + 200 * KB)
  })

  it('is read no further and not kept where there is no room', async () => {
    const budget = createMemoryBudget(own + 100 * KB)
    const memory = budget.open(ip)
    const message = await readMessage(inChunks(bytes, 10_000), { memory })
    expect(message).toMatchObject({ header: [], parts: [], problems: [{ code: 'not-kept' }] })
    expect(message.bytes).toBeLessThan(bytes.length)
    expect([memory.isExhausted(), budget.bytes()]).toEqual([true, own])
    memory.close()
    expect(budget.bytes()).toBe(0)
  })
})
