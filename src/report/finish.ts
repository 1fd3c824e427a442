// Makes a report of what a reader found: which codes count for each recipient, and the words that explain its failure.

import type { Kind, RecipientReport } from '../model/report.ts'
import type { Finding, RecipientFinding } from './finding.ts'
import { isBareClass, replyCodeIn, statusIn } from './machine/codes.ts'
import { isDelay } from './notice/delay.ts'
import { readEntries } from './notice/entries.ts'
import { wordsOfEach } from './notice/words-of-each.ts'
import type { Reading } from './reading.ts'

const maxExplanationChars = 8 * 1024
const maxDiagnosticChars = 2 * 1024
/** Words kept about all recipients together: each is searched. */
const maxWordsChars = 128 * 1024
/** Of one report; more are noted as a problem. Enough that the owner of a return path is found in a long one. */
export const maxRecipients = 100

/** Recipients with their codes settled, in the order found. */
export function finishRecipients(finding: Finding, reading: Reading): readonly RecipientReport[] {
  const found = finding.recipients.slice(0, maxRecipients)
  const words = wordsAbout(found, reading)
  const maxChars = Math.min(maxExplanationChars, Math.ceil(maxWordsChars / Math.max(found.length, 1)))
  return found.map((recipient, index) => finish(recipient, words[index] ?? '', maxChars))
}

function finish(found: RecipientFinding, words: string, maxChars: number): RecipientReport {
  const text = words.slice(0, maxChars)
  const diagnostic = found.diagnostic ?? null
  const statusField = found.status ?? null
  return {
    address: found.address,
    originalAddress: found.originalAddress ?? null,
    action: found.action,
    status: decideStatus(statusField, diagnostic, text),
    statusField,
    replyCode: decideReplyCode(diagnostic, text),
    diagnostic: diagnostic?.slice(0, Math.min(maxChars, maxDiagnosticChars)) ?? null,
    remoteMta: found.remoteMta ?? null,
    explanation: explain(diagnostic, text).slice(0, maxChars),
  }
}

/** Diagnostic first, then the notification, unless that is the same words folded. */
function explain(diagnostic: string | null, text: string): string {
  if (diagnostic === null || diagnostic === '') return text
  return isFolded(text, diagnostic) ? diagnostic : `${diagnostic}\n${text}`.trimEnd()
}

/** Is a text these words, but for its line breaks? */
function isFolded(text: string, words: string): boolean {
  // Most texts begin otherwise.
  const [opening = ''] = words.slice(0, 4).split(' ', 1)
  return text.trimStart().startsWith(opening) && text.replace(/\s+/g, ' ').trim() === words
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

/**
 * What the notification says of each recipient: the reader's own words, the whole note for the only one, else what
 * names it (`wordsOfEach`). Where one alone has no diagnostic, what stands before all names explains it too.
 */
function wordsAbout(all: readonly RecipientFinding[], reading: Reading): readonly string[] {
  if (all.length <= 1) return all.map(found => found.text ?? noteAbout(found, reading))
  if (all.every(found => found.text !== undefined)) return all.map(found => found.text ?? '')
  const { about, opening, rest } = wordsOfEach(all, reading.lines)
  // What names nobody is about the only one that nothing names.
  const unnamed = about.filter(text => text === '').length
  const undiagnosed = all.filter(({ diagnostic }) => !diagnostic).length
  return all.map((found, index) => {
    const words = about[index] || (unnamed === 1 ? rest : '')
    const isExplained = undiagnosed !== 1 || Boolean(found.diagnostic) || words === '' || words === rest
    return found.text ?? (isExplained ? words : `${opening}\n${words}`)
  })
}

/** The whole note, or where it lists refusals of others beside that of the only one found, what it lists for this one. */
function noteAbout({ address, diagnostic }: RecipientFinding, reading: Reading): string {
  const note = reading.words.slice(0, maxExplanationChars)
  // What the server said to this one is known: the note adds no code.
  if (address === null || (diagnostic && replyCodeIn(diagnostic, 'diagnostic') !== null)) return note
  if (!namesOthers(reading.lower, address.toLowerCase())) return note
  const entries = readEntries(reading.lines)
  const mine = entries.filter(entry => entry.address.toLowerCase() === address.toLowerCase())
  const isMixed = entries.some(entry => !mine.includes(entry) && replyCodeIn(entry.words, 'text') !== null)
  return mine.length > 0 && isMixed ? mine.map(({ words }) => words).join('\n') : note
}

/** Does a text hold any address but this one? */
function namesOthers(lower: string, address: string): boolean {
  const local = address.indexOf('@')
  for (let at = lower.indexOf('@'); at >= 0; at = lower.indexOf('@', at + 1)) {
    const start = at - local
    if (!lower.startsWith(address, start)) return true
    // `ana@example.org` is not named by `diana@example.org`.
    if (goesOn.test(lower.charAt(start - 1)) || goesOn.test(lower.charAt(start + address.length))) return true
  }
  return false
}
const goesOn = /[^\s<>()[\]",:;]/

/** The kind of a report, from its recipients' actions : a bounce if any of them failed. */
export function kindOf(finding: Finding, reading: Reading): Kind {
  if (finding.kind) return finding.kind
  const actions = finding.recipients.map(recipient => recipient.action)
  if (actions.includes('failed')) return 'bounce'
  // RFC 3464 §2.3.3 requires an action; where it is missing the status and the words must tell.
  const silent = finding.recipients.filter(recipient => recipient.action === null)
  if (silent.some(recipient => !recipient.status?.startsWith('2')))
    return isDelay(reading) ? 'delayed' : 'bounce'
  return actions.includes('delayed') ? 'delayed' : 'delivered'
}
