// Makes a report of what a reader found: which codes count for each recipient, and the words that explain its failure.

import type { Kind, RecipientReport } from '../model.ts'
import { isBareClass, replyCodeIn, statusIn } from './codes.ts'
import type { Finding, Found } from './finding.ts'
import type { Reading } from './reading.ts'

const MAX_EXPLANATION_CHARS = 8 * 1024
const MAX_DIAGNOSTIC_CHARS = 2 * 1024
const MAX_RECIPIENTS = 100

/** Recipients with their codes settled, in the order found. */
export function finishRecipients(finding: Finding, reading: Reading): readonly RecipientReport[] {
  const found = finding.recipients.slice(0, MAX_RECIPIENTS)
  return found.map(recipient => finish(recipient, wordsAbout(recipient, found, reading)))
}

function finish(found: Found, text: string): RecipientReport {
  const diagnostic = found.diagnostic ?? null
  const statusField = found.status ?? null
  return {
    address: found.address,
    originalAddress: found.originalAddress ?? null,
    action: found.action,
    status: decideStatus(statusField, diagnostic, text),
    statusField,
    replyCode: decideReplyCode(diagnostic, text),
    diagnostic: diagnostic?.slice(0, MAX_DIAGNOSTIC_CHARS) ?? null,
    remoteMta: found.remoteMta ?? null,
    explanation: [diagnostic, text].filter(Boolean).join('\n').slice(0, MAX_EXPLANATION_CHARS),
  }
}

/** The Status field; where absent, x.0.0 or contradicted in class by its diagnostic, the diagnostic's code, else the text's. */
export function decideStatus(field: string | null, diagnostic: string | null, text: string): string | null {
  const fromDiagnostic = diagnostic === null ? null : statusIn(diagnostic)
  if (field !== null && !isBareClass(field)) {
    return fromDiagnostic !== null && fromDiagnostic[0] !== field[0] && !isBareClass(fromDiagnostic)
      ? fromDiagnostic
      : field
  }
  const better = [fromDiagnostic, statusIn(text)].filter(status => status !== null)
  return better.find(status => !isBareClass(status)) ?? field ?? better[0] ?? null
}

function decideReplyCode(diagnostic: string | null, text: string): number | null {
  return (diagnostic === null ? null : replyCodeIn(diagnostic, 'diagnostic')) ?? replyCodeIn(text, 'text')
}

/** What the notification says of one recipient: the reader's own words, else the note as far as it concerns it. */
function wordsAbout(recipient: Found, all: readonly Found[], reading: Reading): string {
  if (recipient.text !== undefined) return recipient.text
  if (all.length === 1) return reading.note.slice(0, MAX_EXPLANATION_CHARS)
  return linesAbout(recipient, all, reading.lines)
}

/** The lines from one that names this recipient to the next that names another, or to an empty line after its words. */
function linesAbout(recipient: Found, all: readonly Found[], lines: readonly string[]): string {
  const names = (found: Found): readonly string[] =>
    [found.address, found.originalAddress].filter(name => name != null).map(name => name.toLowerCase())
  const mine = names(recipient)
  const others = all
    .filter(found => found !== recipient)
    .flatMap(names)
    .filter(name => !mine.includes(name))
  const kept: string[] = []
  let inside = false
  let words = 0
  for (const line of lines.slice(0, 2000)) {
    const lower = line.toLowerCase()
    if (mine.some(name => lower.includes(name))) {
      inside = true
      words = 0
    } else if (others.some(name => lower.includes(name))) inside = false
    else if (line.trim() === '' && words > 0) inside = false
    if (!inside) continue
    kept.push(line)
    if (line.trim() !== '') words++
  }
  return kept.join('\n')
}

/** The kind of a report, from its recipients' actions (DESIGN §2.1): a bounce if any of them failed. */
export function kindOf(finding: Finding): Kind {
  if (finding.kind) return finding.kind
  const actions = finding.recipients.map(recipient => recipient.action)
  if (actions.includes('failed')) return 'bounce'
  // A block without an action is judged by its status class (RFC 3464 §2.3.3 requires an action; not all obey).
  const classes = finding.recipients
    .filter(recipient => recipient.action === null)
    .map(recipient => recipient.status?.[0])
  if (classes.includes('5') || classes.includes(undefined)) return 'bounce'
  if (actions.includes('delayed')) return 'delayed'
  if (classes.includes('4')) return 'bounce'
  return 'delivered'
}
