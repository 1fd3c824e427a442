// The closed vocabulary of causes as every door shows it.

import {
  type Category,
  type CategoryRow,
  categories,
  categoryNames,
  promotable,
} from '../model/categories.ts'
import type { BounceType } from '../model/verdict.ts'

export interface ShownCategory extends CategoryRow {
  readonly name: Category
  readonly type: BounceType
  /** May remove an address when it repeats. */
  readonly promotable: boolean
}

export const shownCategories: readonly ShownCategory[] = categoryNames.map(name => {
  const row = categories[name]
  const type = row.group === 'hard' ? 'hard' : 'soft'
  return { name, type, ...row, promotable: promotable.includes(name) }
})
