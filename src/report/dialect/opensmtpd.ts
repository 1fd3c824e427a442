// OpenSMTPD: "This is the MAILER-DAEMON, please DO NOT REPLY to this email.", one line a recipient.

import type { Action } from '../../model/report.ts'
import type { Finding } from '../finding.ts'
import { readEntries, toDiagnosed } from '../notice/entries.ts'
import type { Reading } from '../reading.ts'

/** A notice of OpenSMTPD's, or null. */
export function readOpenSmtpd(reading: Reading): Finding | null {
  const opening = reading.lower.slice(0, 2000)
  if (!opening.includes('this is the mailer-daemon, please do not reply to this e')) return null
  const recipients = toDiagnosed(readEntries(reading.lines), actionIn(opening))
  return recipients.length > 0 ? { reader: 'opensmtpd', recipients } : null
}

function actionIn(opening: string): Action {
  if (opening.includes('successfully delivered')) return 'delivered'
  return opening.includes('delayed for more than') ? 'delayed' : 'failed'
}
