// One failed recipient laid out for judgement: its codes read, its words found, its provider recognised.

import {
  type ProviderName,
  type ProviderRow,
  providerOfDomain,
  providerOfHost,
  providers,
} from '../knowledge/providers.ts'
import type { Stage } from '../knowledge/stages.ts'
import { parseStatus, type StatusCode, type StatusRow, statusRow } from '../knowledge/status-codes.ts'
import { type Category, groupOf } from '../model/categories.ts'
import type { RecipientReport, Report } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import { type CauseMatch, type CauseMatches, matchCauses, senderFaultIn } from './cause-matches.ts'
import { once } from './once.ts'
import { senderNamed } from './sender-named.ts'
import { isSpoken, refusalStageIn, rowText, searchText, type TextMatches } from './text-matches.ts'

/** What the recipients of one report share. */
export interface ReportContext {
  readonly report: Report
  /** Texts already searched: recipients of one report share their notice. */
  readonly matches: Map<string, TextMatches>
  /** The fallback rule that matches the report, if any. */
  readonly fallback: () => Rule | null
}

/** What a rung looks at. */
export interface Diagnosis {
  readonly recipient: RecipientReport
  /** Class 4 or 5; null where none is stated or it speaks of success. */
  readonly status: StatusCode | null
  readonly statusRow: StatusRow | null
  /** 400–599, else null. */
  readonly replyCode: number | null
  /** The provider's reading, null where it has none. */
  readonly provider: CauseMatch | null
  /** The cause told in words. */
  readonly text: CauseMatch | null
  /** The sender's fault told by the refusal itself, which forbids a hard verdict. */
  readonly fault: CauseMatch | null
  /** What the server plainly said that a code for a bad address cannot mean: the mailbox is there, or it could not tell. */
  readonly doubt: CauseMatch | null
  readonly context: ReportContext
}

function search(text: string, { matches }: ReportContext): TextMatches {
  const known = matches.get(text)
  if (known !== undefined) return known
  const found = searchText(text)
  matches.set(text, found)
  return found
}

/** The explanation without the diagnostic it begins with, and without the subject of the mail: those words are ours. */
function noticeAround({ diagnostic, explanation }: RecipientReport): string {
  const refusal = diagnostic ?? ''
  const notice = explanation.startsWith(refusal) ? explanation.slice(refusal.length) : explanation
  return notice.replace(/^[ \t>*]{0,20}(?:The )?Subject\b.*$/gim, '')
}

/** Lays out a recipient that failed. */
export function diagnose(recipient: RecipientReport, context: ReportContext): Diagnosis {
  const parsed = recipient.status === null ? null : parseStatus(recipient.status)
  const status = parsed === null || parsed.class === 2 ? null : parsed
  const code = recipient.replyCode
  const replyCode = code !== null && code >= 400 && code <= 599 ? code : null

  // What the server inDiagnostic, and the notice around it.
  const diagnostic = search(recipient.diagnostic ?? '', context)
  const notice = search(noticeAround(recipient), context)
  const recognised = recognise(context.report, recipient, [diagnostic, notice])
  const provider = readProvider(recognised, status, replyCode, [diagnostic, notice])
  const inDiagnostic = matchCauses(diagnostic, provider?.row ?? null)
  const inNotice = once(() => matchCauses(notice, provider?.row ?? null))
  const stage = refusalStageIn(diagnostic) ?? refusalStageIn(notice)
  // RFC 7504 §3: 521 greets, and 556 answers, for a host that takes no mail at all; a list of hosts it refuses would say so.
  const isClosed = (replyCode === 521 || replyCode === 556) && senderFaultIn(inDiagnostic) === null
  const beforeRecipient: CauseMatch | null =
    stage?.row.category == null || isClosed
      ? null
      : { id: `stage/${stage.row.stage}`, category: stage.row.category, text: stage.text }
  const doubt = doubtIn(inDiagnostic) ?? doubtAround(inNotice, diagnostic)
  const byWords = readText(
    inDiagnostic,
    inNotice,
    diagnostic,
    beforeRecipient,
    stage?.row.stage ?? null,
    status,
  )
  const text = doubt !== null && byWords?.category === 'unknown-user' ? doubt : byWords
  const row = status === null ? null : statusRow(status)
  // What the server said is the refusal; the notice counts only where it said nothing.
  const fault =
    senderFaultIn(inDiagnostic) ??
    (isSpoken(diagnostic) ? null : senderFaultIn(inNotice())) ??
    beforeRecipient
  return {
    recipient,
    status,
    statusRow: row,
    replyCode,
    provider,
    text,
    fault: fault ?? senderRefused(recipient, context, [provider?.category, text?.category, row?.category]),
    doubt,
    context,
  }
}

/** Where the refusal names the sender alone; its host counts only where a domain is refused. Asked only of what may be hard. */
function senderRefused(
  recipient: RecipientReport,
  { report }: ReportContext,
  causes: readonly (Category | null | undefined)[],
): CauseMatch | null {
  if (!causes.some(cause => cause != null && groupOf(cause) === 'hard')) return null
  const { address, host } = senderNamed(recipient, report.original.senders)
  const named = address ?? (causes.includes('unknown-domain') ? host : null)
  return named === null ? null : { id: 'named/sender', category: 'sender-rejected', text: named }
}

/** Causes that a server can only give of an address that exists, or that it could not look up. */
const doubts: readonly Category[] = [
  'mailbox-full',
  'filtered',
  'too-big',
  'greylisted',
  'system-error',
  'system-full',
  'network-error',
  'expired',
]

function doubtIn({ plain, loose }: CauseMatches): CauseMatch | null {
  const strongest = plain.length > 0 ? plain : loose
  // `user unknown: backend timeout`: it never knew. Of a domain, a timeout is what the reporting MTA tried before.
  const unreached = [...plain, ...loose].find(({ outweighs }) => outweighs === 'words')
  if (unreached !== undefined && !strongest.some(({ category }) => category === 'unknown-domain'))
    return unreached
  // Loose words of a bad address, like `recipient address rejected`, stand before any reason: one that is for now counts.
  if (plain.some(({ category }) => groupOf(category) === 'hard')) return null
  const isDoubt = ({ category, outweighs }: CauseMatch): boolean =>
    outweighs !== undefined || (plain.length > 0 && doubts.includes(category))
  return strongest.find(isDoubt) ?? null
}

/** Where the server's own words were not told apart, what the notice says plainly. */
function doubtAround(inNotice: () => CauseMatches, diagnostic: TextMatches): CauseMatch | null {
  return isSpoken(diagnostic) ? null : doubtIn({ plain: inNotice().plain, loose: [] })
}

/** Who refused: by remote MTA (else the reporting one), by the words of the refusal, by the address. */
function recognise(
  report: Report,
  recipient: RecipientReport,
  texts: readonly TextMatches[],
): ReadonlySet<ProviderName> {
  const recognised = new Set<ProviderName>(texts.flatMap(({ marks }) => marks))
  const host = recipient.remoteMta ?? report.reportingMta
  const byHost = host === null ? null : providerOfHost(host)
  if (byHost !== null) recognised.add(byHost)
  const domain = recipient.address?.split('@').at(-1)
  if (domain !== undefined) recognised.add(providerOfDomain(domain))
  return recognised
}

function readProvider(
  recognised: ReadonlySet<ProviderName>,
  status: StatusCode | null,
  replyCode: number | null,
  texts: readonly TextMatches[],
): (CauseMatch & { readonly row: ProviderRow }) | null {
  const code = status === null ? '' : `${status.class}.${status.subject}.${status.detail}`
  for (const { name, rows } of providers) {
    if (!recognised.has(name)) continue
    for (const row of rows) {
      if (row.status !== undefined && !row.status.includes(code)) continue
      if (row.replyCode !== undefined && !row.replyCode.includes(replyCode ?? 0)) continue
      if (row.texts === undefined) return { id: row.id, category: row.category, text: '', row }
      for (const words of texts) {
        const text = rowText(words, row)
        if (text !== null) return { id: row.id, category: row.category, text, row }
      }
    }
  }
  return null
}

/**
 * The cause told: by the server plainly, by the notice plainly, by the command refused, by the server loosely, by the
 * notice loosely where the server said nothing. A notice does not make hard what the server said otherwise.
 */
function readText(
  inDiagnostic: CauseMatches,
  inNotice: () => CauseMatches,
  diagnostic: TextMatches,
  beforeRecipient: CauseMatch | null,
  stage: Stage | null,
  status: StatusCode | null,
): CauseMatch | null {
  const plain = inDiagnostic.plain[0] ?? plainlyAround(inDiagnostic, inNotice())
  const best = plain ?? (beforeRecipient === null ? looselyTold(inDiagnostic, inNotice(), diagnostic) : null)
  if (best === null) return beforeRecipient
  if (groupOf(best.category) !== 'hard') return best
  if (beforeRecipient !== null) return beforeRecipient
  if (best.category !== 'unknown-user') return best
  // X.7.z is about who sends: under it `address rejected` and `mailbox unavailable` do not say that nobody is there.
  if (plain === null && status?.subject === 7) return null
  // What the status says of the mailbox stands: the vague rung reads it. Only a plain `user unknown` at RCPT knows better.
  const isTold = plain !== null && stage === 'rcpt'
  if (!isTold && status?.class === 5 && status.subject === 2 && status.detail === 1) return null
  return existsAfterAll(stage, status) ? { ...best, id: 'stage/data', category: 'filtered' } : best
}

function plainlyAround({ loose }: CauseMatches, inNotice: CauseMatches): CauseMatch | null {
  return inNotice.plain.find(({ category }) => loose.length === 0 || groupOf(category) !== 'hard') ?? null
}

function looselyTold(
  inDiagnostic: CauseMatches,
  inNotice: CauseMatches,
  diagnostic: TextMatches,
): CauseMatch | null {
  const [hint] = inDiagnostic.loose
  if (hint !== undefined) return hint
  const [around] = inNotice.loose
  return around === undefined || isSpoken(diagnostic) ? null : around
}

/**
 * Mailbox servers that hide a personal filter say "unknown user" of a mailbox that exists: after DATA, when the
 * address had been accepted at RCPT (RFC 5321 §3.3), or with a status that speaks of the mailbox (5.2.x).
 */
function existsAfterAll(stage: Stage | null, status: StatusCode | null): boolean {
  if (stage !== null) return stage === 'data'
  return status?.class === 5 && status.subject === 2
}
