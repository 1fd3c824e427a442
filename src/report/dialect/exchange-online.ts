// Exchange 2007 and later, Office 365 and Outlook.com: people's part first, then "Diagnostic information for administrators".

import { folded } from '../../knowledge/folding.ts'
import { first } from '../../message/header.ts'
import { isTitledSo } from '../auto-reply.ts'
import type { Finding, RecipientFinding } from '../finding.ts'
import { replyCodeIn } from '../machine/codes.ts'
import { headOf } from '../notice/heads.ts'
import { isMicrosoftNotice } from '../notice/likelihood.ts'
import { phrasesIn, titlePhrases } from '../notice/phrases.ts'
import { failedRecipients } from '../notice/recipients.ts'
import { ownPhrases, statesFailure } from '../notice/statements.ts'
import type { Reading } from '../reading.ts'

/** A notice of Exchange's transport without its machine part, or null. */
export function readExchangeOnline(reading: Reading): Finding | null {
  const named = isMicrosoftNotice(reading) && !isTitledSo(reading) && !isOwnAffair(reading)
  if (!named && !ownPhrases(reading).has('announcements.diagnostics')) return null
  const diagnosed = diagnoses(reading.lines)
  const recipients = diagnosed.length > 0 ? diagnosed : failedRecipients(reading)
  return { reader: 'exchange-online', recipients, reportingMta: generatingServer(reading.lines) }
}

/** What the system address writes and marks as no failure, neither by its title nor by its words. */
function isOwnAffair(reading: Reading): boolean {
  const opening = folded(`${reading.subject}\n${reading.lower.slice(0, maxOpeningChars)}`)
  if (!phrasesIn(opening).has('subjects.affair')) return false
  return !reportsFailure(reading)
}

const maxOpeningChars = 2000

function reportsFailure(reading: Reading): boolean {
  if (first(reading.message.header, 'x-ms-exchange-message-is-ndr') !== null) return true
  const title = titlePhrases(reading)
  const words = ownPhrases(reading)
  return (
    title.has('subjects.failure') ||
    title.has('subjects.delay') ||
    statesFailure(words) ||
    words.has('particles.delayed') ||
    replyCodeIn(words.text, 'text') !== null
  )
}

/** An address alone on its line, below it `#550 5.1.1 …##` or `Remote Server returned '550 5.1.1 …'`. */
function diagnoses(lines: readonly string[]): readonly RecipientFinding[] {
  const found: RecipientFinding[] = []
  for (let at = 0; at + 1 < lines.length; at++) {
    const head = headOf(lines[at] ?? '')
    if (head === null || head.addresses.length !== 1) continue
    const below = lines
      .slice(at + 1, at + 8)
      .join(' ')
      .slice(0, 2000)
    const diagnostic = serverReturned(below) ?? between(below, '#')
    if (diagnostic === null) continue
    found.push({ address: head.addresses[0] ?? null, action: 'failed', diagnostic })
  }
  return found
}

const closing: Readonly<Record<string, string>> = { '‘': '’', '“': '”' }

/** `Remote Server returned '…'`, in any language: a quoted text that begins with a reply code. */
function serverReturned(text: string): string | null {
  const start = text.search(/['"‘“][245]\d\d[ -]/)
  if (start < 0 || start > 400) return null
  const open = text[start] as string
  const quote = closing[open] ?? open
  const end = text.indexOf(quote, start + 1)
  return text.slice(start + 1, end < 0 ? undefined : end).trim()
}

function between(text: string, mark: string): string | null {
  const start = text.indexOf(mark)
  if (start < 0 || !/^#\s?(?:<|[245]\d\d|smtp)/i.test(text.slice(start, start + 12))) return null
  const end = text.lastIndexOf(mark)
  return (
    text
      .slice(start + 1, end > start ? end : undefined)
      .replaceAll('#', ' ')
      .trim() || null
  )
}

function generatingServer(lines: readonly string[]): string | null {
  const line = lines.find(text => /^\s*generating server:/i.test(text))
  return line?.split(':')[1]?.trim().split(/\s/, 1)[0]?.slice(0, 255) || null
}
