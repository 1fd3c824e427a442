// Whom a notice in words is about: its list, else its sentences, else what its header and the original say.

import { isDelay } from './delay.ts'
import { readEntries, toFound } from './entries.ts'
import type { Finding, Found } from './finding.ts'
import { failedMentions, originalRecipients, ownAddresses } from './mentions.ts'
import type { Reading } from './reading.ts'

/** The recipients that failed or wait; one without an address when the notice names nobody. */
export function failedRecipients(reading: Reading, delayed = isDelay(reading)): readonly Found[] {
  const action = delayed ? 'delayed' : 'failed'
  const own = ownAddresses(reading)
  const listed = readEntries(reading.lines)
  const others = listed.filter(entry => !own.has(entry.address.toLowerCase()))
  // A mail to oneself: the only address there is.
  if (others.length > 0) return toFound(others, action)
  const mentioned = failedMentions(reading)
  if (mentioned.length > 0) return mentioned.map(address => ({ address, action }))
  if (listed.length > 0) return toFound(listed, action)
  const sentTo = originalRecipients(reading)
  return [{ address: sentTo.length === 1 ? (sentTo[0] ?? null) : null, action }]
}

/** Fills in what a machine part leaves out, as far as the notice and the returned message tell. */
export function completed(finding: Finding, reading: Reading): Finding {
  if (finding.kind !== undefined) return finding
  const recipients = withDomains(named(finding.recipients, reading), reading)
  return recipients === finding.recipients ? finding : { ...finding, recipients }
}

/** A machine part that does not name its one recipient (a pipe, a file, a broken field): the notice may. */
function named(recipients: readonly Found[], reading: Reading): readonly Found[] {
  const nameless = recipients.filter(found => found.address === null && !found.originalAddress)
  if (nameless.length !== 1) return recipients
  const known = new Set(recipients.flatMap(found => [found.address, found.originalAddress]))
  const others = failedRecipients(reading).filter(
    found => found.address !== null && !known.has(found.address),
  )
  const only = others.length === 1 ? others[0] : undefined
  if (only === undefined) return recipients
  return recipients.map(found => (found === nameless[0] ? { ...found, address: only.address } : found))
}

/** A recipient by its local name alone is the one of that name to whom the original was addressed. */
function withDomains(recipients: readonly Found[], reading: Reading): readonly Found[] {
  if (!recipients.some(isLocal)) return recipients
  const sentTo = originalRecipients(reading)
  return recipients.map(found => {
    if (!isLocal(found)) return found
    const prefix = `${found.address?.toLowerCase()}@`
    const matches = sentTo.filter(address => address.toLowerCase().startsWith(prefix))
    return matches.length === 1 ? { ...found, originalAddress: matches[0] ?? null } : found
  })
}

function isLocal(found: Found): boolean {
  return found.address !== null && !found.address.includes('@') && !found.originalAddress
}
