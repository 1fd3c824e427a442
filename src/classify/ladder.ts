// The order of judgement: one array of rungs, the first with an opinion wins, and nothing below the operators'
// override rules gives hard where the refusal tells of the sender's fault.

import { replyRow } from '../knowledge/reply-codes.ts'
import { type Category, groupOf } from '../model/categories.ts'
import { nobody, type RecipientReport, type Report } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import type {
  Explanation,
  Fate,
  JudgedRecipient,
  Judgement,
  Opinion,
  RecipientExplanation,
  RefusalHints,
  Rung,
  Verdict,
} from '../model/verdict.ts'
import type { CauseMatch } from './candidates.ts'
import { type Diagnosis, diagnose, type ReportContext } from './diagnosis.ts'
import { hintsOf, waitOf } from './hints.ts'
import { once } from './once.ts'
import { compileRules, type RuleBook } from './rules.ts'
import { ruled, ruleVerdict, verdictOf } from './verdict.ts'

export interface Judge {
  /** A verdict for each recipient that failed, null for the others. Never throws. */
  readonly judge: (report: Report) => Judgement
  /** The same, with what every rung said. */
  readonly explain: (report: Report) => Explanation
}

interface Step {
  readonly rung: Rung
  readonly ask: (diagnosis: Diagnosis) => Opinion | null
}

/** The ladder. Override rules stand above it: they decide before anything is read. */
const ladder: readonly Step[] = [
  { rung: 'provider', ask: provider },
  { rung: 'exact-status', ask: exactStatus },
  { rung: 'text', ask: textCause },
  { rung: 'vague-status', ask: vagueStatus },
  { rung: 'reply-code', ask: replyCode },
  { rung: 'action', ask: action },
  { rung: 'fallback', ask: fallback },
  { rung: 'none', ask: () => ({ category: 'undetermined', rule: 'undetermined' }) },
]

function opinionOf({ category, id, text }: CauseMatch): Opinion {
  return text === '' ? { category, rule: id } : { category, rule: id, text }
}

/** `mailbox not found - over quota`: a provider's words for a bad address are not believed beside plainer ones. */
function provider({ provider, text }: Diagnosis): Opinion | null {
  if (provider === null) return null
  const isContradicted =
    text !== null && text.category !== provider.category && particular.includes(text.category)
  return isContradicted && provider.text !== '' && groupOf(provider.category) === 'hard'
    ? null
    : opinionOf(provider)
}

const ofMailbox: readonly Category[] = ['mailbox-full', 'mailbox-disabled']
/** Causes whose words are about nothing else. */
const particular: readonly Category[] = ['mailbox-full', 'system-full', 'greylisted']
/** What codes of security are used for. */
const secured: readonly Category[] = ['starttls-failed', 'auth-failure', 'spam', 'virus', 'blocked', 'no-ptr']
const greylisted: readonly Category[] = ['greylisted']

function exactStatus(diagnosis: Diagnosis): Opinion | null {
  const { statusRow, replyCode, recipient, fault, doubt } = diagnosis
  if (statusRow === null || statusRow.vague || statusRow.category === null || diagnosis.isStatusAdded)
    return null
  const isHard = groupOf(statusRow.category) === 'hard'
  // `550 5.1.1 mailbox is full`: the words know more than a code that is many a server's only one.
  if (doubt !== null && isHard) return null
  if (statusRow.category === 'unknown-domain' && diagnosis.foreignHost !== null && fault === null) return null
  // X.4.x says how it ended and X.5.x at which command, not why: where the server told the sender's fault, that is why.
  const isConsequence =
    statusRow.category === 'expired' ||
    statusRow.category === 'network-error' ||
    statusRow.category === 'protocol-error'
  if (fault !== null && !diagnosis.isFaultGuessed && recipient.diagnostic !== null && isConsequence)
    return null
  // `4.4.3 no such domain`: how it ended, and why.
  if (isConsequence && diagnosis.isDomainGone) return null
  // `4.7.5 certificate not trusted`, `5.7.5 error evaluating the DMARC policy`: which security, the words know.
  if (
    statusRow.category === 'security' &&
    diagnosis.text !== null &&
    secured.includes(diagnosis.text.category)
  )
    return null
  // `452 4.4.5 insufficient disk space`, `452 4.2.2 greylisted`: the nearest code that the program had.
  const isNearest = statusRow.category === 'network-error' ? particular : greylisted
  const isOfMailbox = ofMailbox.includes(statusRow.category)
  if ((isConsequence || isOfMailbox) && doubt !== null && isNearest.includes(doubt.category)) return null
  // `5.1.2 mailbox does not exist`
  if (statusRow.category === 'unknown-domain' && diagnosis.text?.category === 'unknown-user') return null
  // The sender's own mailbox or account, full or closed: `452 4.2.2 sender over quota`.
  if (fault !== null && !diagnosis.isFaultGuessed && isOfMailbox) return null
  // 552 and its like speak of storage alone (RFC 5321 §4.2.3): a bad address beside it is a careless server's default.
  const reply = replyCode === null ? null : replyRow(replyCode)?.category
  const isStorage = reply === 'mailbox-full' || reply === 'system-full'
  if (isStorage && isHard) return null
  return { category: statusRow.category, rule: codeOf(diagnosis) }
}

function codeOf({ status, statusRow, recipient }: Diagnosis): string {
  if (status === null) return recipient.status ?? statusRow?.code ?? ''
  return `${status.class}.${status.subject}.${status.detail}`
}

/** Replies at RCPT after which a 5.1.1 that the reporter added means what it says. */
const refusals: readonly (number | null)[] = [550, 551, 553]

function vagueStatus(diagnosis: Diagnosis): Opinion | null {
  const { status, statusRow, replyCode, stage, doubt } = diagnosis
  if (statusRow === null || statusRow.category === null) return null
  if (diagnosis.isStatusAdded) {
    const isRefused = refusals.includes(replyCode) && (stage === null || stage === 'rcpt') && doubt === null
    return { category: isRefused ? statusRow.category : 'undetermined', rule: codeOf(diagnosis) }
  }
  if (!statusRow.vague) return null
  // RFC 7504: 521 and 556 name the cause that X.3.2 leaves open. X.7.z beside them is about who sends.
  if ((replyCode === 521 || replyCode === 556) && status?.subject !== 7) return null
  return { category: statusRow.category, rule: codeOf(diagnosis) }
}

/** A host that was not found is a dead address only where it is the recipient's; any other is a network's trouble. */
function textCause({ text, foreignHost, fault }: Diagnosis): Opinion | null {
  if (text === null) return null
  return text.category === 'unknown-domain' && foreignHost !== null && fault === null
    ? { category: 'network-error', rule: 'network-error/other-host', text: foreignHost }
    : opinionOf(text)
}

function replyCode({ replyCode }: Diagnosis): Opinion | null {
  const category = replyCode === null ? null : (replyRow(replyCode)?.category ?? null)
  return category === null ? null : { category, rule: String(replyCode) }
}

function action({ recipient }: Diagnosis): Opinion | null {
  return recipient.action === 'failed' ? { category: 'undetermined', rule: 'failed' } : null
}

function fallback({ context }: Diagnosis): Opinion | null {
  const rule = context.fallback()
  return rule === null ? null : ruled(rule)
}

/** A judge that knows these rules; make a new one when they change. */
export function createJudge({ rules }: { readonly rules: readonly Rule[] }): Judge {
  const book = compileRules(rules)
  return {
    judge: report => {
      const scope = scopeOf(report, book)
      const recipients = scope.recipients.map(recipient => {
        const verdict = decide(recipient, scope)?.verdict ?? null
        return judged(recipient, verdict, hintsOf(recipient, verdict, report.original.senders))
      })
      return { kind: scope.kind, recipients }
    },
    explain: report => {
      const scope = scopeOf(report, book)
      const recipients = scope.recipients.map(recipient =>
        explained(recipient, decide(recipient, scope), scope),
      )
      return { kind: scope.kind, recipients }
    },
  }
}

/** Field by field: spread, this one object costs as much as three rungs. */
const judged = (of: RecipientReport, verdict: Verdict | null, hints: RefusalHints): JudgedRecipient => ({
  address: of.address,
  originalAddress: of.originalAddress,
  action: of.action,
  status: of.status,
  statusField: of.statusField,
  replyCode: of.replyCode,
  diagnostic: of.diagnostic,
  remoteMta: of.remoteMta,
  explanation: of.explanation,
  verdict,
  hints,
})

/** A rule that decides for the whole report before any rung is asked. */
interface RuleMatch {
  readonly rung: 'override' | 'fallback'
  readonly rule: Rule
}

/** What is judged of a report: its kind after the rules, its recipients, and which of them failed. */
interface Scope {
  readonly kind: Report['kind']
  readonly recipients: readonly RecipientReport[]
  readonly failed: ReadonlySet<RecipientReport>
  readonly ruleMatch: RuleMatch | null
  readonly context: ReportContext
}

function scopeOf(report: Report, book: RuleBook): Scope {
  const context: ReportContext = {
    report,
    matches: new Map(),
    fallback: once(() => book.fallback(report.sections)),
  }
  const ruleMatch = ruleMatchOf(report, book, context)
  if (ruleMatch === null && report.kind !== 'bounce') {
    return { kind: report.kind, recipients: report.recipients, failed: new Set(), ruleMatch, context }
  }
  // A bounce that names no address is about the owner of the return path.
  const explanation = report.kind === 'bounce' ? report.sections.body : ''
  const recipients = report.recipients.length > 0 ? report.recipients : [{ ...nobody, explanation }]
  const failed = new Set(report.kind === 'bounce' ? failedOf(recipients) : recipients)
  return { kind: 'bounce', recipients, failed, ruleMatch, context }
}

function ruleMatchOf(report: Report, book: RuleBook, context: ReportContext): RuleMatch | null {
  const override = book.override(report.sections)
  if (override !== null) return { rung: 'override', rule: override }
  const fallback = report.kind === 'ordinary' ? context.fallback() : null
  return fallback === null ? null : { rung: 'fallback', rule: fallback }
}

interface Decision {
  readonly diagnosis: Diagnosis
  readonly verdict: Verdict
}

/** Null for a recipient that did not fail. */
function decide(recipient: RecipientReport, { failed, ruleMatch, context }: Scope): Decision | null {
  if (!failed.has(recipient)) return null
  const diagnosis = diagnose(recipient, context)
  const verdict =
    ruleMatch === null ? climb(diagnosis) : ruleVerdict(ruleMatch.rule, ruleMatch.rung, diagnosis)
  return { diagnosis, verdict }
}

/** In a report of several outcomes only those that failed; where none says so, all of them. */
function failedOf(recipients: readonly RecipientReport[]): readonly RecipientReport[] {
  const failed = recipients.filter(({ action }) => action === null || action === 'failed')
  return failed.length > 0 ? failed : recipients
}

/** `undetermined` is no cause: it stands only where no later rung knows better. */
function climb(diagnosis: Diagnosis): Verdict {
  let undetermined: { readonly opinion: Opinion; readonly rung: Rung } | null = null
  for (const { rung, ask } of ladder) {
    const opinion = ask(diagnosis)
    if (opinion === null) continue
    // An operator's rule is a decision even without a category.
    if (opinion.category !== 'undetermined' || opinion.type !== undefined)
      return verdictOf(opinion, rung, diagnosis)
    undetermined ??= { opinion, rung }
  }
  const { opinion, rung } = undetermined ?? { opinion: nothing, rung: 'none' }
  return verdictOf(opinion, rung, diagnosis)
}

const nothing: Opinion = { category: 'undetermined', rule: 'undetermined' }

function explained(
  recipient: RecipientReport,
  decision: Decision | null,
  { ruleMatch }: Scope,
): RecipientExplanation {
  const address = recipient.address ?? recipient.originalAddress
  if (decision === null) return { address, verdict: null, steps: [] }
  const { diagnosis, verdict } = decision
  const step = (rung: Rung, opinion: Opinion | null) => ({
    rung,
    opinion,
    fate: fateOf(rung, opinion, verdict),
  })
  const wait = waitOf(recipient.diagnostic, verdict)
  return {
    address,
    verdict,
    ...(wait === null ? {} : { wait }),
    steps: [
      step('override', ruleMatch?.rung === 'override' ? ruled(ruleMatch.rule) : null),
      ...ladder.map(({ rung, ask }) => step(rung, ask(diagnosis))),
    ],
  }
}

function fateOf(rung: Rung, opinion: Opinion | null, { because }: Verdict): Fate {
  if (opinion === null) return 'silent'
  if (because.overruled?.rung === rung) return 'overruled'
  return because.rung === rung ? 'decides' : 'outranked'
}
