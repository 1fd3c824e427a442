// Complaints: Abuse Reporting Format (RFC 5965), redacted or not.

import { all } from '../message/header.ts'
import { recipientAddress } from './address.ts'
import { readBlocks } from './fields.ts'
import type { Finding } from './finding.ts'
import { machineParts, type Reading } from './reading.ts'

/** A `message/feedback-report` part makes a complaint; `not-spam` takes one back and is nothing (RFC 6430). */
export function readComplaint(reading: Reading): Finding | null {
  const part = machineParts(reading.message, ['message/feedback-report'])[0]
  if (!part) return null
  const fields = readBlocks(part.text).flat()
  const value = (name: string): string | null => fields.find(field => field.name === name)?.value ?? null
  if ((value('feedback-type') ?? '').toLowerCase().startsWith('not-spam')) {
    return { reader: 'complaint', kind: 'ordinary', recipients: [] }
  }
  const named = fields
    .filter(field => field.name === 'original-rcpt-to' || field.name === 'removal-recipient')
    .map(field => recipientAddress(field.value, false))
    .filter(address => address !== null)
  const addressed =
    named.length > 0 ? named : all(reading.original, 'to').flatMap(to => recipientAddress(to, false) ?? [])
  const recipients = [...new Set(addressed)].map(address => ({ address, action: null, text: '' }))
  return { reader: 'complaint', kind: 'complaint', recipients, reportingMta: value('reporting-mta') }
}
