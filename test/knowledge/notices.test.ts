// Words of notices, each text of each language tried: a failure is a bounce, a condition makes it none, a promise to try
// again makes it a warning, an absence of a person is an automatic answer.

import { describe, expect, test } from 'vitest'
import { languages, type Slot } from '../../src/knowledge/languages.ts'
import { outcome } from './outcome.ts'

const plain = (text: string): string => text.replaceAll('*', '').trim()

describe.each(languages.map(({ code, entries }) => [code, entries] as const))('%s', (code, entries) => {
  const words = (slot: Slot): readonly string[] =>
    (entries.get(slot) ?? []).flatMap(({ texts }) => texts.map(plain))

  /** The sayings that the reader makes something else of. */
  async function strange(slot: Slot, expected: string, sayings = words(slot)): Promise<readonly string[]> {
    const told = await Promise.all(sayings.map(async say => [say, await outcome(slot, say)] as const))
    return told.filter(([, kind]) => kind !== expected).map(([say, kind]) => `${say}: ${kind}`)
  }

  test('a stated failure is a bounce', async () => {
    expect(await strange('sentences.failure', 'bounce')).toEqual([])
  })

  test('a condition states nothing', async () => {
    const failures = words('sentences.failure')
    const before = words('particles.condition').flatMap(word => failures.map(failure => `${word} ${failure}`))
    const behind = words('particles.condition-behind').flatMap(word =>
      failures.map(failure => `${failure} ${word}`),
    )
    expect(await strange('particles.condition', 'ordinary', [...before, ...behind])).toEqual([])
  })

  test('a promise to try again is a warning', async () => {
    expect(await strange('particles.retry', 'delayed')).toEqual([])
    const [failure = ''] = words('sentences.failure')
    const sayings = words('particles.retry').map(promise => `${failure}. ${promise}`)
    expect(await strange('particles.retry', 'delayed', sayings)).toEqual([])
  })

  test('titles say what they are', async () => {
    expect(await strange('subjects.auto-reply', 'auto-reply')).toEqual([])
    // English titles of warnings may name the failure first.
    if (code !== 'en') expect(await strange('subjects.failure', 'bounce')).toEqual([])
    expect(await strange('subjects.delay', 'delayed')).toEqual([])
  })
})
