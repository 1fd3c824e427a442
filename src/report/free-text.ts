// The last reader: a notice in free words. Sender and subject must say that it is a bounce; the text says whose.

import { addressesInText } from './address.ts'
import type { Finding } from './finding.ts'
import type { Reading } from './reading.ts'

const senders = [
  'mailer-daemon',
  'mailerdaemon',
  'mail-daemon',
  'maildaemon',
  'postmaster',
  'mail delivery system',
  'mail delivery subsystem',
  'mail-delivery',
]

/** True for the names under which mail systems report. */
export function isBounceSender(reading: Reading): boolean {
  return senders.some(name => reading.fromField.includes(name))
}

const subjects = [
  'delivery failure',
  'delivery failed',
  'failure notice',
  'undeliverable',
  'undelivered',
  'returned mail',
  'delivery status notification',
  'mail delivery',
  'delivery notification',
  'non delivery',
  'non-delivery',
  'unzustellbar',
  'could not be delivered',
  'not delivered',
  'delivery error',
  'mail error',
  'returned to sender',
  'mail system error',
  'user unknown',
  'message delivery',
]

/** A bounce in free words, or null. */
export function readFreeText(reading: Reading): Finding | null {
  const subject = reading.subject.toLowerCase()
  if (/^(?:re|fw|fwd|aw|wg|tr|sv)\s?:/.test(subject)) return null
  const says = subjects.some(words => subject.includes(words))
  if (!isBounceSender(reading) && !says) return null
  if (!says && !reading.returned) return null
  const self = new Set([reading.from])
  const addresses = addressesInText(reading.note).filter(address => !self.has(address.toLowerCase()))
  const address = addresses[0] ?? null
  return { reader: 'free-text', recipients: [{ address, action: 'failed' }] }
}
