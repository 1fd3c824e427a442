// XMail: numbered sections, the first of which says everything: `[<00>] XMail bounce: Rcpt=[address];Error=[reply]`.

import type { Finding, RecipientFinding } from '../finding.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

const opening = /^\[<\d{1,3}>\] XMail bounce: Rcpt=\[([^\]\s]{3,320})\];Error=\[/
const maxErrorChars = 2000

/** A notice of XMail's, or null. */
export function readXmail(reading: Reading): Finding | null {
  const recipients: RecipientFinding[] = []
  for (const line of reading.lines) {
    if (!line.startsWith('[<')) continue
    const [start = '', address] = opening.exec(line) ?? []
    if (address === undefined || !isNamedAddress(address)) continue
    const rest = line.slice(start.length, start.length + maxErrorChars).trimEnd()
    const error = rest.endsWith(']') ? rest.slice(0, -1) : rest
    recipients.push({ address, action: 'failed', diagnostic: error || null, text: error })
  }
  if (recipients.length === 0) return null
  const host = /\bfrom \[([A-Za-z0-9._-]{1,255})\]/.exec(reading.subject)?.[1] ?? null
  return { reader: 'xmail', recipients, reportingMta: host }
}
