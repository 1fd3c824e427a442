// Yahoo! and the hosts that run its software: "Unable to deliver message to the following address(es).", `<address>:`.

import type { Finding, RecipientFinding } from '../finding.ts'
import { addressesInText } from '../machine/typed-address.ts'
import { readEntries, toDiagnosed } from '../notice/entries.ts'
import { mentions } from '../notice/phrases.ts'
import type { Reading } from '../reading.ts'

const openings = [
  'unable to deliver message to the following address',
  'we were unable to deliver your message to the following address',
  "i'm afraid i wasn't able to deliver the following message",
]

/** A notice in Yahoo's words, or null. */
export function readYahoo(reading: Reading): Finding | null {
  if (!mentions(reading.lower, openings)) return null
  const start = reading.lines.findIndex(line => mentions(line.toLowerCase(), openings))
  if (start < 0) return null
  const listed = toDiagnosed(readEntries(reading.lines.slice(start)), 'failed')
  const recipients = listed.length > 0 ? listed : summary(reading.lines.slice(start))
  return recipients.length > 0 ? { reader: 'yahoo', recipients } : null
}

/** The mail's own `To:` is all that the shortest form tells. */
function summary(lines: readonly string[]): readonly RecipientFinding[] {
  const to = lines.find(line => /^\s*To:/i.test(line))
  return to === undefined ? [] : addressesInText(to).map(address => ({ address, action: 'failed' }))
}
