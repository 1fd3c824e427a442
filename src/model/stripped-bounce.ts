// Events that the database did not take whole.

import type { StoredBounce } from './stored-bounce.ts'

/** `bare`: without what strangers wrote. `inert`: also without effects. */
export const strippedDetails = ['bare', 'inert'] as const

export type StrippedDetail = (typeof strippedDetails)[number]

export interface StrippedBounce {
  readonly id: string
  readonly strippedAt: Date
  readonly detail: StrippedDetail
  /** The code of the database's error. */
  readonly code: string
  readonly bounce: StoredBounce
}
