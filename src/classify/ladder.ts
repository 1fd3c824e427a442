// The order of judgement: one array of rungs, the first with an opinion wins, and nothing below the operators'
// override rules gives hard where the refusal tells of the sender's fault.

import { groupOf } from '../knowledge/categories.ts'
import { replyRow } from '../knowledge/reply-codes.ts'
import type {
  Explanation,
  Fate,
  Judgement,
  Opinion,
  RecipientExplanation,
  RecipientReport,
  Report,
  Rule,
  Rung,
  Verdict,
} from '../model.ts'
import { openCase } from './case.ts'
import { compileRules, type RuleBook } from './rules.ts'
import { type Hearing, ruled, ruleVerdict, verdictOf } from './verdict.ts'
import { type Found, searchWords } from './words-found.ts'

export interface Judge {
  /** A verdict for each recipient that failed, null for the others. Never throws. */
  readonly judge: (report: Report) => Judgement
  /** The same, with what every rung said. */
  readonly explain: (report: Report) => Explanation
}

interface Step {
  readonly rung: Rung
  readonly ask: (hearing: Hearing) => Opinion | null
}

/** The ladder. Override rules stand above it: they decide before anything is read. */
const ladder: readonly Step[] = [
  { rung: 'provider', ask: ({ provider }) => (provider === null ? null : told(provider)) },
  { rung: 'exact-status', ask: exactStatus },
  { rung: 'text', ask: ({ text }) => (text === null ? null : told(text)) },
  { rung: 'vague-status', ask: vagueStatus },
  { rung: 'reply-code', ask: replyCode },
  { rung: 'action', ask: action },
  { rung: 'fallback', ask: fallback },
  { rung: 'none', ask: () => ({ category: 'undetermined', rule: 'undetermined' }) },
]

function told({ category, id, text }: Found): Opinion {
  return text === '' ? { category, rule: id } : { category, rule: id, text }
}

function exactStatus({ statusRow, replyCode, recipient }: Hearing): Opinion | null {
  if (statusRow === null || statusRow.vague || statusRow.category === null) return null
  // 552 and its like speak of storage alone (RFC 5321 §4.2.3): a bad address beside it is a careless server's default.
  const reply = replyCode === null ? null : replyRow(replyCode)?.category
  const isStorage = reply === 'mailbox-full' || reply === 'system-full'
  if (isStorage && groupOf(statusRow.category) === 'hard') return null
  return { category: statusRow.category, rule: recipient.status ?? statusRow.code }
}

function vagueStatus({ statusRow, replyCode, recipient }: Hearing): Opinion | null {
  if (statusRow === null || !statusRow.vague || statusRow.category === null) return null
  // RFC 7504: 521 and 556 name the cause that X.3.2 leaves open.
  if (replyCode === 521 || replyCode === 556) return null
  return { category: statusRow.category, rule: recipient.status ?? statusRow.code }
}

function replyCode({ replyCode }: Hearing): Opinion | null {
  const category = replyCode === null ? null : (replyRow(replyCode)?.category ?? null)
  return category === null ? null : { category, rule: String(replyCode) }
}

function action({ recipient }: Hearing): Opinion | null {
  return recipient.action === 'failed' ? { category: 'undetermined', rule: 'failed' } : null
}

function fallback({ fallbackRule }: Hearing): Opinion | null {
  const rule = fallbackRule()
  return rule === null ? null : ruled(rule)
}

/** A judge that knows these rules; make a new one when they change. */
export function createJudge({ rules }: { readonly rules: readonly Rule[] }): Judge {
  const book = compileRules(rules)
  return {
    judge: report => {
      const { kind, recipients, judged } = proceed(report, book)
      return {
        kind,
        recipients: recipients.map(recipient => ({
          ...recipient,
          verdict: judged(recipient)?.verdict ?? null,
        })),
      }
    },
    explain: report => {
      const override = book.override(report.sections)
      const { kind, recipients, judged } = proceed(report, book)
      return {
        kind,
        recipients: recipients.map(recipient => explained(recipient, judged(recipient), override)),
      }
    },
  }
}

interface Judged {
  readonly hearing: Hearing
  readonly verdict: Verdict
}

interface Proceedings {
  readonly kind: Report['kind']
  readonly recipients: readonly RecipientReport[]
  /** Null for a recipient that did not fail. */
  readonly judged: (recipient: RecipientReport) => Judged | null
}

/** What becomes of a report: which kind it is after all, which recipients are judged, and how. */
function proceed(report: Report, book: RuleBook): Proceedings {
  const override = book.override(report.sections)
  let asked: Rule | null | undefined
  const fallbackRule = (): Rule | null => {
    if (asked === undefined) asked = book.fallback(report.sections)
    return asked
  }
  const searched = remembering(searchWords)
  const hear = (recipient: RecipientReport): Hearing => ({
    ...openCase(report, recipient, searched),
    isReported: report.kind === 'bounce',
    fallbackRule,
  })
  const bounce = (decide: (hearing: Hearing) => Verdict): Proceedings => {
    const recipients = report.recipients.length > 0 ? report.recipients : [nobody(report)]
    const failed = new Set(report.kind === 'bounce' ? failedOf(recipients) : recipients)
    return {
      kind: 'bounce',
      recipients,
      judged: recipient => {
        if (!failed.has(recipient)) return null
        const hearing = hear(recipient)
        return { hearing, verdict: decide(hearing) }
      },
    }
  }

  if (override !== null) return bounce(hearing => ruleVerdict(override, 'override', hearing))
  if (report.kind === 'bounce') return bounce(climb)
  const rule = report.kind === 'ordinary' ? fallbackRule() : null
  if (rule !== null) return bounce(hearing => ruleVerdict(rule, 'fallback', hearing))
  return { kind: report.kind, recipients: report.recipients, judged: () => null }
}

/** Recipients of one report share most of their text: each is searched once. */
function remembering<T>(search: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const found = search(text)
    known.set(text, found)
    return found
  }
}

/** In a report of several outcomes only those that failed; where none says so, all of them. */
function failedOf(recipients: readonly RecipientReport[]): readonly RecipientReport[] {
  const failed = recipients.filter(({ action }) => action === null || action === 'failed')
  return failed.length > 0 ? failed : recipients
}

/** A bounce that names no address is about whoever owns the return path. */
function nobody(report: Report): RecipientReport {
  return {
    address: null,
    originalAddress: null,
    action: null,
    status: null,
    statusField: null,
    replyCode: null,
    diagnostic: null,
    remoteMta: null,
    explanation: report.kind === 'bounce' ? report.sections.body : '',
  }
}

/** `undetermined` is no cause: it stands only where no later rung knows better. */
function climb(hearing: Hearing): Verdict {
  let undetermined: { readonly opinion: Opinion; readonly rung: Rung } | null = null
  for (const { rung, ask } of ladder) {
    const opinion = ask(hearing)
    if (opinion === null) continue
    // An operator's rule is a decision even without a category.
    if (opinion.category !== 'undetermined' || opinion.type !== undefined)
      return verdictOf(opinion, rung, hearing)
    undetermined ??= { opinion, rung }
  }
  const { opinion, rung } = undetermined ?? { opinion: nothing, rung: 'none' }
  return verdictOf(opinion, rung, hearing)
}

const nothing: Opinion = { category: 'undetermined', rule: 'undetermined' }

function explained(
  recipient: RecipientReport,
  judged: Judged | null,
  override: Rule | null,
): RecipientExplanation {
  const address = recipient.address ?? recipient.originalAddress
  if (judged === null) return { address, verdict: null, steps: [] }
  const { hearing, verdict } = judged
  const step = (rung: Rung, opinion: Opinion | null) => ({
    rung,
    opinion,
    fate: fateOf(rung, opinion, verdict),
  })
  return {
    address,
    verdict,
    steps: [
      step('override', override === null ? null : ruled(override)),
      ...ladder.map(({ rung, ask }) => step(rung, ask(hearing))),
    ],
  }
}

function fateOf(rung: Rung, opinion: Opinion | null, { because }: Verdict): Fate {
  if (opinion === null) return 'silent'
  if (because.overruled?.rung === rung) return 'overruled'
  return because.rung === rung ? 'decides' : 'outranked'
}
