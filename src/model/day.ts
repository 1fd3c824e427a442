// Days in UTC, counted from 1970-01-01.

export const dayMs = 86_400_000
export const hourMs = 3_600_000

/** The day that an instant is in. */
export function dayOf(instant: Date): number {
  return Math.floor(instant.getTime() / dayMs)
}

/** The first instant of such a day. */
export function dayStart(day: number): Date {
  return new Date(day * dayMs)
}
