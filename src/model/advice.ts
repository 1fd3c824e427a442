// Whose move it is after a stored bounce.

import { type Advice, adviceOf, isCategory } from './categories.ts'
import type { RecordEffect } from './event.ts'
import type { BounceType } from './verdict.ts'

/**
 * What to do after a bounce that counts as this type; one that reached a threshold took the address, and one whose removal is
 * held waits. Null for what did
 * not count, and for a category of a later version, which a database may hold.
 */
export function adviceOn({
  category,
  type,
  promotedBy,
  effect,
}: {
  readonly category: string | null
  readonly type: BounceType | null
  readonly promotedBy: string | null
  readonly effect: RecordEffect
}): Advice | null {
  if (category === null || type === null || !isCategory(category)) return null
  if (effect === 'held') return 'wait'
  return promotedBy === null ? adviceOf(category, type) : 'remove'
}
