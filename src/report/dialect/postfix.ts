// Postfix notices whose machine part is missing: "This is the mail system at host …", `<address>: reason`.

import type { Finding, RecipientFinding } from '../finding.ts'
import { addressesInText, isNamedAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

/** A Postfix notice in words, or null. */
export function readPostfix(reading: Reading): Finding | null {
  const note = reading.lower
  const opening = note.indexOf('this is the ')
  if (opening < 0) return null
  const sentence = note.slice(opening, opening + 200)
  if (!sentence.includes('program at host') && !sentence.includes('mail system at host')) return null
  const recipients = entries(reading.lines)
  if (recipients.length === 0) return null
  const host = /^[a-z0-9._-]{1,255}/
    .exec(sentence.slice(sentence.indexOf('at host ') + 8))?.[0]
    ?.replace(/\.$/, '')
  return { reader: 'postfix', recipients, reportingMta: host ?? null }
}

/** `<address>: words`, folded onto indented lines, until an empty line. */
function entries(lines: readonly string[]): readonly RecipientFinding[] {
  const found: RecipientFinding[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const close = line.indexOf('>')
    if (!line.startsWith('<') || close < 0) continue
    const address = line.slice(1, close)
    if (!isNamedAddress(address)) continue
    let end = at + 1
    while (end < lines.length && /^\s+\S/.test(lines[end] ?? '')) end++
    const words = [line.slice(close + 1), ...lines.slice(at + 1, end)].map(text => text.trim()).join(' ')
    const expanded = /^\s*\(expanded from ([^)]{1,400})\)/.exec(words)
    const original = expanded ? (addressesInText(expanded[1] ?? '')[0] ?? null) : null
    const text = (expanded ? words.slice(expanded[0].length) : words).replace(/^[:\s]+/, '')
    found.push({ address, originalAddress: original, action: 'failed', text, diagnostic: text || null })
    at = end - 1
  }
  return found
}
