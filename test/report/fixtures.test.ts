// Every fixture reads as its JSON says, however it arrives.

import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { arrivals, type Expected, fixtures, read } from './fixtures.ts'

function check(report: Report, expected: Expected): void {
  const { kind, reader, original } = report
  expect({
    kind,
    reader,
    recipients: report.recipients.map(({ address, originalAddress, action, status, replyCode }) => ({
      address,
      originalAddress,
      action,
      status,
      replyCode,
    })),
  }).toEqual({
    kind: expected.kind,
    reader: expected.reader,
    recipients: expected.recipients.map(({ address, originalAddress, action, status, replyCode }) => ({
      address,
      originalAddress,
      action,
      status,
      replyCode,
    })),
  })
  if (expected.messageId !== undefined) expect(original.messageId).toBe(expected.messageId)
  if (expected.subject !== undefined) expect(original.subject).toBe(expected.subject)
  if (expected.references !== undefined) expect(original.references).toEqual(expected.references)
  expect(report.problems.filter(problem => problem.code === 'reader-fault')).toEqual([])
}

describe.each(fixtures())('$name', ({ bytes, expected }) => {
  it('reads as its JSON says', async () => {
    expect(expected.why.length).toBeGreaterThan(10)
    check(await read(bytes), expected)
  })

  it('reads the same however it arrives', async () => {
    const [first, ...others] = await Promise.all(
      arrivals(bytes).map(async arrival => ({
        how: arrival.how,
        report: await read(arrival.bytes, arrival.chunk),
      })),
    )
    for (const other of others) expect(other.report, other.how).toEqual(first?.report)
  })
})

it('every dialect has one', () => {
  const dialects = readdirSync(new URL('../../src/report/dialect/', import.meta.url))
  const read = new Set(fixtures().map(({ expected }) => `${expected.reader}.ts`))
  expect(dialects.filter(file => !read.has(file))).toEqual([])
})
