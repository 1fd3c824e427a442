// AOL: recipients by screen name, without the domain that everybody knows.

import type { Finding, RecipientFinding } from '../finding.ts'
import { isNamedAddress, stripEnds } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

const opening = 'your mail to the following recipients could not be delivered'

/** A notice of AOL's Mail Delivery Subsystem, or null. */
export function readAol(reading: Reading): Finding | null {
  if (!reading.lower.includes(opening)) return null
  const start = reading.lines.findIndex(line => line.toLowerCase().includes(opening))
  const domain = reading.from.split('@')[1] ?? ''
  if (start < 0 || !domain.endsWith('aol.com')) return null
  const heading = reading.lines.slice(start).findIndex(line => line.trimEnd().endsWith(':')) + start
  const reason = reading.lines
    .slice(start, heading + 1)
    .join(' ')
    .trim()
  const recipients: RecipientFinding[] = []
  for (const line of reading.lines.slice(heading + 1)) {
    const name = stripEnds(line.trim())
    if (name === '') continue
    if (/\s/.test(name)) break
    const address = name.includes('@') ? name : `${name}@aol.com`
    if (!isNamedAddress(address)) break
    recipients.push({ address, action: 'failed', text: reason })
  }
  return recipients.length > 0 ? { reader: 'aol', recipients } : null
}
