// The registries: every code of IANA's list is known, unknown details mean no more than their subject.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { replyCodes, replyRow } from '../../src/knowledge/reply-codes.ts'
import { parseStatus, statusCodes, statusRow } from '../../src/knowledge/status-codes.ts'
import type { RecipientReport } from '../../src/model/report.ts'
import { failure, report } from '../classify/reports.ts'

const { judge } = createJudge({ rules: [] })

/** What a code decides when nothing else is known. */
function decide(given: Partial<RecipientReport>): string {
  const verdict = judge(report([failure(given)])).recipients[0]?.verdict
  return `${verdict?.category} ${verdict?.because.rung} ${verdict?.because.rule}`
}

const registered = [
  ...['0.0'],
  ...Array.from({ length: 11 }, (_, detail) => `1.${detail}`),
  ...Array.from({ length: 5 }, (_, detail) => `2.${detail}`),
  ...Array.from({ length: 7 }, (_, detail) => `3.${detail}`),
  ...Array.from({ length: 8 }, (_, detail) => `4.${detail}`),
  ...Array.from({ length: 7 }, (_, detail) => `5.${detail}`),
  ...Array.from({ length: 11 }, (_, detail) => `6.${detail}`),
  ...Array.from({ length: 31 }, (_, detail) => `7.${detail}`),
]

describe('status codes', () => {
  test('hold the whole IANA registry', () => {
    const known = new Set(statusCodes.map(row => row.code))
    expect(registered.filter(code => !known.has(code))).toEqual([])
    expect(known.size).toBe(statusCodes.length)
  })

  const vague = [
    ...['0.0', '1.0', '1.9', '2.0', '2.1', '2.3', '3.0', '3.2'],
    ...['4.0', '4.1', '4.4', '5.0', '5.1', '6.0', '7.0', '7.1'],
  ]
  test('are vague exactly where the text should be asked first', () => {
    expect(statusCodes.filter(row => row.vague).map(row => row.code)).toEqual(vague)
  })

  test.each(['4', '5'])('decide by their own row, in class %s', statusClass => {
    const stray = statusCodes.flatMap(({ code, category, vague }) => {
      const status = `${statusClass}.${code}`
      // 4.7.3 is what Microsoft answers when it is busy.
      const isVague = vague || status === '4.7.3'
      const own = `${category} ${isVague ? 'vague' : 'exact'}-status ${status}`
      const told = decide({ status })
      return category === null || told === own ? [] : [`${own}: ${told}`]
    })
    expect(stray).toEqual([])
  })

  test.each([
    ['5.1.1', '1.1', 'unknown-user'],
    ['4.1.99', '1.0', 'unknown-user'],
    ['5.9.9', '0.0', 'undetermined'],
    ['5.7.606', '7.5xx', 'policy'],
    ['5.4.310', '4.310', 'unknown-domain'],
    ['5.2.122', '2.0', 'undetermined'],
    ['2.1.5', '1.5', null],
  ])('%s is read as %s', (text, code, category) => {
    const parsed = parseStatus(text)
    expect(parsed).not.toBeNull()
    expect(parsed === null ? null : statusRow(parsed)).toMatchObject({ code, category })
  })

  test.each(['', '5', '5.1', '3.1.1', '5.1.1.1', '5.1000.1', '5.1.x', '٥.1.1'])('%j is no code', text => {
    expect(parseStatus(text)).toBeNull()
  })
})

describe('reply codes', () => {
  test('are unique', () => {
    expect(new Set(replyCodes.map(row => row.code)).size).toBe(replyCodes.length)
  })

  test('decide by their own row', () => {
    const stray = replyCodes.flatMap(({ code, category }) => {
      const told = decide({ replyCode: code })
      return category === null || told === `${category} reply-code ${code}` ? [] : [`${code}: ${told}`]
    })
    expect(stray).toEqual([])
  })

  test.each([450, 550, 553, 554])('%i alone names no cause', code => {
    expect(replyRow(code)?.category).toBeNull()
  })
})
