// OpenSMTPD: "This is the MAILER-DAEMON, please DO NOT REPLY to this email.", one line a recipient.

import type { Finding } from '../finding.ts'
import { readEntries, toDiagnosed } from '../notice/entries.ts'
import type { Reading } from '../reading.ts'

/** A notice of OpenSMTPD's, or null. */
export function readOpenSmtpd(reading: Reading): Finding | null {
  const opening = reading.lower.slice(0, 2000)
  if (!opening.includes('this is the mailer-daemon, please do not reply to this e')) return null
  const action = opening.includes('successfully delivered')
    ? 'delivered'
    : opening.includes('delayed for more than')
      ? 'delayed'
      : 'failed'
  const recipients = toDiagnosed(readEntries(reading.lines), action)
  return recipients.length > 0 ? { reader: 'opensmtpd', recipients } : null
}
