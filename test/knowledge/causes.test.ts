// The text causes: unique, in the form they are searched in, each example and each text decided by its own row.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { wording } from '../../src/classify/wording.ts'
import { causes } from '../../src/knowledge/causes.ts'
import { folded } from '../../src/knowledge/folding.ts'
import { categories, groupOf } from '../../src/model/categories.ts'
import { failure, report } from '../classify/reports.ts'

const { judge } = createJudge({ rules: [] })

function decide(diagnostic: string, status: string | null = null) {
  return judge(report([failure({ diagnostic, status })])).recipients[0]?.verdict
}

describe('the table', () => {
  test('covers every category but undetermined', () => {
    const told = new Set(causes.map(cause => cause.category))
    expect(Object.keys(categories).filter(name => !told.has(name as never))).toEqual(['undetermined'])
  })

  test('has unique ids and texts', () => {
    const ids = causes.map(cause => cause.id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    const texts = causes.flatMap(cause => cause.texts)
    expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([])
  })

  test.each(causes.map(cause => [cause.id, cause] as const))('%s is what it claims', (id, cause) => {
    expect(id.startsWith(`${cause.category}/`)).toBe(true)
    expect(cause.texts.length).toBeGreaterThan(0)
    expect(cause.texts.filter(text => text.length < 3 || text !== text.toLowerCase())).toEqual([])
    expect(cause.source).not.toBe('')
    expect(cause.examples.length).toBeGreaterThan(0)
    expect([undefined, 'code', 'words']).toContain(cause.outweighs)
  })

  test('writes its texts as they are searched', () => {
    const texts = causes.flatMap(cause => cause.texts)
    expect(texts.filter(text => !` ${wording(text)} `.includes(folded(text)))).toEqual([])
  })
})

describe.each(causes.map(cause => [cause.id, cause] as const))('%s', (id, cause) => {
  test.each(cause.examples)('decides %j', example => {
    expect(decide(example)?.because).toMatchObject({ rung: 'text', rule: id })
  })

  test('is reached by each of its texts', () => {
    const stray = cause.texts.filter(text => decide(`550 ${text}`)?.because.rule !== id)
    expect(stray).toEqual([])
  })
})

const faults = causes.filter(cause => groupOf(cause.category) === 'blocked')

describe('the veto', () => {
  test.each(faults.map(cause => [cause.id, cause] as const))('%s behind 550 5.1.1 stays soft', (_, cause) => {
    const hard = cause.texts.filter(text => decide(`550 5.1.1 ${text}`, '5.1.1')?.type !== 'soft')
    expect(hard).toEqual([])
  })

  test('names what it overruled', () => {
    expect(decide('550 5.1.1 <ana@example.org> blocked using zen.spamhaus.org', '5.1.1')).toMatchObject({
      category: 'blocked',
      type: 'soft',
      because: { rung: 'text', overruled: { rung: 'exact-status', rule: '5.1.1' } },
    })
  })
})
