// Exim, and the services that took over its words (GMX, 1&1, Mail.ru, Zoho, MX Logic), where no machine part came.

import { addresses } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import { isDelay } from '../notice/delay.ts'
import { readEntries, toDiagnosed } from '../notice/entries.ts'
import { mentions } from '../notice/phrases.ts'
import { failedRecipients } from '../notice/recipients.ts'
import type { Reading } from '../reading.ts'

const openings = [
  'this message was created automatically by mail delivery software',
  'this message was created automatically by mail delivery system',
  'this message was created automatically by the smtp',
]

/** A notice in Exim's words, or null. Who failed also stands in X-Failed-Recipients. */
export function readExim(reading: Reading): Finding | null {
  const named = addresses(reading.message.header, 'x-failed-recipients').filter(isNamedAddress)
  if (named.length === 0 && !mentions(reading.lower, openings)) return null
  const action = isDelay(reading) ? 'delayed' : 'failed'
  const recipients = toDiagnosed(readEntries(reading.lines), action)
  if (recipients.length > 0) return { reader: 'exim', recipients }
  if (named.length > 0) return { reader: 'exim', recipients: named.map(address => ({ address, action })) }
  return { reader: 'exim', recipients: failedRecipients(reading, action === 'delayed') }
}
