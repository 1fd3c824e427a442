// Whom each recipient block of a report concerns (DESIGN §2.4 "Whose bounce"): the address that counts is the one mailed.

import type { Concern, RecipientReport } from '../model.ts'

/**
 * One concern a block, in order. `isOurs` says whether an address is the one the mail was sent to; null when
 * nothing can tell, because the link carries no check of the address.
 */
export function concernsOf(
  recipients: readonly RecipientReport[],
  isOurs: ((address: string) => boolean) | null,
): readonly Concern[] {
  const named = recipients.map(recipient => isOurs !== null && names(recipient, isOurs))
  if (named.includes(true)) return named.map(isOwner => (isOwner ? 'owner' : 'other'))
  const [only] = recipients
  if (recipients.length !== 1 || only === undefined) return recipients.map(() => 'expanded')
  const namesSomebodyElse = isOurs !== null && (only.address !== null || only.originalAddress !== null)
  return [namesSomebodyElse ? 'forward' : 'owner']
}

/** RFC 3464 §2.3.1: Original-Recipient is whom we wrote to; Final-Recipient may be where an alias led. */
function names(recipient: RecipientReport, isOurs: (address: string) => boolean): boolean {
  const { address, originalAddress } = recipient
  return (originalAddress !== null && isOurs(originalAddress)) || (address !== null && isOurs(address))
}
