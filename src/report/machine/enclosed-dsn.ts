// A whole report inside a daemon's own notice: gateways put one around what they pass on. A person's forward is none.

import type { Finding } from '../finding.ts'
import { isReplyLike } from '../notice/likelihood.ts'
import { isFromDaemon, isFromSystem } from '../notice/phrases.ts'
import { hasNullReturnPath, type Reading } from '../reading.ts'
import { findingOf, statusBlocks } from './dsn.ts'

/** The report that the notice encloses, or null. */
export function readEnclosedDsn(reading: Reading): Finding | null {
  const inner = reading.message.parts.flatMap(part => part.inner ?? [])
  if (inner.length === 0) return null
  // A mail system encloses a report in a notice of its own, a gateway in nothing but a disclaimer.
  if (isReplyLike(reading) || !(isFromDaemon(reading) || isFromSystem(reading) || hasNullReturnPath(reading)))
    return null
  const finding = findingOf('dsn', statusBlocks(inner))
  const original = inner.find(part => part.enclosed && part.header.length > 0)
  return finding === null || original === undefined
    ? finding
    : { ...finding, originalHeader: original.header }
}
