// HCL (IBM, Lotus) Domino and the Notes SMTP gateway: "was not delivered to: … because: …", or a list of reasons.

import type { Finding, RecipientFinding } from '../finding.ts'
import { headOf } from '../notice/heads.ts'
import { mentions } from '../notice/phrases.ts'
import type { Reading } from '../reading.ts'

const headings = ['was not delivered to:', 'failure reasons']

/** A notice of Domino's router or of the Notes gateway, or null. */
export function readDomino(reading: Reading): Finding | null {
  if (!mentions(reading.lower, headings)) return null
  const recipients = notDelivered(reading.lines) ?? failureReasons(reading.lines)
  return recipients === null || recipients.length === 0 ? null : { reader: 'domino', recipients }
}

function notDelivered(lines: readonly string[]): readonly RecipientFinding[] | null {
  const start = lines.findIndex(line => /^\s*was not delivered to:\s*$/i.test(line.slice(0, 100)))
  const because = lines.findIndex((line, at) => at > start && /^\s*because:\s*$/i.test(line.slice(0, 100)))
  if (start < 0 || because < 0) return null
  const reason = paragraph(lines, because + 1)
  return lines
    .slice(start + 1, because)
    .flatMap(line => headOf(line)?.addresses ?? [])
    .map(address => ({ address, action: 'failed', diagnostic: reason, text: reason }))
}

/** `------- Failure Reasons --------`: each reason stands above the recipients it concerns. */
function failureReasons(lines: readonly string[]): readonly RecipientFinding[] | null {
  const start = lines.findIndex(line =>
    /^-{3,40}\s*failure reasons\s*-{3,40}\s*$/i.test(line.trim().slice(0, 120)),
  )
  if (start < 0) return null
  const found: RecipientFinding[] = []
  let reason: string[] = []
  let complete = false
  for (const line of lines.slice(start + 1)) {
    if (line.trim().startsWith('---')) break
    const addresses = headOf(line)?.addresses ?? []
    if (addresses.length === 0) {
      if (complete) reason = []
      complete = false
      if (line.trim() !== '') reason.push(line.trim())
      continue
    }
    complete = true
    const text = reason.join(' ')
    for (const address of addresses) found.push({ address, action: 'failed', diagnostic: text || null, text })
  }
  return found
}

function paragraph(lines: readonly string[], from: number): string {
  const words: string[] = []
  for (const line of lines.slice(from, from + 30)) {
    if (line.trim() === '' && words.length > 0) break
    if (line.trim() !== '') words.push(line.trim())
  }
  return words.join(' ')
}
