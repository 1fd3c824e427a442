// A whole report inside a daemon's own notice: gateways put one around what they pass on. A person's forward is none.

import type { Message } from '../../model/message.ts'
import { isReplyLike } from '../notice/likelihood.ts'
import { isFromDaemon, isFromSystem } from '../notice/phrases.ts'
import { hasNullReturnPath, type Reading } from '../reading.ts'

/** The report that the notice encloses, as the mail that it is, or null. */
export function enclosedReport(reading: Reading): Message | null {
  const part = reading.message.parts.find(({ inner = [] }) => inner.length > 0)
  if (part?.inner === undefined) return null
  // A mail system encloses a report in a notice of its own, a gateway in nothing but a disclaimer.
  if (isReplyLike(reading) || !(isFromDaemon(reading) || isFromSystem(reading) || hasNullReturnPath(reading)))
    return null
  return { header: part.header, parts: part.inner, bytes: part.text.length, problems: [] }
}
