// Whom a notice in words is about: its list, else its sentences, else what its header and the original say.

import { readEntries, toFound } from './entries.ts'
import { isDelay } from './evidence.ts'
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

/** A machine part that does not name its one recipient (a pipe, a file, a broken field): the notice may. */
export function completed(finding: Finding, reading: Reading): Finding {
  const nameless = finding.recipients.filter(found => found.address === null && !found.originalAddress)
  if (finding.kind !== undefined || nameless.length !== 1) return finding
  const known = new Set(finding.recipients.flatMap(found => [found.address, found.originalAddress]))
  const named = failedRecipients(reading).filter(found => found.address !== null && !known.has(found.address))
  const only = named.length === 1 ? named[0] : undefined
  if (only === undefined) return finding
  const recipients = finding.recipients.map(found =>
    found === nameless[0] ? { ...found, address: only.address } : found,
  )
  return { ...finding, recipients }
}
