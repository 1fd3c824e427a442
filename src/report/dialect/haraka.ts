// Haraka (config/outbound.bounce_message): `Intended Recipients: <a>, <b>`, and one reason for all of them.

import type { Finding } from '../finding.ts'
import { addressesInText } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

const recipientsLabel = 'intended recipients:'
const reasonLabel = 'failure reason:'
const maxLines = 100
const maxRecipients = 100
const maxReasonLines = 40

/** A notice of Haraka's, or null. */
export function readHaraka(reading: Reading): Finding | null {
  // Not `lines`: what speaks of intended recipients is taken for a confidentiality notice there.
  const lines = reading.note.split('\n', maxLines).map(line => line.trimStart())
  const at = lines.findIndex(line => line.toLowerCase().startsWith(recipientsLabel))
  if (at < 0) return null
  const addresses = addressesInText((lines[at] ?? '').slice(recipientsLabel.length), maxRecipients)
  if (addresses.length === 0) return null
  const after = lines.slice(at + 1, at + 1 + maxReasonLines)
  const from = after.findIndex(line => line.toLowerCase().startsWith(reasonLabel))
  if (from < 0) return null
  const end = after.findIndex((line, index) => index > from && line.trim() === '')
  const reason = after
    .slice(from, end < 0 ? undefined : end)
    .join('\n')
    .slice(reasonLabel.length)
    .trim()
  const host = /\bat ([A-Za-z0-9._-]{1,255})/.exec(lines.slice(0, at).join(' ').slice(0, 500))?.[1]
  return {
    reader: 'haraka',
    reportingMta: host?.replace(/\.$/, '') ?? null,
    recipients: addresses.map(address => ({
      address,
      action: 'failed',
      diagnostic: reason.replaceAll('\n', ' ') || null,
      text: reason,
    })),
  }
}
