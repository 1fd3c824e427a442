// What holds for any report: judging never throws, is the same every time, and keeps its own promises.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { causes } from '../../src/knowledge/causes.ts'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import { providers } from '../../src/knowledge/providers.ts'
import { groupOf } from '../../src/model/categories.ts'
import type { Action, Kind, Report } from '../../src/model/report.ts'
import { failure, report, rule } from './reports.ts'

const { judge, explain } = createJudge({ rules: [...defaultRules, rule({ text: 'needle', type: 'both' })] })

const phrase = fc.constantFrom(
  ...causes.flatMap(cause => cause.texts),
  ...providers.flatMap(provider => provider.marks),
  'needle',
  '<ana@example.org>',
  '[192.0.2.1]',
  '550-5.7.1 ',
)
const text = fc
  .array(fc.oneof(phrase, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 12 })
  .map(words => words.join(' '))
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })
const status = fc.oneof(
  fc.tuple(fc.constantFrom(2, 4, 5), fc.nat(9), fc.nat(999)).map(parts => parts.join('.')),
  fc.string({ maxLength: 8 }),
)
const recipient = fc
  .record({
    address: maybe(text),
    action: maybe(fc.constantFrom<Action>('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
    status: maybe(status),
    replyCode: maybe(fc.oneof(fc.integer({ min: 200, max: 600 }), fc.integer(), fc.constant(Number.NaN))),
    diagnostic: maybe(text),
    remoteMta: maybe(text),
    explanation: text,
  })
  .map(failure)
const kind = fc.constantFrom<Kind>(
  'bounce',
  'bounce',
  'bounce',
  'delayed',
  'delivered',
  'complaint',
  'auto-reply',
  'receipt',
  'ordinary',
)
const anyReport: fc.Arbitrary<Report> = fc
  .record({ kind, recipients: fc.array(recipient, { maxLength: 4 }), body: text, reportingMta: maybe(text) })
  .map(({ kind, recipients, body, reportingMta }) =>
    report(recipients, {
      kind,
      reportingMta,
      sections: { body, subject: body, from: body, recipients: body },
    }),
  )

test('the same report has the same verdict, and its explanation agrees', () => {
  fc.assert(
    fc.property(anyReport, given => {
      const judgement = judge(given)
      expect(judge(given)).toEqual(judgement)
      expect(explain(given).recipients.map(({ verdict }) => verdict)).toEqual(
        judgement.recipients.map(({ verdict }) => verdict),
      )
    }),
    { numRuns: 500 },
  )
})

test('a bounce has a verdict, other mail has none', () => {
  fc.assert(
    fc.property(anyReport, given => {
      const { kind, recipients } = judge(given)
      const verdicts = recipients.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]))
      expect(verdicts.length > 0).toBe(kind === 'bounce')
    }),
    { numRuns: 500 },
  )
})

test('hard is only what is hard by its category, and of class 4 or a 4yz reply only a domain that does not exist', () => {
  fc.assert(
    fc.property(anyReport, given => {
      for (const { verdict, status, replyCode } of judge(given).recipients) {
        if (verdict?.type !== 'hard') continue
        expect(groupOf(verdict.category)).toBe('hard')
        // NXDOMAIN is what it is, whatever class a careful server gives it.
        if (verdict.category === 'unknown-domain') continue
        const isReply4yz = replyCode !== null && replyCode >= 400 && replyCode < 500
        const isTemporary = verdict.permanent === false || isReply4yz
        expect(isTemporary && !/^[45]\.7\.1[78]$/.test(status ?? '')).toBe(false)
      }
    }),
    { numRuns: 500 },
  )
})
