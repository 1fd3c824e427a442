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
    keepsAddress: event.keepsAddress === true,
    sharedFrom: event.sharedFrom ?? null,
    // Without a check, only a trusted claim that names the very address says anything.
    currentMatches:
      isChecked || current === null ? matches(current) : (trusted && isSentTo?.(current)) || null,
    provesLife: provesLife(event),
  }
}

/** An answer names its author in From, seldom many. */
const mostAuthors = 10

/**
 * Does somebody take mail at this address? A server that only passed the mail on (relayed) or spread it to a list
 * (expanded) does not say so (RFC 3464 §2.3.3).
 */
function provesLife({ kind, recipient, report, isSentTo }: BounceEvent): boolean {
  if (kind === 'delivered') return recipient.action === 'delivered'
  if (kind === 'receipt' || kind === 'auto-reply') return true
  // What no reader recognised may be a bounce all the same: a person's answer comes from whom we wrote to.
  if (kind !== 'ordinary' || report.nullSender) return false
  const authors = report.sections.from.split('\n').slice(0, mostAuthors)
  return authors.some(author => author !== '' && isSentTo?.(author) === true)
}
