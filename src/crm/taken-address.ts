// Which address a bounce took from its record, and by which other bounce it is away once that one is undone. Pure.

import type { RecordEffect } from '../model/event.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { BounceType } from '../model/verdict.ts'
import { sameAddress } from './mapped-record.ts'

/** What an event did to its record, as it is stored. */
export interface PastBounce {
  readonly id: number
  readonly type: BounceType | null
  readonly effect: RecordEffect
  readonly address: string | null
  readonly linkedBy: LinkedBy | null
  /** Epoch milliseconds. */
  readonly recordedAt: number
  readonly receivedAt: number
}

/** Is `address` the one that the mail was sent to? These links carry no check of it. */
const isChecked = ({ linkedBy }: PastBounce): boolean => linkedBy !== 'legacy' && linkedBy !== 'address'

/**
 * The address that a bounce took, or that a record without address would have lost to it. Null where there is none,
 * or where it was forgotten since: the placeholder left there is not an address.
 */
export function takenBy(bounce: PastBounce): string | null {
  const { effect, type, address } = bounce
  const isNamed = effect === 'flagged' && type === 'hard' && isChecked(bounce)
  return (effect === 'removed' || isNamed) && address?.includes('@') ? address : null
}

/** Of these bounces one by which this address is away too: the newest that took it, else the newest hard bounce of it. */
export function takerOf<B extends PastBounce>(address: string, newestFirst: readonly B[]): B | null {
  const ofIt = newestFirst.filter(bounce => sameAddress(bounce.address, address))
  const isHard = (bounce: B): boolean =>
    bounce.type === 'hard' &&
    (bounce.effect === 'flagged' || bounce.effect === 'counted') &&
    isChecked(bounce)
  return ofIt.find(bounce => bounce.effect === 'removed') ?? ofIt.find(isHard) ?? null
}

/** The address that the newest of these bounces took; the one that the record has by now is not taken. */
export function lastTaken(email: string | null, newestFirst: readonly PastBounce[]): string | null {
  const taken = newestFirst.map(takenBy).filter(address => address !== null && !sameAddress(address, email))
  return taken[0] ?? null
}
