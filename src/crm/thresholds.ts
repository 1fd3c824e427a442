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

export interface ThresholdInForce extends Threshold {
  /** The last event that was recorded before it came into force, 0 for none: up to there nothing counts. */
  readonly afterId: number
}

export type ThresholdsInForce = Readonly<Partial<Record<Category, ThresholdInForce>>>

/** A soft bounce of one address. */
export interface SoftBounce {
  readonly category: Category
  /** Epoch milliseconds. */
  readonly at: number
}

/**
 * A bounce that comes more than so many days after the one before is the first of a new count. There is no other
 * window: a monthly newsletter must be able to reach five.
 */
const longestGapDays = 90

/** The category whose threshold these bounces reach, in the order of `promotable`; null when none is reached. */
export function thresholdReached(thresholds: Thresholds, bounces: readonly SoftBounce[]): Category | null {
  return (
    promotable.find(category => {
      const threshold = thresholds[category]
      if (!threshold) return false
      const days = lastRun(
        bounces.filter(bounce => bounce.category === category).map(bounce => Math.floor(bounce.at / dayMs)),
      )
      const [first = 0] = days
      return days.length >= threshold.bounces && (days.at(-1) ?? 0) - first >= threshold.days
    }) ?? null
  )
}

/** A threshold as the setting writes it: `mailbox-full=5/30d`. */
export function thresholdName(category: Category, { bounces, days }: Threshold): string {
  return `${category}=${bounces}/${days}d`
}

/** The days since the last long gap, ascending, each once. */
function lastRun(days: readonly number[]): readonly number[] {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  const start = sorted.findLastIndex((day, at) => day - (sorted[at - 1] ?? day) > longestGapDays)
  return sorted.slice(Math.max(0, start))
}
