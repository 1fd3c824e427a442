// Whom each recipient block of a report concerns. Only the address that was mailed counts: the CRM knows no other.

import type { Concern } from '../model/event.ts'
import type { Action, RecipientReport } from '../model/report.ts'
import type { JudgedRecipient } from '../model/verdict.ts'

/**
 * One concern a block, in order; at most one of them is not `other`, since one report is one bounce of a record.
 * `isOurs` says whether an address is the one the mail was sent to; null when nothing can tell, because the link
 * carries no check of the address.
 */
export function concernsOf(
  recipients: readonly JudgedRecipient[],
  isOurs: ((address: string) => boolean) | null,
): readonly Concern[] {
  const ours = recipients.filter(recipient => isOurs !== null && names(recipient, isOurs))
  const counts = worst(ours.length > 0 ? ours : recipients)
  const concern =
    ours.length > 0 ? concernOfOurs(ours, counts, isOurs) : concernOfUnnamed(recipients, isOurs !== null)
  return recipients.map(recipient => (recipient === counts ? concern : 'other'))
}

/** An alias leads to several: what one of them took is not lost because another is dead. */
function concernOfOurs(
  ours: readonly RecipientReport[],
  counts: RecipientReport | undefined,
  isOurs: ((address: string) => boolean) | null,
): Concern {
  const isElsewhere = counts?.address != null && isOurs?.(counts.address) === false
  return isElsewhere && ours.some(({ action }) => action !== null && reached.includes(action))
    ? 'expanded'
    : 'owner'
}

const reached: readonly Action[] = ['delivered', 'relayed', 'expanded']

/** Did the mail fail for good at another address than we wrote to, the only one that this report tells of? */
export function isLostElsewhere(
  recipients: readonly JudgedRecipient[],
  concerns: readonly Concern[],
  isOurs: ((address: string) => boolean) | null,
): boolean {
  const at = concerns.findIndex(concern => concern === 'forward' || concern === 'owner')
  const { address = null, verdict = null } = recipients[at] ?? {}
  return verdict?.type === 'hard' && address !== null && isOurs !== null && !isOurs(address)
}

/** No block names the address we wrote to: the only block is about it all the same, several are an expanded alias. */
function concernOfUnnamed(recipients: readonly RecipientReport[], canTell: boolean): Concern {
  const [only] = recipients
  if (recipients.length !== 1 || only === undefined) return 'expanded'
  const namesSomebodyElse = canTell && (only.address !== null || only.originalAddress !== null)
  return namesSomebodyElse ? 'forward' : 'owner'
}

/** Of the blocks about one record the first hard one counts, else the first that failed, else the first. */
function worst(recipients: readonly JudgedRecipient[]): JudgedRecipient | undefined {
  return (
    recipients.find(recipient => recipient.verdict?.type === 'hard') ??
    recipients.find(recipient => recipient.verdict !== null) ??
    recipients[0]
  )
}

/** RFC 3464 §2.3.1: Original-Recipient is whom we wrote to; Final-Recipient may be where an alias led. */
function names(recipient: RecipientReport, isOurs: (address: string) => boolean): boolean {
  const { address, originalAddress } = recipient
  return (originalAddress !== null && isOurs(originalAddress)) || (address !== null && isOurs(address))
}
