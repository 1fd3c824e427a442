// Courier: "UNDELIVERABLE MAIL" or "DELAYED MAIL", then `<address>:` and the SMTP lines.

import type { Finding, RecipientFinding } from '../finding.ts'
import { readEntries } from '../notice/entries.ts'
import type { Reading } from '../reading.ts'

/** A notice of Courier's in words, or null. */
export function readCourier(reading: Reading): Finding | null {
  if (!/\bCourier mail server\b/.test(reading.words.slice(0, 4000))) return null
  const start = reading.lines.findIndex(line =>
    /^\s*(?:UNDELIVERABLE|DELAYED) MAIL\s*$/.test(line.slice(0, 120)),
  )
  if (start < 0) return null
  const action = (reading.lines[start] ?? '').includes('DELAYED') ? 'delayed' : 'failed'
  const recipients = readEntries(reading.lines.slice(start)).map(
    ({ address, words }): RecipientFinding => ({ address, action, text: words, diagnostic: answers(words) }),
  )
  return recipients.length > 0 ? { reader: 'courier', recipients } : null
}

/** What the remote server said, without the marks. */
function answers(words: string): string | null {
  const lines = words
    .split('\n')
    .filter(line => line.startsWith('<<<'))
    .map(line => line.slice(3).trim())
  return lines.length > 0 ? lines.join(' ') : words.replaceAll('\n', ' ') || null
}
