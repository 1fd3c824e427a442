// When repeated soft bounces mean a dead address: a mailbox that stays full for weeks has no reader. Pure.

import { type Category, promotable } from '../model/categories.ts'
import { dayMs } from '../model/day.ts'

/** So many bounces, at most one a day counted, the first and the last at least so many days apart. */
export interface Threshold {
  readonly bounces: number
  readonly days: number
}

/** Only of the categories that `promotable` lists; a category that is not here never promotes. */
export type Thresholds = Readonly<Partial<Record<Category, Threshold>>>

/** A soft bounce of one address. */
export interface SoftBounce {
  readonly category: Category
  /** Epoch milliseconds. */
  readonly at: number
}

/** The category whose threshold these bounces reach, in the order of `promotable`; null when none is reached. */
export function thresholdReached(thresholds: Thresholds, bounces: readonly SoftBounce[]): Category | null {
  return (
    promotable.find(category => {
      const threshold = thresholds[category]
      if (!threshold) return false
      const days = new Set(
        bounces.filter(bounce => bounce.category === category).map(bounce => Math.floor(bounce.at / dayMs)),
      )
      return days.size >= threshold.bounces && Math.max(...days) - Math.min(...days) >= threshold.days
    }) ?? null
  )
}
