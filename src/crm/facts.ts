// What `effects.ts` wants to know of an event, found out beside the record it concerns. Pure.

import type { BounceEvent } from '../model/event.ts'
import type { Facts, RecordState } from './effects.ts'

/**
 * The facts of one event.
 * @param record the record as it stands, null when it has never been seen
 * @param options.at when it was received, epoch milliseconds
 * @param options.trustClaimed claimed links act like proven ones
 */
export function factsOf(
  event: BounceEvent,
  record: RecordState | null,
  { at, trustClaimed }: { readonly at: number; readonly trustClaimed: boolean },
): Facts {
  const { isSentTo, link, recipient } = event
  const isChecked = link !== null && link.send.addressCheck !== null
  const trusted = link?.proven === true || trustClaimed
  const matches = (candidate: string | null | undefined): candidate is string =>
    isChecked && candidate != null && isSentTo?.(candidate) === true
  // The address may have been removed by an earlier bounce: the record still knows it.
  const reported =
    [recipient.originalAddress, recipient.address, record?.bouncedAddress].find(matches) ?? null
  const current = record?.email ?? null
  return {
    kind: event.kind,
    concern: event.concern,
    verdict: event.verdict,
    trusted,
    isClaim: link?.proven !== true,
    at,
    reported,
    reportedMatches: reported !== null,
    // Without a check, only a trusted claim that names the very address says anything.
    currentMatches:
      isChecked || current === null ? matches(current) : (trusted && isSentTo?.(current)) || null,
  }
}
