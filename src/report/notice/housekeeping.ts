// What a mail system writes to its own users and operators: quotas, quarantines, statistics. It speaks of failures, and
// reports none.

import { first } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import type { Reading } from '../reading.ts'
import { isFromDaemon, isFromSystem, titlePhrases } from './phrases.ts'
import { listsRefusal, ownPhrases, statesFailure } from './statements.ts'

/** True for a title that says so before its colon: behind one stands the title of the mail that came back. */
export function isTitledHousekeeping(reading: Reading): boolean {
  const title = titlePhrases(reading)
  const colon = title.text.indexOf(':')
  // `report domain: …` is one, colon and all.
  const own = colon < 0 ? title.text.length : colon + 1
  return title.between('subjects.housekeeping', 0, own).length > 0
}

/** A daemon's such note, or null: automatic mail without effect, of which no rule about daemons makes a bounce. */
export function readHousekeeping(reading: Reading): Finding | null {
  const title = titlePhrases(reading)
  const isTitled = title.has('subjects.housekeeping') && !title.has('subjects.failure')
  if (!isTitled && !isTitledHousekeeping(reading)) return null
  if (reading.returned || first(reading.message.header, 'x-failed-recipients') !== null) return null
  // A digest lists mail to its reader that was not delivered: it gives no reply of a server.
  const isDigest =
    statesFailure(ownPhrases(reading)) &&
    isFromSystem(reading) &&
    isTitledHousekeeping(reading) &&
    !listsRefusal(reading, true)
  if (!isDigest && (!isFromDaemon(reading) || statesFailure(ownPhrases(reading)))) return null
  return { reader: 'housekeeping', kind: 'auto-reply', recipients: [] }
}
