// Novell (Micro Focus) GroupWise: "The message that you sent was undeliverable to the following:", `address (reason)`.

import { all } from '../../message/header.ts'
import { readEntries } from '../entries.ts'
import type { Finding, Found } from '../finding.ts'
import { mentions } from '../phrases.ts'
import type { Reading } from '../reading.ts'

const openings = ['was undeliverable to the following', 'had the following undeliverable recipient']

/** A notice of the GroupWise Internet Agent, or null. */
export function readGroupwise(reading: Reading): Finding | null {
  const start = reading.lines.findIndex(line => mentions(line.toLowerCase(), openings))
  const byHeader = all(reading.message.header, 'x-mailer').some(name =>
    name.toLowerCase().includes('groupwise'),
  )
  if (start < 0 && !byHeader) return null
  const recipients = readEntries(reading.lines.slice(Math.max(0, start))).map(
    ({ address, words }): Found => ({
      address,
      action: 'failed',
      text: words,
      diagnostic: words.replaceAll('\n', ' ') || null,
    }),
  )
  return recipients.length > 0 &&
    (start >= 0 || reading.from.startsWith('mailer-daemon') || reading.from.startsWith('postmaster'))
    ? { reader: 'groupwise', recipients }
    : null
}
