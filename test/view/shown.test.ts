// What people and programs are shown of what is stored, whatever stands in the database.

import { expect, it } from 'vitest'
import { type Category, categories } from '../../src/model/categories.ts'
import type { StoredBounce } from '../../src/model/stored-bounce.ts'
import { bounceShown } from '../../src/view/shown.ts'

const sentence = (category: string | null) =>
  bounceShown({ category: category as Category | null } as StoredBounce).sentence

it('says a category in words, and nothing of one that a later version wrote', () => {
  expect(sentence('unknown-user')).toBe(categories['unknown-user'].sentence)
  expect(sentence('category-of-a-newer-version')).toBeNull()
  expect(sentence('constructor')).toBeNull()
  expect(sentence(null)).toBeNull()
})
