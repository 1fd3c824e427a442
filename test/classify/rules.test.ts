// The operators' rules: sections, case, order, stages, and what a match makes of a message.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import type { Kind, Sections } from '../../src/model/report.ts'
import type { Rule } from '../../src/model/rule.ts'
import { failure, report, rule } from './reports.ts'

const empty: Sections = { body: '', subject: '', from: '', recipients: '' }

function decide(rules: readonly Rule[], sections: Partial<Sections>, kind: Kind = 'bounce') {
  const recipients = kind === 'bounce' ? [failure({ status: '5.0.0' })] : []
  return createJudge({ rules }).judge(report(recipients, { kind, sections: { ...empty, ...sections } }))
}

function decidedBy(rules: readonly Rule[], sections: Partial<Sections>, kind: Kind = 'bounce'): string {
  const { kind: judged, recipients } = decide(rules, sections, kind)
  const verdict = recipients[0]?.verdict
  return verdict == null
    ? judged
    : `${judged} ${verdict.type} ${verdict.because.rung} ${verdict.because.rule}`
}

describe('a rule searches its own section alone', () => {
  const sections = ['body', 'subject', 'from', 'recipients'] as const
  test.each(sections.flatMap(own => sections.map(searched => [own, searched] as const)))(
    '%s in %s',
    (own, searched) => {
      const expected = own === searched ? 'bounce hard override r' : 'bounce soft vague-status 5.0.0'
      expect(decidedBy([rule({ id: 'r', section: own, text: 'Gone' })], { [searched]: 'all Gone now' })).toBe(
        expected,
      )
    },
  )
})

describe('a text', () => {
  test.each([
    ['Gone', 'Gone', true],
    ['Gone', 'gone', false],
    ['gone', 'GONE', false],
    ['a.b', 'axb', false],
    ['.*', 'anything', false],
    ['größe', 'die größe', true],
    ['😀', 'a😀b', true],
    [' ', 'a b', true],
    ['x'.repeat(100), 'x'.repeat(100), true],
    ['x'.repeat(100), 'x'.repeat(99), false],
  ])('%j in %j: %s', (text, body, isFound) => {
    expect(decidedBy([rule({ id: 'r', text })], { body })).toBe(
      isFound ? 'bounce hard override r' : 'bounce soft vague-status 5.0.0',
    )
  })
})

describe('within a stage', () => {
  const all = [
    rule({ id: 'both', type: 'both', text: 'one' }),
    rule({ id: 'soft', type: 'soft', text: 'two' }),
    rule({ id: 'hard', type: 'hard', text: 'three' }),
    rule({ id: 'hard too', type: 'hard', text: 'four' }),
  ]
  test.each([
    ['one', 'bounce soft override both'],
    ['one two', 'bounce soft override soft'],
    ['one two three', 'bounce hard override hard'],
    ['four three two one', 'bounce hard override hard'],
    ['four', 'bounce hard override hard too'],
    ['zero', 'bounce soft vague-status 5.0.0'],
  ])('%j: %s', (body, expected) => {
    expect(decidedBy(all, { body })).toBe(expected)
  })

  test('a hard rule of another section goes first as well', () => {
    const rules = [rule({ id: 's', type: 'soft', text: 'x' }), rule({ id: 'h', section: 'from', text: 'y' })]
    expect(decidedBy(rules, { body: 'x', from: 'y' })).toBe('bounce hard override h')
  })

  test('a disabled rule is not asked', () => {
    expect(decidedBy([rule({ text: 'x', enabled: false })], { body: 'x' })).toBe(
      'bounce soft vague-status 5.0.0',
    )
  })
})

describe('override', () => {
  const rules = [rule({ id: 'o', text: 'x' })]
  test.each<Kind>(['bounce', 'delayed', 'delivered', 'complaint', 'auto-reply', 'receipt', 'ordinary'])(
    'makes a bounce of %s',
    kind => expect(decidedBy(rules, { body: 'x' }, kind)).toBe('bounce hard override o'),
  )

  test('decides before a clear status and before the veto, and for those that failed alone', () => {
    const judgement = createJudge({
      rules: [rule({ id: 'o', text: 'x', type: 'hard', category: 'moved' })],
    }).judge(
      report(
        [
          failure({ status: '5.2.2', diagnostic: '550 blocked using zen.spamhaus.org' }),
          failure({ action: 'delivered', status: '2.0.0' }),
        ],
        { sections: { ...empty, body: 'x' } },
      ),
    )
    expect(judgement.recipients.map(({ verdict }) => verdict)).toEqual([
      {
        category: 'moved',
        type: 'hard',
        permanent: true,
        because: { rung: 'override', rule: 'o', text: 'x' },
      },
      null,
    ])
  })

  test('is undetermined without a category, and says nothing of permanence without a report', () => {
    expect(decide(rules, { body: 'x' }, 'ordinary').recipients[0]?.verdict).toEqual({
      category: 'undetermined',
      type: 'hard',
      permanent: null,
      because: { rung: 'override', rule: 'o', text: 'x' },
    })
  })
})

describe('fallback', () => {
  const rules = [rule({ id: 'f', text: 'x', stage: 'fallback' })]
  test.each<[Kind, string]>([
    ['bounce', 'bounce hard fallback f'],
    ['ordinary', 'bounce hard fallback f'],
    ['delayed', 'delayed'],
    ['delivered', 'delivered'],
    ['complaint', 'complaint'],
    ['auto-reply', 'auto-reply'],
    ['receipt', 'receipt'],
  ])('makes of %s %s', (kind, expected) => {
    expect(decidedBy(rules, { body: 'x' }, kind)).toBe(expected)
  })

  test('is not asked where the ladder found a cause', () => {
    const judgement = createJudge({ rules }).judge(
      report([failure({ status: '5.2.2' })], { sections: { ...empty, body: 'x' } }),
    )
    expect(judgement.recipients[0]?.verdict?.because.rung).toBe('exact-status')
  })

  test('comes after override', () => {
    const both = [rule({ id: 'f', text: 'x', stage: 'fallback' }), rule({ id: 'o', text: 'x', type: 'soft' })]
    expect(decidedBy(both, { body: 'x' }, 'ordinary')).toBe('bounce soft override o')
  })
})
