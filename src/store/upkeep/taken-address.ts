// Which address a bounce took from its record, and by which other bounce it is away once that one is undone.

import { sameAddress } from '../../crm/mapped-record.ts'
import type { BounceRow } from '../database/rows.ts'

/** Is `address` the one that the mail was sent to? These links carry no check of it. */
const isChecked = ({ linked_by }: BounceRow): boolean => linked_by !== 'legacy' && linked_by !== 'address'

/**
 * The address that a bounce took, or that a record without address would have lost to it. Null where there is none,
 * or where it was forgotten since: what stands in its place is no address.
 */
export function takenBy(event: BounceRow): string | null {
  const { effect, type, address } = event
  const isNamed = effect === 'flagged' && type === 'hard' && isChecked(event)
  return (effect === 'removed' || isNamed) && address?.includes('@') ? address : null
}

/** Of these events one by which this address is away too: the newest that took it, else the newest hard bounce of it. */
export function takerOf(address: string, newestFirst: readonly BounceRow[]): BounceRow | null {
  const ofIt = newestFirst.filter(event => sameAddress(event.address, address))
  const isHard = (event: BounceRow): boolean =>
    event.type === 'hard' && (event.effect === 'flagged' || event.effect === 'counted') && isChecked(event)
  return ofIt.find(event => event.effect === 'removed') ?? ofIt.find(isHard) ?? null
}

/** The address that the newest of these events took; the one that the record has by now is not taken. */
export function lastTaken(email: string | null, newestFirst: readonly BounceRow[]): string | null {
  const taken = newestFirst.map(takenBy).filter(address => address !== null && !sameAddress(address, email))
  return taken[0] ?? null
}
