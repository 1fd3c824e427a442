// One failed recipient laid out for judgement: its codes read, its words found, its provider recognised.

import type { Stage } from '../knowledge/stages.ts'
import { parseStatus, type StatusCode, type StatusRow, statusRow } from '../knowledge/status-codes.ts'
import { type Category, groupOf } from '../model/categories.ts'
import type { RecipientReport, Report } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import type { CauseMatch } from './candidates.ts'
import { type CauseMatches, matchCauses, senderFaultIn } from './cause-matches.ts'
import { foreignHost, isOwnDomain } from './host-named.ts'
import { once } from './once.ts'
import { readProvider, recognise } from './provider-match.ts'
import { senderNamed } from './sender-named.ts'
import { doubtOf, readText, type Told } from './text-cause.ts'
import { isSpoken, refusalStageIn, searchText, type TextMatches } from './text-matches.ts'

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
  /** A fault of the sender that only the refused command suggests. */
  readonly isFaultGuessed: boolean
  /** The status is the reporter's own word for a bare reply: see `statusOf`. */
  readonly isStatusAdded: boolean
  /** The command that was refused, null where nothing tells. */
  readonly stage: Stage | null
  /** The host that could not be found, where it is not of the recipient's domain. */
  readonly foreignHost: string | null
  /** The words say that the recipient's domain does not exist. */
  readonly isDomainGone: boolean
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

/**
 * What a transcript says of the consequence: Sendmail's own word for any refusal of a message, and the reply to a DATA
 * that was pipelined behind a refused RCPT.
 */
const consequences =
  /^(?:554 5\.\d\.\d (?:<[^<>\n]{0,320}>\.{3} )?Service unavailable|<<< 503[ -].{0,200}|<<< 55[0-9][ -].{0,60}no (?:valid )?recipients.{0,60})[ \t]{0,4}$/gim

const withoutConsequences = (notice: string): string =>
  notice.includes('<<< ') ? notice.replace(consequences, '') : notice

const maxParagraphs = 40

/**
 * The causes that a notice tells. Its first paragraph that tells one explains the failure: what follows is advice and
 * what others add. That a mail expired is no reason where a later paragraph gives one.
 */
function causesInNotice(notice: string, causesIn: (text: string) => CauseMatches): CauseMatches {
  const paragraphs = notice.split(/\n[ \t]*\n/, maxParagraphs).filter(text => text.trim() !== '')
  if (paragraphs.length < 2) return causesIn(notice)
  const told = paragraphs.map(causesIn)
  const telling = told.filter(({ plain }) => plain.length > 0)
  const reason = telling.find(({ plain }) => plain[0]?.category !== 'expired') ?? telling[0]
  const loose = told.flatMap(({ loose }) => loose)
  return {
    plain: reason?.plain ?? [],
    loose: [...loose.filter(({ isGist }) => !isGist), ...loose.filter(({ isGist }) => isGist)],
  }
}

/** Lays out a recipient that failed. */
export function diagnose(recipient: RecipientReport, context: ReportContext): Diagnosis {
  const { status, isAdded } = statusOf(recipient)
  const code = recipient.replyCode
  const replyCode = code !== null && code >= 400 && code <= 599 ? code : null

  // What the server said, and the notice around it.
  const diagnostic = search(recipient.diagnostic ?? '', context)
  const around = noticeAround(recipient)
  const notice = search(around, context)
  const texts = isSpoken(diagnostic) ? [diagnostic] : [diagnostic, notice]
  const recognised = recognise(context.report, recipient, texts)
  const stage = refusalStageIn(diagnostic) ?? refusalStageIn(notice)
  const provider = readProvider(recognised, status, replyCode, stage?.row.stage ?? null, texts)
  const causesIn = (text: string): CauseMatches => matchCauses(search(text, context), provider?.row ?? null)
  const inDiagnostic = matchCauses(diagnostic, provider?.row ?? null)
  const inNotice = once(() => causesInNotice(withoutConsequences(around), causesIn))
  // RFC 7504 §3: 521 greets, and 556 answers, for a host that takes no mail at all; a list of hosts it refuses would say so.
  const isClosed = (replyCode === 521 || replyCode === 556) && senderFaultIn(inDiagnostic) === null
  const beforeRecipient: CauseMatch | null =
    stage?.row.category == null || isClosed
      ? null
      : { id: `stage/${stage.row.stage}`, category: stage.row.category, text: stage.text }
  const told: Told = {
    recipient,
    diagnostic,
    inDiagnostic,
    inNotice,
    beforeRecipient,
    stage: stage?.row.stage ?? null,
    status,
  }
  const doubt = doubtOf(told)
  const byWords = readText(told)
  const words = doubt !== null && byWords?.category === 'unknown-user' ? doubt : byWords
  // `521 5.3.2 System not accepting network messages`: the words of the status say no more than the status.
  const text = isClosed && words?.category === 'system-error' ? null : words
  const row = status === null ? null : statusRow(status)
  // What the server said is the refusal; the notice counts only where it said nothing.
  const fault = senderFaultIn(inDiagnostic) ?? (isSpoken(diagnostic) ? null : senderFaultIn(inNotice()))
  return {
    recipient,
    status,
    statusRow: row,
    replyCode,
    provider,
    text,
    fault:
      fault ??
      beforeRecipient ??
      senderRefused(recipient, context, [provider?.category, text?.category, row?.category]),
    doubt,
    isFaultGuessed: fault === null && beforeRecipient !== null,
    isStatusAdded: isAdded,
    stage: told.stage,
    foreignHost: foreignHost(recipient),
    isDomainGone: text?.isFinal === true && isOwnDomain(recipient, text.text),
    context,
  }
}

/**
 * The status to judge by, null where it speaks of success. `isAdded`: a remote server's reply is quoted that carries no
 * code, and the reporter's 5.1.1 beside it says no more than the reply (Sendmail writes it beside any bare 550 or 553).
 * A quoted code of its own counts instead.
 */
function statusOf(recipient: RecipientReport): {
  readonly status: StatusCode | null
  readonly isAdded: boolean
} {
  const { status, statusField, diagnostic } = recipient
  if (isSpelledOut(recipient)) return { status: null, isAdded: false }
  const parsed = status === null ? null : parseStatus(status)
  const known = parsed === null || parsed.class === 2 ? null : parsed
  const isBadUser = statusField === '5.1.1' && status === statusField
  if (!isBadUser || diagnostic === null || !/(?:^|[\s:;])5\d\d(?:[ -]|$)/.test(diagnostic))
    return { status: known, isAdded: false }
  const quoted = /(?:^|[\s#(-])(5\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(diagnostic)?.[1] ?? null
  if (quoted === status) return { status: known, isAdded: false }
  if (quoted === null || quoted.endsWith('.0.0')) return { status: known, isAdded: true }
  return { status: parseStatus(quoted), isAdded: false }
}

/** `Status: 5.5.2` beside a bare 552: the digits of the reply code, which Stalwart writes where the server gave no status. */
function isSpelledOut({ status, replyCode, diagnostic }: RecipientReport): boolean {
  return (
    status !== null &&
    replyCode !== null &&
    diagnostic !== null &&
    status === [...String(replyCode)].join('.') &&
    !diagnostic.includes(status)
  )
}

const ofMailbox: readonly Category[] = ['mailbox-full', 'mailbox-disabled']

/** Where the refusal names the sender alone; its host counts only where a domain is refused. Asked only of what may be hard. */
function senderRefused(
  recipient: RecipientReport,
  { report }: ReportContext,
  causes: readonly (Category | null | undefined)[],
): CauseMatch | null {
  // A full or closed mailbox may be the sender's own, too.
  if (!causes.some(cause => cause != null && (groupOf(cause) === 'hard' || ofMailbox.includes(cause))))
    return null
  const { address, host } = senderNamed(recipient, report.original.senders)
  const named = address ?? (causes.includes('unknown-domain') ? host : null)
  return named === null ? null : { id: 'named/sender', category: 'sender-rejected', text: named }
}
