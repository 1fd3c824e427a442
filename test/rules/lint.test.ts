// What lint says of rules that are each valid.

import { expect, test } from 'vitest'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import type { Kind, Report } from '../../src/model/report.ts'
import type { Rule } from '../../src/model/rule.ts'
import { lintRules } from '../../src/rules/lint.ts'
import { report, rule } from '../classify/reports.ts'

function check(rules: readonly Rule[], expected: readonly string[], samples: readonly Report[] = []): void {
  const found = lintRules(rules, samples)
  expect(found.map(({ problem, rule, by }) => [problem, rule, by].filter(Boolean).join(' '))).toEqual(
    expected,
  )
}

const sample = (kind: Kind, body: string): Report =>
  report([], { kind, sections: { body, subject: '', from: '', recipients: '' } })

test.each<[string, readonly Rule[], readonly string[]]>([
  ['two different rules', [rule({ id: 'a', text: 'gone' }), rule({ id: 'b', text: 'away' })], []],
  ['the same rule twice', [rule({ id: 'a' }), rule({ id: 'b' })], ['duplicate b a']],
  ['the same text in another section', [rule({ id: 'a' }), rule({ id: 'b', section: 'subject' })], []],
  ['another case', [rule({ id: 'a', text: 'gone' }), rule({ id: 'b', text: 'Gone' })], []],
  [
    'a longer text behind a shorter',
    [rule({ id: 'a', text: 'gone' }), rule({ id: 'b', text: 'is gone now' })],
    ['unreachable b a'],
  ],
  [
    'soft behind hard',
    [rule({ id: 's', type: 'soft', text: 'is gone' }), rule({ id: 'h', text: 'gone' })],
    ['unreachable s h'],
  ],
  [
    'both behind soft',
    [rule({ id: 'b', type: 'both', text: 'gone' }), rule({ id: 's', type: 'soft', text: 'gone' })],
    ['unreachable b s'],
  ],
  [
    'hard before soft',
    [rule({ id: 'h', text: 'is gone' }), rule({ id: 's', type: 'soft', text: 'gone' })],
    [],
  ],
  [
    'fallback behind override',
    [rule({ id: 'f', stage: 'fallback', text: 'is gone' }), rule({ id: 'o', type: 'soft', text: 'gone' })],
    ['unreachable f o'],
  ],
  [
    'override before fallback',
    [rule({ id: 'o', text: 'is gone' }), rule({ id: 'f', stage: 'fallback', text: 'gone' })],
    [],
  ],
  [
    'a longer text before a shorter of the same result',
    [rule({ id: 'a', text: 'is gone' }), rule({ id: 'b', text: 'gone' })],
    ['redundant a b'],
  ],
  [
    'a longer text before a shorter of another result',
    [rule({ id: 'a', text: 'is gone', category: 'moved' }), rule({ id: 'b', text: 'gone' })],
    [],
  ],
  ['behind a disabled rule', [rule({ id: 'a', enabled: false }), rule({ id: 'b' })], []],
  ['a disabled rule', [rule({ id: 'a' }), rule({ id: 'b', enabled: false })], []],
  ['a text of two characters', [rule({ id: 'a', text: 'no' })], ['too-broad a']],
  ['blanks', [rule({ id: 'a', text: '     ' })], ['too-broad a']],
])('%s', (_, rules, expected) => check(rules, expected))

test.each<[Kind, Rule['stage'], boolean]>([
  ['ordinary', 'override', true],
  ['auto-reply', 'override', true],
  ['delivered', 'override', true],
  ['receipt', 'override', true],
  ['bounce', 'override', false],
  ['ordinary', 'fallback', true],
  ['auto-reply', 'fallback', false],
])('%s hit by an %s rule: too broad is %s', (kind, stage, isBroad) => {
  check([rule({ id: 'a', text: 'hello', stage })], isBroad ? ['too-broad a'] : [], [
    sample(kind, 'hello there'),
  ])
})

test('counts the samples', () => {
  const samples = [sample('ordinary', 'hello'), sample('ordinary', 'hello hello'), sample('ordinary', 'bye')]
  expect(lintRules([rule({ text: 'hello' })], samples)).toMatchObject([{ samples: 2 }])
})

test('finds nothing in the shipped rules', () => check(defaultRules, []))
