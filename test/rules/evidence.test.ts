// Evidence is bounded, comes back as a report, and is judged as the message was.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import type { Report } from '../../src/model/report.ts'
import type { Rule } from '../../src/model/rule.ts'
import { createSample, keepEvidence, maxEvidenceBytes, reportFromEvidence } from '../../src/rules/evidence.ts'
import { previewRules } from '../../src/rules/preview.ts'
import { failure, report, rule } from '../classify/reports.ts'

const { judge } = createJudge({ rules: [] })

describe('kept and read back', () => {
  test.each<[string, Report]>([
    ['a status', report([failure({ status: '5.1.1', diagnostic: '550 5.1.1 user unknown' })])],
    ['a text', report([failure({ explanation: 'Sorry, no mailbox here by that name.' })])],
    [
      'a diagnostic and what stands around it',
      report([failure({ diagnostic: '550 gnarl', explanation: '550 gnarl\nThe mailbox is full' })]),
    ],
    ['several', report([failure({ status: '5.2.2' }), failure({ action: 'delayed' })])],
    ['nobody', report([], { sections: { body: 'user unknown', subject: 's', from: 'f', recipients: 'r' } })],
    ['no bounce', report([], { kind: 'ordinary' })],
  ])('%s is judged as before', (_, given) => {
    const kept = reportFromEvidence(keepEvidence(given))
    expect(kept).not.toBeNull()
    expect(kept === null ? null : judge(kept)).toEqual(judge(given))
  })

  test.each(['', 'null', '[]', '{}', '{"v":0}', '{"v":1}', '{"v":1,"kind":"bounce"', '5'])(
    '%j is no evidence',
    kept => {
      expect(reportFromEvidence(kept)).toBeNull()
    },
  )
})

describe('is bounded', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3000 })

  test('whatever the report', () => {
    const any = fc.record({
      diagnostic: text,
      explanation: text,
      body: text,
      subject: text,
      count: fc.integer({ min: 0, max: 9 }),
    })
    fc.assert(
      fc.property(any, ({ diagnostic, explanation, body, subject, count }) => {
        const given = report(
          Array.from({ length: count }, () =>
            failure({ diagnostic, explanation, address: subject, remoteMta: body }),
          ),
          { sections: { body, subject, from: subject, recipients: body }, reportingMta: body },
        )
        const kept = keepEvidence(given)
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxEvidenceBytes)
        expect(reportFromEvidence(kept)?.kind).toBe('bounce')
      }),
    )
  })

  test('and keeps the beginning of a long body', () => {
    const body = `needle ${'x'.repeat(100_000)}`
    const kept = reportFromEvidence(
      keepEvidence(report([], { sections: { body, subject: '', from: '', recipients: '' } })),
    )
    expect(kept?.sections.body.startsWith('needle')).toBe(true)
  })
})

describe('preview', () => {
  const evidence = [
    {
      id: '1',
      kept: keepEvidence(
        report([failure({ status: '5.0.0' })], {
          sections: { body: 'one', subject: 'Hi', from: '', recipients: '' },
        }),
      ),
    },
    {
      id: '2',
      kept: keepEvidence(
        report([], { kind: 'ordinary', sections: { body: 'two', subject: '', from: '', recipients: '' } }),
      ),
    },
    { id: '3', kept: 'of another age' },
  ]
  const preview = (before: readonly Rule[], after: readonly Rule[]) =>
    previewRules(createJudge({ rules: before }), createJudge({ rules: after }), evidence)

  test('shows what a new rule changes, and nothing else', () => {
    expect(preview([], [rule({ id: 'n', text: 'one' })])).toEqual({
      judged: 2,
      changed: 1,
      differences: [
        {
          id: '1',
          subject: 'Hi',
          address: 'ana@example.org',
          before: {
            kind: 'bounce',
            type: 'soft',
            category: 'undetermined',
            rung: 'vague-status',
            rule: '5.0.0',
          },
          after: { kind: 'bounce', type: 'hard', category: 'undetermined', rung: 'override', rule: 'n' },
        },
      ],
    })
  })

  test('shows ordinary mail that becomes a bounce', () => {
    const { differences } = preview([], [rule({ text: 'two', stage: 'fallback' })])
    expect(differences).toMatchObject([
      { id: '2', before: { kind: 'ordinary', type: null }, after: { kind: 'bounce', type: 'hard' } },
    ])
  })

  test('does not show that another rule decides the same', () => {
    expect(preview([rule({ id: 'a', text: 'one' })], [rule({ id: 'b', text: 'on' })])).toMatchObject({
      judged: 2,
      changed: 0,
    })
  })
})

describe('of a flood', () => {
  test('the first hundred of each second are kept', () => {
    const isSampled = createSample()
    const start = Date.UTC(2026, 2, 14)
    const kept = (count: number, second: number): number =>
      Array.from({ length: count }, (_, at) =>
        isSampled(new Date(start + second * 1000 + at / count)),
      ).filter(Boolean).length
    expect([kept(99, 0), kept(500, 1), kept(500, 2), kept(1, 3)]).toEqual([99, 100, 100, 1])
  })
})
