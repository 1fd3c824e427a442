// What a mail system writes to its own users and operators: quotas, quarantines, statistics. It speaks of failures, and
// reports none.

import { first } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import type { Reading } from '../reading.ts'
import { daemons, failureSubjects, housekeepingSubjects, mentions } from './phrases.ts'
import { ownWords, statesFailure } from './statements.ts'

/** True for a title that says so before its colon: behind one stands the title of the mail that came back. */
export function isTitledHousekeeping(title: string): boolean {
  const own = title.split(':', 1)[0] ?? ''
  return mentions(own, housekeepingSubjects)
}

/** A daemon's such note, or null: automatic mail without effect, of which no rule about daemons makes a bounce. */
export function readHousekeeping(reading: Reading): Finding | null {
  const title = reading.subject.toLowerCase()
  if (
    !isTitledHousekeeping(title) &&
    (!mentions(title, housekeepingSubjects) || mentions(title, failureSubjects))
  )
    return null
  if (!mentions(reading.fromField, daemons) || reading.returned) return null
  if (first(reading.message.header, 'x-failed-recipients') !== null) return null
  if (statesFailure(ownWords(reading))) return null
  return { reader: 'housekeeping', kind: 'auto-reply', recipients: [] }
}
