// Read receipts: message disposition notifications (RFC 8098). Never a bounce, whatever became of the mail.

import { originalAddress, recipientAddress } from './address.ts'
import { readBlocks } from './fields.ts'
import type { Finding } from './finding.ts'
import { machineParts, type Reading } from './reading.ts'

/** A `message/disposition-notification` part makes a receipt. */
export function readReceipt(reading: Reading): Finding | null {
  const part = machineParts(reading.message, [
    'message/disposition-notification',
    'message/global-disposition-notification',
  ])[0]
  if (!part) return null
  const fields = readBlocks(part.text).flat()
  const value = (name: string): string => fields.find(field => field.name === name)?.value ?? ''
  const final = recipientAddress(value('final-recipient'), false)
  const original = originalAddress(value('original-recipient'))
  const recipients =
    final === null && original === null
      ? []
      : [{ address: final ?? original, originalAddress: original, action: null, text: '' }]
  return { reader: 'receipt', kind: 'receipt', recipients }
}
