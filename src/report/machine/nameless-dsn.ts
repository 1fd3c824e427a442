// A delivery report whose recipient blocks are missing or damaged. It is a report all the same (RFC 6522 §3): its words,
// else the returned message, may tell whom it is about.

import { first, parseStructured } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import { isDelay } from '../notice/delay.ts'
import { failedRecipients } from '../notice/recipients.ts'
import { isSuccess } from '../notice/statements.ts'
import type { Reading } from '../reading.ts'

/** What a `multipart/report` of delivery status says in words, or null. */
export function readNamelessDsn(reading: Reading): Finding | null {
  const type = parseStructured(first(reading.message.header, 'content-type') ?? '')
  if (type.value !== 'multipart/report') return null
  if (type.parameters['report-type']?.toLowerCase() !== 'delivery-status') return null
  const isStatusThere = reading.message.parts.some(part => part.type.endsWith('/delivery-status'))
  if (!isStatusThere || isSuccess(reading)) return null
  return { reader: 'dsn', recipients: failedRecipients(reading, isDelay(reading)) }
}
