// qmail and its descendants (QSBMF): a greeting that anybody may reword, then paragraphs that begin `<address>:`.

import type { Finding, RecipientFinding } from '../finding.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

/** The subject of qmail-send is fixed, its greeting is not. */
const subjects = ['failure notice', 'failure delivery', 'failed delivery']

/** A notice in qmail's own format, or null. */
export function readQmail(reading: Reading): Finding | null {
  const start = reading.lines.findIndex(isGreeting)
  const known = start >= 0 && start < 60
  if (!known && !subjects.includes(reading.subject.trim().toLowerCase())) return null
  const notice = known ? reading.lines.slice(start) : reading.lines
  const recipients = paragraphs(notice)
  if (recipients.length === 0) return null
  return { reader: 'qmail', recipients, reportingMta: known ? reportingMta(notice) : null }
}

function isGreeting(line: string): boolean {
  const lower = line.trim().toLowerCase()
  if (!lower.startsWith('hi. ')) return false
  return lower.includes('program') || lower.includes('qmail') || lower.includes('mta')
}

function reportingMta(notice: readonly string[]): string | null {
  const opening = notice.slice(0, 3).join(' ').slice(0, 500)
  const at = opening.toLowerCase().indexOf(' at ')
  if (at < 0) return null
  return /^[A-Za-z0-9._-]{1,255}/.exec(opening.slice(at + 4))?.[0].replace(/\.$/, '') ?? null
}

function paragraphs(lines: readonly string[]): readonly RecipientFinding[] {
  const found: RecipientFinding[] = []
  for (let at = 0; at < lines.length; at++) {
    const address = headAddress(lines[at] ?? '')
    if (address === null) continue
    let start = at + 1
    while (start < lines.length && start < at + 3 && (lines[start] ?? '').trim() === '') start++
    let end = start
    while (end < lines.length && (lines[end] ?? '').trim() !== '' && headAddress(lines[end] ?? '') === null)
      end++
    const text = lines.slice(start, end).join('\n')
    found.push({ address, action: 'failed', text, diagnostic: text.replaceAll('\n', ' ').trim() || null })
    at = end - 1
  }
  return found
}

/** `<ana@example.org>:` alone on its line. */
function headAddress(line: string): string | null {
  const trimmed = line.trim()
  if (!trimmed.startsWith('<') || !trimmed.endsWith('>:')) return null
  const address = trimmed.slice(1, -2)
  return isNamedAddress(address) ? address : null
}
