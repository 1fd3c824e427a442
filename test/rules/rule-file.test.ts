// Rules as people write them: what is taken, what is refused, and with which words.

import { describe, expect, test } from 'vitest'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import { readRule, readRules } from '../../src/rules/rule-file.ts'

const good = { section: 'body', text: 'Gone', type: 'hard' }

function check(given: unknown, faults: readonly string[]): void {
  const reading = readRule(given)
  expect(reading.ok ? [] : reading.faults.map(({ field, message }) => `${field} ${message}`)).toEqual(faults)
}

test('what is left out has a default', () => {
  expect(readRule(good)).toEqual({
    ok: true,
    rule: { ...good, stage: 'override', enabled: true, category: null, note: null },
  })
})

test.each<[unknown, readonly string[]]>([
  [good, []],
  [{ ...good, category: 'moved', note: 'why', stage: 'fallback', enabled: false }, []],
  [{ ...good, text: '日'.repeat(100) }, []],
  [{ ...good, text: '😀'.repeat(100) }, []],
  [{ ...good, text: '' }, ['text should have at least 1 character']],
  [{ ...good, text: '😀'.repeat(101) }, ['text should have at most 100 characters, not 101']],
  [{ ...good, text: 5 }, ['text should be text']],
  [{ ...good, text: 'a\nb' }, ['text should be one line of text without control characters']],
  [{ ...good, text: '\ud800' }, ['text should be one line of text without control characters']],
  [{ ...good, section: 'header' }, ['section should be body, subject, from or recipients']],
  [{ ...good, type: undefined }, ['type should be hard, soft or both']],
  [{ ...good, stage: 'first' }, ['stage should be override or fallback']],
  [{ ...good, enabled: 'yes' }, ['enabled should be true or false']],
  [{ ...good, category: 'toString' }, ['category should be null or a name that `rebound categories` lists']],
  [{ ...good, note: 'n'.repeat(501) }, ['note should be null or text of at most 500 characters']],
  [null, ['rule should be an object with section, text and type']],
  [[], ['rule should be an object with section, text and type']],
  [
    {},
    [
      'section should be body, subject, from or recipients',
      'type should be hard, soft or both',
      'text should be text',
    ],
  ],
])('%j', check)

describe('a set', () => {
  test('is an array, or what an export holds', () => {
    expect(readRules([good])).toMatchObject([{ ...good, id: '1', source: 'own' }])
    expect(readRules({ rules: [{ ...good, id: 7, source: 'shipped' }] })).toMatchObject([
      { id: '7', source: 'shipped' },
    ])
  })

  test('of the shipped rules comes back as it was', () => {
    expect(readRules(JSON.parse(JSON.stringify(defaultRules)))).toEqual(defaultRules)
  })

  test('names every faulty rule', () => {
    expect(() => readRules([good, { ...good, type: 'x' }, { ...good, text: '' }])).toThrow(
      'rule 2: type should be hard, soft or both\nrule 3: text should have at least 1 character',
    )
  })

  test.each([null, 5, 'x', {}, { rules: 1 }])('is not %j', value => {
    expect(() => readRules(value)).toThrow('should be an array of rules')
  })
})
