// What `effects.ts` wants to know of an event, found out beside the record it concerns.

import type { Facts, RecordState } from '../../crm/effects.ts'
import { sameAddress } from '../../crm/mapped-record.ts'
import type { Thresholds } from '../../crm/thresholds.ts'
import type { BounceEvent } from '../../model/event.ts'
import type { SendRef } from '../../model/return-path.ts'
import { receivedAt } from './event-row.ts'

export interface Trust {
  /** Is this the address the mail was sent to? Only asked of links that carry a check. */
  readonly matches: (send: SendRef, address: string) => boolean
  /** REBOUND_TRUST_LEGACY=remove: claimed links act like proven ones. */
  readonly trustClaimed: boolean
  /** Which soft bounces, repeated, make a record hard; none unless given. */
  readonly thresholds?: Thresholds
}

/** Says of an address whether the event is about it; null when it cannot tell any from another. */
export function addressTest(event: BounceEvent, trust: Trust): ((address: string) => boolean) | null {
  const send = event.link?.send ?? null
  if (send === null) return null
  if (send.addressCheck !== null) return address => trust.matches(send, address)
  const { address, originalAddress } = event.recipient
  return candidate => [address, originalAddress].some(name => sameAddress(name, candidate))
}

/**
 * The facts of one event.
 * @param record the record as it stands, null when it has never been seen
 * @param now epoch milliseconds, for an event without a time of its own
 */
export function factsOf(event: BounceEvent, record: RecordState | null, now: number, trust: Trust): Facts {
  const send = event.link?.send ?? null
  const { address, originalAddress } = event.recipient
  const checked = send !== null && send.addressCheck !== null
  const trusted = event.link?.proven === true || trust.trustClaimed
  const matches = (candidate: string | null | undefined): candidate is string =>
    checked && candidate != null && trust.matches(send, candidate)
  // The address may have been removed by an earlier bounce: the record still knows it.
  const reported = [originalAddress, address, record?.bouncedAddress].find(matches) ?? null
  const current = record?.email ?? null
  return {
    kind: event.kind,
    concern: event.concern,
    verdict: event.verdict,
    trusted,
    at: receivedAt(event, now),
    reported,
    reportedMatches: reported !== null,
    // Without a check, only a trusted claim that names the very address says anything.
    currentMatches:
      checked || current === null
        ? matches(current)
        : (trusted && addressTest(event, trust)?.(current)) || null,
  }
}
