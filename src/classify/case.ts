// One failed recipient laid out for judgement: its codes read, its words found, its provider recognised.

import { type Category, groupOf } from '../knowledge/categories.ts'
import { type Cause, causes } from '../knowledge/causes.ts'
import {
  type ProviderName,
  type ProviderRow,
  providerOfDomain,
  providerOfHost,
  providers,
} from '../knowledge/providers.ts'
import { parseStatus, type StatusCode, type StatusRow, statusRow } from '../knowledge/status-codes.ts'
import type { RecipientReport, Report } from '../model.ts'
import { createSubstringIndex } from './substring-index.ts'
import { hasWords, wording } from './wording.ts'

/** A cause whose words were found. */
export interface Found {
  readonly id: string
  readonly category: Category
  readonly weak: boolean
  /** The words of the row, lower-cased. */
  readonly text: string
}

export interface Case {
  readonly recipient: RecipientReport
  /** Class 4 or 5; null where none is stated or it speaks of success. */
  readonly status: StatusCode | null
  readonly statusRow: StatusRow | null
  /** 400–599, else null. */
  readonly replyCode: number | null
  /** The provider's reading, null where it has none. */
  readonly provider: Found | null
  /** The best cause told in words. */
  readonly text: Found | null
  /** The sender's-fault cause in the refusal itself, which forbids a hard verdict. */
  readonly fault: Found | null
}

type Entry =
  | { readonly kind: 'cause'; readonly text: string; readonly cause: Cause }
  | { readonly kind: 'mark'; readonly text: string; readonly provider: ProviderName }
  | {
      readonly kind: 'row'
      readonly text: string
      readonly provider: ProviderName
      readonly row: ProviderRow
    }

const entries: readonly Entry[] = [
  ...causes.flatMap(cause => cause.texts.map(text => ({ kind: 'cause' as const, text, cause }))),
  ...providers.flatMap(({ name, marks, rows }) => [
    ...marks.map(text => ({ kind: 'mark' as const, text, provider: name })),
    ...rows.flatMap(row =>
      (row.texts ?? []).map(text => ({ kind: 'row' as const, text, provider: name, row })),
    ),
  ]),
]
const index = createSubstringIndex(entries.map(entry => entry.text))

/** Where an entry's text was found, in UTF-16 units of the wording. */
interface Match {
  readonly entry: Entry
  readonly start: number
  readonly end: number
}

/** Lays out a recipient that failed. */
export function openCase(report: Report, recipient: RecipientReport): Case {
  const parsed = recipient.status === null ? null : parseStatus(recipient.status)
  const status = parsed === null || parsed.class === 2 ? null : parsed
  const code = recipient.replyCode
  const replyCode = code !== null && code >= 400 && code <= 599 ? code : null

  // Texts may begin or end with a space to stand for a word's edge.
  const diagnostic = ` ${wording(recipient.diagnostic ?? '')} `
  const explanation = ` ${wording(recipient.explanation)} `
  const inDiagnostic = search(diagnostic)
  const inExplanation = search(explanation)
  const recognised = recogniseProviders(report, recipient, [...inDiagnostic, ...inExplanation])
  const spoken = hasWords(diagnostic)
  const refusal = spoken ? inDiagnostic : inExplanation
  const told = withoutCovered(inDiagnostic, recognised)
  const elsewhere = withoutCovered(inExplanation, recognised)
  return {
    recipient,
    status,
    statusRow: status === null ? null : statusRow(status),
    replyCode,
    provider: readProvider(recognised, status, replyCode, [...inDiagnostic, ...inExplanation]),
    text: bestCause(told) ?? bestCause(elsewhere),
    fault: faultOf(withoutCovered(refusal, recognised)),
  }
}

function search(text: string): readonly Match[] {
  const found: Match[] = []
  index.eachMatch(text, (pattern, end) => {
    const entry = entries[pattern]
    if (entry !== undefined) found.push({ entry, start: end - entry.text.length, end })
  })
  return found
}

/** Who refused, by remote MTA (else the reporting one), by the words of the refusal, by the address. */
function recogniseProviders(
  report: Report,
  recipient: RecipientReport,
  matches: readonly Match[],
): ReadonlySet<ProviderName> {
  const recognised = new Set<ProviderName>()
  const host = recipient.remoteMta ?? report.reportingMta
  const byHost = host === null ? null : providerOfHost(host)
  if (byHost !== null) recognised.add(byHost)
  for (const { entry } of matches) if (entry.kind === 'mark') recognised.add(entry.provider)
  const domain = recipient.address?.split('@').at(-1)
  if (domain !== undefined) recognised.add(providerOfDomain(domain))
  return recognised
}

function readProvider(
  recognised: ReadonlySet<ProviderName>,
  status: StatusCode | null,
  replyCode: number | null,
  matches: readonly Match[],
): Found | null {
  const code = status === null ? '' : `${status.class}.${status.subject}.${status.detail}`
  for (const { name, rows } of providers) {
    if (!recognised.has(name)) continue
    for (const row of rows) {
      if (row.status !== undefined && !row.status.includes(code)) continue
      if (row.replyCode !== undefined && !row.replyCode.includes(replyCode ?? 0)) continue
      const match = matches.find(({ entry }) => entry.kind === 'row' && entry.row === row)
      if (row.texts !== undefined && match === undefined) continue
      return { id: row.id, category: row.category, weak: false, text: match?.entry.text ?? '' }
    }
  }
  return null
}

/** Drops each match inside a longer one: `access denied` is not said by `recipient address rejected: access denied`. */
function withoutCovered(matches: readonly Match[], recognised: ReadonlySet<ProviderName>): readonly Match[] {
  const counted = matches.filter(
    ({ entry }) => entry.kind === 'cause' || (entry.kind === 'row' && recognised.has(entry.provider)),
  )
  // Longest first at each start: what ends at or before the furthest end so far is covered.
  const ordered = [...counted].sort((a, b) => a.start - b.start || b.end - a.end)
  let furthest = -1
  let last: Match | null = null
  return ordered.filter(match => {
    const isSame = last !== null && match.start === last.start && match.end === last.end
    if (!isSame && match.end <= furthest) return false
    furthest = Math.max(furthest, match.end)
    last = match
    return true
  })
}

/**
 * Which cause explains the others when a refusal tells several: the particular before the general, the sender's
 * fault before a hard cause (that is the veto), the reason before its consequence (`expired` says only that it lasted).
 */
const precedence: readonly Category[] = [
  'virus',
  'greylisted',
  'auth-failure',
  'no-ptr',
  'starttls-failed',
  'too-big',
  'mailbox-full',
  'relaying-denied',
  'reputation',
  'blocked',
  'rate-limited',
  'sender-rejected',
  'spam',
  'security',
  'non-compliant',
  'content',
  'policy',
  'moved',
  'not-accepting',
  'mailbox-disabled',
  'filtered',
  'unknown-user',
  'system-full',
  'network-error',
  'unknown-domain',
  'protocol-error',
  'system-error',
  'expired',
]
const place = new Map(precedence.map((category, at) => [category, at]))

/** The causes told, best first: loose (`weak`) rows only where no other matches; then by precedence, then the longest words. */
function ranked(matches: readonly Match[]): readonly Found[] {
  const told = matches.flatMap(match =>
    match.entry.kind === 'cause' ? [{ match, cause: match.entry.cause }] : [],
  )
  const plain = told.filter(({ cause }) => cause.weak !== true)
  return (plain.length > 0 ? plain : told)
    .sort(
      (a, b) =>
        (place.get(a.cause.category) ?? 0) - (place.get(b.cause.category) ?? 0) ||
        b.match.entry.text.length - a.match.entry.text.length ||
        a.match.start - b.match.start,
    )
    .map(({ match, cause }) => ({
      id: cause.id,
      category: cause.category,
      weak: cause.weak === true,
      text: match.entry.text,
    }))
}

function bestCause(matches: readonly Match[]): Found | null {
  return ranked(matches)[0] ?? null
}

/** The sender's fault that a refusal tells; a loose hint of it does not count beside a plain cause. */
function faultOf(matches: readonly Match[]): Found | null {
  return ranked(matches).find(({ category }) => groupOf(category) === 'blocked') ?? null
}
