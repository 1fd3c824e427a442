// Complaints: Abuse Reporting Format (RFC 5965), redacted or not, and the providers that send none of it.

import { addresses, all, first } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import { machineParts, type Reading } from '../reading.ts'
import { readBlocks } from './fields.ts'
import { isNamedAddress, recipientAddress } from './typed-address.ts'

/** A complaint, or null. */
export function readComplaint(reading: Reading): Finding | null {
  return readFeedbackReport(reading) ?? readJunkReport(reading) ?? readUnsubscribe(reading)
}

/** A `message/feedback-report` part makes a complaint; `not-spam` takes one back and is nothing (RFC 6430). */
function readFeedbackReport(reading: Reading): Finding | null {
  const part = machineParts(reading.message, ['message/feedback-report'])[0]
  if (!part) return null
  const fields = readBlocks(part.text).flat()
  const value = (name: string): string | null => fields.find(field => field.name === name)?.value ?? null
  if ((value('feedback-type') ?? '').toLowerCase().startsWith('not-spam')) {
    return { reader: 'complaint', kind: 'ordinary', recipients: [] }
  }
  // RFC 6591: a report that our mail failed authentication; nobody complained.
  if ((value('feedback-type') ?? '').toLowerCase().startsWith('auth-failure'))
    return { reader: 'auth-report', kind: 'auth-report', recipients: [] }
  const named = fields
    .filter(field => field.name === 'original-rcpt-to' || field.name === 'removal-recipient')
    .map(field => recipientAddress(field.value, false))
    .filter(address => address !== null)
  return {
    reader: 'complaint',
    kind: 'complaint',
    recipients: recipientsOf(named.length > 0 ? named : addresses(reading.original, 'to')),
    reportingMta: value('reporting-mta'),
    envelopeId: value('original-envelope-id'),
    senders: [value('original-mail-from') ?? ''],
  }
}

/** Outlook.com's Junk Mail Reporting: the mail itself, marked with who complained. */
function readJunkReport(reading: Reading): Finding | null {
  const field = 'x-hmxmroriginalrecipient'
  const marked = [...all(reading.original, field), ...all(reading.message.header, field)]
  if (marked.length === 0) return null
  const originalHeader = reading.original.length > 0 ? reading.original : reading.message.header
  return { reader: 'complaint', kind: 'complaint', recipients: recipientsOf(marked), originalHeader }
}

/** Apple Mail's answer to List-Unsubscribe: somebody wants no more of it. */
function readUnsubscribe(reading: Reading): Finding | null {
  const { header } = reading.message
  if ((first(header, 'x-apple-unsubscribe') ?? '').toLowerCase() !== 'true') return null
  return { reader: 'unsubscribe', kind: 'complaint', recipients: recipientsOf(addresses(header, 'from')) }
}

function recipientsOf(named: readonly string[]): Finding['recipients'] {
  return [...new Set(named)].filter(isNamedAddress).map(address => ({ address, action: null, text: '' }))
}
