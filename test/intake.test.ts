// One message from its first byte to the answer: what happens after the commit changes nothing in it.

import { expect, test } from 'vitest'
import { createIntake, type Steps } from '../src/intake.ts'
import { ownMemory } from '../src/message/memory-budget.ts'
import { emptyReport, type Report } from '../src/model/report.ts'
import { openStage } from './smtp/stage.ts'

const report: Report = { ...emptyReport, nullSender: true }

const steps: Steps = {
  openMemory: () => ownMemory,
  read: async bytes => {
    for await (const _ of bytes);
    return {
      letter: { from: null, replyTo: null, subject: null, bytes: 0 },
      trace: null,
      report,
      judgement: { kind: 'ordinary', recipients: [] },
      seconds: 0,
    }
  },
  address: async () => null,
  keepReply: async () => {},
  events: async () => [],
  unproven: { take: () => true, giveBack: () => {} },
  record: async () => [],
  observe: () => {},
  onObserveError: () => {},
}

test('what could not be recorded is not counted against its network', async () => {
  const counts: number[] = []
  const take = createIntake({
    ...steps,
    events: async () => [{ link: null }, { link: { proven: true } }] as never,
    unproven: {
      take: (_ip, _now, count) => counts.push(count) > 0,
      giveBack: (_ip, _now, count) => counts.push(-count),
    },
    record: async () => Promise.reject(new Error('the database is away')),
  })
  const client = { ip: '192.0.2.1', helo: 'mx.example', tls: false }
  const envelope = { session: 's', receivedAt: new Date(), client, mailFrom: null, recipients: [] }
  const bytes = (async function* () {})()
  await expect(take(envelope, { bytes })).rejects.toThrow('the database is away')
  expect(counts).toEqual([1, -1])
})

test('an observer that throws is told to the log, and the mail is answered 250', async () => {
  const recorded: unknown[] = []
  const errors: unknown[] = []
  const failing: Steps = {
    ...steps,
    record: async events => {
      recorded.push(events)
      return []
    },
    observe: () => {
      throw new Error('a misspelled label')
    },
    onObserveError: error => errors.push(error),
  }
  const stage = await openStage({ ports: { receive: createIntake(failing) } })
  try {
    const client = await stage.greeted()
    for (const command of ['MAIL FROM:<>', 'RCPT TO:<signed-1@bounces.example>', 'DATA']) {
      client.send(`${command}\r\n`)
      expect(await client.reply()).toMatch(/^[23]5/)
    }
    client.send('Subject: Hello\r\n\r\nHello\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 /)
    expect(recorded).toHaveLength(1)
    expect(errors).toEqual([new Error('a misspelled label')])
  } finally {
    await stage.close()
  }
})
