// qmail and its descendants (QSBMF, "Hi. This is the qmail-send program"): paragraphs that begin `<address>:`.

import { isAddress } from '../address.ts'
import type { Finding, Found } from '../finding.ts'
import type { Reading } from '../reading.ts'

/** QSBMF's break lines: the sentence every such notice begins with, whatever follows the name of the program. */
function isGreeting(line: string): boolean {
  const lower = line.trim().toLowerCase()
  return (
    lower.startsWith('hi. this is ') &&
    (lower.includes('program') || lower.includes('mta') || lower.includes('qmail'))
  )
}

/** A notice in qmail's own format, or null. */
export function readQmail(reading: Reading): Finding | null {
  const start = reading.lines.findIndex(isGreeting)
  if (start < 0 || start > 40) return null
  const notice = reading.lines.slice(start)
  const recipients = paragraphs(notice)
  if (recipients.length === 0) return null
  return { reader: 'qmail', recipients, reportingMta: reportingMta(notice) }
}

function reportingMta(notice: readonly string[]): string | null {
  const opening = notice.slice(0, 3).join(' ')
  const at = opening.toLowerCase().indexOf(' at ')
  return at < 0
    ? null
    : (/^[A-Za-z0-9._-]{1,255}/.exec(opening.slice(at + 4))?.[0].replace(/\.$/, '') ?? null)
}

function paragraphs(lines: readonly string[]): readonly Found[] {
  const found: Found[] = []
  for (let at = 0; at < lines.length; at++) {
    const address = headAddress(lines[at] ?? '')
    if (address === null) continue
    let end = at + 1
    while (end < lines.length && (lines[end] ?? '').trim() !== '') end++
    const text = lines.slice(at + 1, end).join('\n')
    found.push({ address, action: 'failed', text, diagnostic: text.replaceAll('\n', ' ').trim() || null })
    at = end
  }
  return found
}

/** `<ana@example.org>:` alone on its line. */
function headAddress(line: string): string | null {
  const trimmed = line.trim()
  if (!trimmed.startsWith('<') || !trimmed.endsWith('>:')) return null
  const address = trimmed.slice(1, -2)
  return isAddress(address) ? address : null
}
