// What is asked for often stays remembered; what comes by once or twice, in whatever numbers, does not push it out.

import { expect, test } from 'vitest'
import { familiar } from '../../src/classify/familiar.ts'

/** Remembers `maxTexts` texts of ten characters, and counts how often it had to work. */
function counted(maxTexts: number) {
  const worked: string[] = []
  const ask = familiar(
    text => {
      worked.push(text)
      return { text }
    },
    { maxTexts, maxChars: 10 },
  )
  const workFor = (text: string): number => {
    worked.length = 0
    expect(ask(text)).toEqual({ text })
    return worked.length
  }
  return { ask, workFor }
}

test('a text that comes again is not worked on again', () => {
  const { ask, workFor } = counted(5)
  expect([workFor('a'), workFor('a'), workFor('a')]).toEqual([1, 0, 0])
  expect(ask('a')).toBe(ask('a'))
})

test('a text that is too long is not remembered', () => {
  const { workFor } = counted(5)
  expect([workFor('longer than ten'), workFor('longer than ten')]).toEqual([1, 1])
})

test.each([1, 2])(
  'strangers who send each of their texts %i times push out nothing that is in use',
  times => {
    const { ask, workFor } = counted(20)
    const own = Array.from({ length: 10 }, (_, n) => `own ${n}`)
    for (const text of [...own, ...own, ...own]) ask(text)
    let work = 0
    for (let n = 0; n < 2000; n++) {
      for (let time = 0; time < times; time++) ask(`x${n}`)
      work += workFor(own[n % own.length] ?? '')
    }
    expect(work).toBe(0)
  },
)

test('what is no longer in use gives way', () => {
  const { ask, workFor } = counted(3)
  const before = ['a', 'b', 'c']
  const after = ['d', 'e', 'f']
  for (const text of [...before, ...before, ...before]) ask(text)
  for (let round = 0; round < 10; round++) for (const text of after) ask(text)
  expect(after.map(workFor)).toEqual([0, 0, 0])
  expect(before.map(workFor)).toEqual([1, 1, 1])
})
