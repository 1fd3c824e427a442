// How long a webhook waits after each failure: at first as for a restart, then as for an outage, for a day.

const minute = 60
const hour = 60 * minute

/** Seconds to wait after the first failure, the second, …; after the last row's try it is given up. */
export const waits: readonly number[] = [
  5,
  30,
  2 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  4 * hour,
  6 * hour,
  7 * hour,
]

/** At most this share is added, so that what failed together does not come back together. */
const spread = 0.1

/**
 * Milliseconds until the next try; null when it is given up.
 * @param failures how often it failed, this time included
 * @param chance from 0 to 1
 */
export function waitAfter(failures: number, chance: number): number | null {
  const seconds = waits[failures - 1]
  return seconds === undefined ? null : Math.round(seconds * 1000 * (1 + spread * chance))
}
