// Gmail before 2016 and Google Groups: "Delivery to the following recipient failed permanently:", technical details below.

import type { Finding } from '../finding.ts'
import { isDelay } from '../notice/delay.ts'
import { readEntries } from '../notice/entries.ts'
import type { Reading } from '../reading.ts'

const opening = 'delivery to the following recipient'

/** A notice of Gmail's in words, or null. */
export function readGmail(reading: Reading): Finding | null {
  if (!reading.lower.includes(opening)) return null
  const start = reading.lines.findIndex(line => line.toLowerCase().includes(opening))
  if (start < 0 || (!reading.from.includes('google') && !reading.from.endsWith('@gmail.com'))) return null
  const details = reading.lines.findIndex(
    (line, at) =>
      at > start && /^\s*technical details of (?:permanent|temporary) failure/i.test(line.slice(0, 100)),
  )
  const diagnostic =
    details < 0
      ? ''
      : reading.lines
          .slice(details + 1, details + 60)
          .join('\n')
          .trim()
  const action = isDelay(reading) ? 'delayed' : 'failed'
  const listed = readEntries(reading.lines.slice(start, details < 0 ? undefined : details))
  const recipients = listed.map(
    ({ address }) => ({ address, action, diagnostic: diagnostic.replaceAll('\n', ' ') || null }) as const,
  )
  return recipients.length > 0 ? { reader: 'gmail', recipients } : null
}
