// Verizon's gateway to phones: an answer to the mail's subject by `post_master`, the session told as labelled lines.

import type { Finding } from '../finding.ts'
import { recipientAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

const label = /^\s{0,8}rcpt to:/i

/** A notice of vtext.com, or null. */
export function readVerizon(reading: Reading): Finding | null {
  if (!reading.from.startsWith('post_master@')) return null
  const told = reading.lines.find(line => label.test(line))
  const address = told === undefined ? null : recipientAddress(told.replace(label, ''), false)
  if (address === null) return null
  const opening = reading.lines.findIndex(line => /^\s{0,8}error message below:/i.test(line))
  const rest = reading.lines.slice(opening + 1)
  const end = rest.findIndex(line => line.trim() === '')
  const refusal = rest
    .slice(0, end < 0 ? undefined : end)
    .join(' ')
    .trim()
  return {
    reader: 'verizon',
    recipients: [
      { address, action: 'failed', ...(opening < 0 || refusal === '' ? {} : { diagnostic: refusal }) },
    ],
  }
}
