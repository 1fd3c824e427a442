// The table of answers against the policy it stands for: type, group of the category and effect say the same thing.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writers } from '../../src/harness/compose.ts'
import { draw, everyPair, mixNames } from '../../src/harness/mix.ts'
import { answered, damaged, effects, reported, type Truth } from '../../src/harness/scenarios.ts'
import { momentOf, variationFrom } from '../../src/harness/variation.ts'
import { groupOf } from '../../src/model/categories.ts'

const rows: { name: string; answer: Truth }[] = [...reported, ...answered]

describe('the table', () => {
  test('names nothing twice', () => {
    const names = [...rows, ...damaged].map(row => row.name)
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(rows)('$name agrees with itself', ({ name, answer }) => {
    const { kind, type, categories, effect } = answer
    const effectOfType = { hard: ['hard'], soft: ['soft', 'blocked'], none: ['none', 'complaint'] }[
      type ?? 'none'
    ]
    expect(effectOfType).toContain(effect)
    expect(kind === 'bounce').toBe(type !== null)
    expect(categories.length > 0).toBe(type !== null)
    // Every cause that is right leads to the same effect; an expanded alias is soft whatever the cause.
    if (name !== 'expanded' && type !== null)
      for (const category of categories) expect(groupOf(category)).toBe(effect)
    if (kind === 'complaint') expect(effect).toBe('complaint')
  })

  test('only a hard bounce takes an address away', () => {
    const takers = Object.entries(effects).filter(([, effect]) => effect.addressRemoved)
    expect(takers.map(([name]) => name)).toEqual(['hard'])
  })

  test('a refusal’s class agrees with its type: hard is never class 4', () => {
    for (const row of reported)
      for (const trouble of row.troubles)
        if (trouble.kind === 'refused') {
          expect(trouble.replyCode).toBeGreaterThanOrEqual(400)
          expect(trouble.replyCode).toBeLessThan(600)
          expect(trouble.text).not.toBe('')
          if (trouble.status !== null) expect(trouble.status[0]).toBe(String(trouble.replyCode)[0])
          if (row.answer.type === 'hard') expect(trouble.replyCode).toBeGreaterThanOrEqual(500)
        }
  })
})

describe('variation', () => {
  const first = (seed: string): number[] => {
    const vary = variationFrom(seed)
    return Array.from({ length: 50 }, () => vary.integer(0, 1_000_000))
  }

  test('the same seed gives the same, another seed another', () => {
    expect(first('a')).toEqual(first('a'))
    expect(first('a')).not.toEqual(first('b'))
    expect(first('1')).not.toEqual(first('11'))
  })

  test('integers reach both ends and stay between them', () => {
    const vary = variationFrom('ends')
    const drawn = new Set(Array.from({ length: 500 }, () => vary.integer(3, 6)))
    expect([...drawn].sort()).toEqual([3, 4, 5, 6])
  })

  test('a seed in milliseconds is its own moment; any other stands for a day of January 2026', () => {
    expect(momentOf('1795503549504').getTime()).toBe(1795503549504)
    expect(momentOf('1')).toEqual(momentOf('1'))
    expect(momentOf('1').toISOString()).toMatch(/^2026-01-/)
    expect(momentOf('1')).not.toEqual(momentOf('2'))
  })
})

describe('mixes', () => {
  test.each(mixNames)('%s draws only what can be written, and repeats', name => {
    const able = new Set(everyPair().map(pair => `${pair.writer} ${pair.scenario}`))
    const drawn = draw(name, 2000, variationFrom('mix')).map(pair => `${pair.writer} ${pair.scenario}`)
    expect(drawn.filter(pair => !able.has(pair))).toEqual([])
    expect(drawn.some(pair => pair.endsWith('huge'))).toBe(false)
    expect(draw(name, 2000, variationFrom('mix')).map(pair => `${pair.writer} ${pair.scenario}`)).toEqual(
      drawn,
    )
  })

  test('the realistic one is mostly unknown users and never one thing only', () => {
    const drawn = draw('realistic', 5000, variationFrom('mix'))
    const share = drawn.filter(pair => pair.scenario === 'unknown-user').length / drawn.length
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.4)
    expect(new Set(drawn.map(pair => pair.writer)).size).toBe(18)
  })
})

describe('docs/harness.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/harness.md'), 'utf8')

  test.each(Object.entries(writers))('names %s and what it reports', (name, { actions }) => {
    const row = page.split('\n').find(line => line.startsWith(`| \`${name}\` |`))
    expect(row?.split('|').at(-2)?.trim()).toBe(actions.join(', '))
  })

  test.each([...reported, ...damaged, ...answered.filter(row => !row.name.startsWith('vacation-'))])(
    'names $name',
    ({ name }) => expect(page).toContain(`\`${name}\``),
  )
})
