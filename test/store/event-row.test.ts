// An event as the row that keeps it: every value in the column of its name, and read back as it was shown.

import { expect, test } from 'vitest'
import { columnsOf } from '../../src/model/column.ts'
import { bounceFields, exampleBounce } from '../../src/model/stored-bounce.ts'
import { type BounceRow, toBounce } from '../../src/store/database/rows.ts'
import { type Detail, eventRow, insertedColumns } from '../../src/store/recording/event-row.ts'
import { event } from './events.ts'

const hostile = `\0\ud800${'ä'.repeat(3000)}`
const effects = {
  type: 'hard',
  effect: 'removed',
  record: null,
  campaign: null,
  address: null,
  movedTo: null,
} as const

function rowOf(sent: ReturnType<typeof event>, detail: Detail): Readonly<Record<string, unknown>> {
  const context = { recordedAt: 1_772_366_400_250, campaignId: '7', address: 'änn@example.org', detail }
  const values = eventRow(sent, effects, context)
  expect(values).toHaveLength(insertedColumns.length)
  return Object.fromEntries(insertedColumns.map((name, at) => [name, values[at]]))
}

test('what is stored of an event is what is shown of it', () => {
  const sent = event({ name: 'one' })
  const row = rowOf(sent, 'full')
  expect(row.fingerprint).toBe(sent.fingerprint)
  expect(toBounce({ id: 7, repeats: 0, undone_at: null, ...row } as unknown as BounceRow)).toEqual({
    ...exampleBounce,
    id: '7',
    receivedAt: sent.receivedAt,
    recordedAt: new Date(1_772_366_400_250),
    address: 'änn@example.org',
    diagnostic: sent.recipient.diagnostic,
    subject: sent.report.original.subject,
    originalMessageId: sent.report.original.messageId,
    reportingMta: sent.report.reportingMta,
    clientIp: sent.clientIp,
    returnPath: sent.returnPath,
  })
})

const nasty = {
  ...event({ diagnostic: hostile, reported: hostile, subject: hostile }),
  returnPath: `b-\0${hostile}`,
}

test("a stranger's texts are cut to their columns, without what no database takes", () => {
  const row = rowOf(nasty, 'full')
  for (const [, { name, length }] of bounceFields)
    if (length !== null && typeof row[name] === 'string')
      expect([...row[name]].length).toBeLessThanOrEqual(length)
  expect(row.diagnostic).toBe('ä'.repeat(2000))
})

test('the barest form has none of them, and ASCII alone where the column must hold something', () => {
  const row = rowOf(nasty, 'bare')
  for (const [, { name, author, nullable }] of bounceFields)
    if (author === 'stranger' && nullable) expect(row[name], name).toBeNull()
  expect(row).toMatchObject({ return_path: 'b-', address: 'änn@example.org', type: 'hard', record_id: '42' })
})

test('examples fit their columns', () => {
  for (const [field, { words, length, nullable, example }] of bounceFields) {
    if (example === null) expect(nullable, field).toBe(true)
    else if (words) expect(words, field).toContain(example)
    else if (length !== null) expect(String(example).length, field).toBeLessThanOrEqual(length)
  }
})

test('a column of another kind than its value does not compile', () => {
  const { text, integer, word } = columnsOf<{ readonly code: number; readonly text: string | null }>()
  // @ts-expect-error: a number is not text
  text(10, 'us', { name: 'code', value: ({ code }) => code, example: '' })
  // @ts-expect-error: the text may be null and the column may not
  text(10, 'us', { name: 'text', value: entry => entry.text, example: '' })
  // @ts-expect-error: not a word of the vocabulary
  word(['hard', 'soft'], { name: 'type', value: () => 'medium', example: 'hard' })
  // @ts-expect-error: there is no such field
  integer({ name: 'code', value: ({ codes }) => codes, example: 1 })
})
