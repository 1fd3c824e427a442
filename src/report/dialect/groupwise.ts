// Novell (Micro Focus) GroupWise: "The message that you sent was undeliverable to the following:", `address (reason)`.

import type { Finding } from '../finding.ts'
import { readEntries, toDiagnosed } from '../notice/entries.ts'
import { mentions } from '../notice/phrases.ts'
import type { Reading } from '../reading.ts'

const openings = ['was undeliverable to the following', 'had the following undeliverable recipient']

/** A notice of the GroupWise Internet Agent, or null. */
export function readGroupwise(reading: Reading): Finding | null {
  if (!mentions(reading.lower, openings)) return null
  const start = reading.lines.findIndex(line => mentions(line.toLowerCase(), openings))
  const recipients = toDiagnosed(readEntries(reading.lines.slice(Math.max(0, start))), 'failed')
  return recipients.length > 0 ? { reader: 'groupwise', recipients } : null
}
