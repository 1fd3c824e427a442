// Microsoft Exchange 5.5 to 2003: "did not reach the following recipient(s):", names or X.400 addresses, and a reason.

import type { Finding, RecipientFinding } from '../finding.ts'
import { addressesInText } from '../machine/typed-address.ts'
import { mentions } from '../notice/phrases.ts'
import type { Reading } from '../reading.ts'

const headings = [
  'did not reach the following recipient',
  'the following recipient(s) could not be reached',
  'the following recipients could not be reached',
]

/** A notice of the Internet Mail Service or Connector, or null. */
export function readExchange(reading: Reading): Finding | null {
  if (!mentions(reading.lower, headings)) return null
  const start = reading.lines.findIndex(line => mentions(line.toLowerCase(), headings))
  if (start < 0) return null
  // MailEnable has the same heading and labels below it.
  const listing = reading.lines.slice(start + 1)
  if (!listing.some(line => line.includes('MSEXCH') || /\son\s.{4,60}\d:\d\d/.test(line.slice(0, 300))))
    return null
  const recipients = entries(listing, sentTo(reading.lines.slice(0, start)))
  return recipients.length > 0 ? { reader: 'exchange', recipients } : null
}

/** The `To:` of the summary above the heading. */
function sentTo(lines: readonly string[]): readonly string[] {
  const line = lines.find(text => /^\s*To:/i.test(text))
  return line === undefined ? [] : addressesInText(line)
}

/** A recipient begins a paragraph: `Ana Example on Tue, 3 Mar 2026 08:15:02 +0000`, the reason indented below. */
function entries(lines: readonly string[], to: readonly string[]): readonly RecipientFinding[] {
  const found: RecipientFinding[] = []
  let paragraph: string[] = []
  const finish = (): void => {
    const text = paragraph.join('\n')
    paragraph = []
    if (text.trim() === '' || !/MSEXCH|\son\s/.test(text)) return
    const named = smtpAddress(text)
    const original = to.length === 1 ? (to[0] ?? null) : null
    const reason = text
      .split('\n')
      .slice(1)
      .map(line => line.trim())
      .join(' ')
    found.push({ address: named ?? original, action: 'failed', text, diagnostic: reason || null })
  }
  for (const line of lines) {
    const begins =
      line.trim() !== '' && paragraph.length > 0 && /\son\s.{4,60}\d:\d\d/.test(line.slice(0, 300))
    if (line.trim() === '' || begins) finish()
    if (line.trim() !== '') paragraph.push(line)
  }
  finish()
  return found
}

/** `c=US;a= ;p=ORG;o=SITE;dda:SMTP=ana@example.org;` or the address itself. */
function smtpAddress(text: string): string | null {
  const typed = /SMTP=([^\s;]{3,320})/i.exec(text.slice(0, 1000))?.[1]
  return addressesInText(typed ?? text.slice(0, 1000), 1)[0] ?? null
}
