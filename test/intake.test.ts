// One message from its first byte to the answer: what happens after the commit changes nothing in it.

import { expect, test } from 'vitest'
import { createIntake, type Steps } from '../src/intake.ts'
import type { Message } from '../src/model/message.ts'
import type { Report } from '../src/model/report.ts'
import { openStage } from './smtp/stage.ts'

const message: Message = { header: [], parts: [], bytes: 0, problems: [] }
const report: Report = {
  kind: 'ordinary',
  nullSender: true,
  reader: 'none',
  reportingMta: null,
  original: { messageId: null, envelopeId: null, subject: null, references: [], senders: [] },
  recipients: [],
  sections: { body: '', subject: '', from: '', recipients: '' },
  identity: { messageId: null, date: '', from: '', subject: '', text: '' },
  problems: [],
}

test('an observer that throws is told to the log, and the mail is answered 250', async () => {
  const recorded: unknown[] = []
  const errors: unknown[] = []
  const steps: Steps = {
    openMemory: () => ({ take: () => true, isExhausted: () => false, close: () => {} }),
    parse: async bytes => {
      for await (const _ of bytes);
      return message
    },
    read: () => report,
    judge: () => ({ kind: 'ordinary', recipients: [] }),
    events: async () => [],
    record: async events => {
      recorded.push(events)
      return []
    },
    observe: () => {
      throw new Error('a misspelled label')
    },
    onObserveError: error => errors.push(error),
  }
  const stage = await openStage({ ports: { receive: createIntake(steps) } })
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
