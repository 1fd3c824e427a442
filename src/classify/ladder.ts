// The order of judgement: one array of rungs, the first with an opinion wins, and nothing below the operators'
// override rules gives hard where the refusal tells of the sender's fault.

import { type Category, groupOf } from '../knowledge/categories.ts'
import { replyRow } from '../knowledge/reply-codes.ts'
import type {
  Because,
  BounceType,
  Explanation,
  JudgedRecipient,
  Judgement,
  Opinion,
  RecipientExplanation,
  RecipientReport,
  Report,
  Rule,
  Rung,
  Verdict,
} from '../model.ts'
import { type Case, openCase } from './case.ts'
import { compileRules, type RuleBook } from './rules.ts'

export interface Judge {
  /** A verdict for each recipient that failed, null for the others. Never throws. */
  readonly judge: (report: Report) => Judgement
  /** The same, with what every rung said. */
  readonly explain: (report: Report) => Explanation
}

/** What a rung looks at. */
interface Hearing extends Case {
  /** False where a rule alone makes a bounce of what reads as none. */
  readonly isReported: boolean
  readonly fallbackRule: () => Rule | null
}

interface Step {
  readonly rung: Rung
  readonly ask: (hearing: Hearing) => Opinion | null
}

/** The ladder (DESIGN of verdicts: cause first). Override rules stand above it: they need no report. */
const ladder: readonly Step[] = [
  { rung: 'provider', ask: ({ provider }) => (provider === null ? null : told(provider)) },
  {
    rung: 'exact-status',
    ask: exactStatus,
  },
  { rung: 'text', ask: ({ text }) => (text === null ? null : told(text)) },
  { rung: 'vague-status', ask: vagueStatus },
  { rung: 'reply-code', ask: replyCode },
  {
    rung: 'action',
    ask: ({ recipient }) =>
      recipient.action === 'failed' ? { category: 'undetermined', rule: 'failed' } : null,
  },
  {
    rung: 'fallback',
    ask: ({ fallbackRule }) => {
      const rule = fallbackRule()
      return rule === null ? null : ruled(rule)
    },
  },
  { rung: 'none', ask: () => ({ category: 'undetermined', rule: 'undetermined' }) },
]

/** A judge that knows these rules; make a new one when they change. */
export function createJudge({ rules }: { readonly rules: readonly Rule[] }): Judge {
  const book = compileRules(rules)
  return {
    judge: report => {
      const { kind, recipients, verdictOf } = proceed(report, book)
      return {
        kind,
        recipients: recipients.map(
          (recipient): JudgedRecipient => ({ ...recipient, verdict: verdictOf(recipient) }),
        ),
      }
    },
    explain: report => {
      const { kind, recipients, verdictOf, hear } = proceed(report, book)
      return {
        kind,
        recipients: recipients.map(recipient =>
          explained(recipient, verdictOf(recipient), hear(recipient), book, report),
        ),
      }
    },
  }
}

interface Proceedings {
  readonly kind: Report['kind']
  readonly recipients: readonly RecipientReport[]
  readonly hear: (recipient: RecipientReport) => Hearing | null
  readonly verdictOf: (recipient: RecipientReport) => Verdict | null
}

/** What becomes of a report: which kind, which recipients are judged, and how. */
function proceed(report: Report, book: RuleBook): Proceedings {
  const override = book.override(report.sections)
  let fallback: Rule | null | undefined
  const fallbackRule = (): Rule | null => {
    fallback ??= book.fallback(report.sections)
    return fallback
  }
  const named = report.recipients.length > 0 ? report.recipients : [nobody(report)]
  const hear = (recipient: RecipientReport): Hearing => ({
    ...openCase(report, recipient),
    isReported: report.kind === 'bounce',
    fallbackRule,
  })

  if (override !== null) {
    const failed = report.kind === 'bounce' ? failedOf(named) : named
    return {
      kind: 'bounce',
      recipients: named,
      hear,
      verdictOf: recipient =>
        failed.includes(recipient) ? byRule(override, 'override', hear(recipient)) : null,
    }
  }
  if (report.kind === 'bounce') {
    const failed = failedOf(named)
    return {
      kind: 'bounce',
      recipients: named,
      hear,
      verdictOf: recipient => (failed.includes(recipient) ? climb(hear(recipient)) : null),
    }
  }
  if (report.kind === 'ordinary') {
    const rule = fallbackRule()
    if (rule !== null) {
      return {
        kind: 'bounce',
        recipients: named,
        hear,
        verdictOf: recipient => byRule(rule, 'fallback', hear(recipient)),
      }
    }
  }
  return { kind: report.kind, recipients: report.recipients, hear: () => null, verdictOf: () => null }
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

function climb(hearing: Hearing): Verdict {
  // `undetermined` is no cause: it stands only where no later rung knows better.
  let undetermined: { opinion: Opinion; rung: Rung } | null = null
  for (const { rung, ask } of ladder) {
    const opinion = ask(hearing)
    if (opinion === null) continue
    if (opinion.category !== 'undetermined' || opinion.type !== undefined)
      return verdict(opinion, rung, hearing)
    undetermined ??= { opinion, rung }
  }
  return undetermined === null
    ? verdict({ category: 'undetermined', rule: 'undetermined' }, 'none', hearing)
    : verdict(undetermined.opinion, undetermined.rung, hearing)
}

function verdict(opinion: Opinion, rung: Rung, hearing: Hearing): Verdict {
  const { fault, provider, recipient } = hearing
  const isHard = opinion.type === 'hard' || groupOf(opinion.category) === 'hard'
  if (isHard && fault !== null) {
    const because = {
      rung: 'text',
      rule: fault.id,
      text: asItStood(fault.text, recipient),
      overruled: { rung, rule: opinion.rule },
    } as const
    return {
      category: fault.category,
      type: 'soft',
      permanent: isPermanent(hearing),
      because,
    }
  }
  const text = rung === 'provider' && provider?.text === '' ? undefined : opinion.text
  const because: Because =
    text === undefined
      ? { rung, rule: opinion.rule }
      : { rung, rule: opinion.rule, text: asItStood(text, recipient) }
  return {
    category: opinion.category,
    type: opinion.type ?? typeOf(opinion.category, hearing),
    permanent: isPermanent(hearing),
    because,
  }
}

/** Hard: the address is bad, and the failure is not of class 4 (RFC 7293 §9: X.7.17 and X.7.18 are final in both). */
function typeOf(category: Category, { status, replyCode }: Hearing): BounceType {
  if (groupOf(category) !== 'hard') return 'soft'
  if (status?.subject === 7 && (status.detail === 17 || status.detail === 18)) return 'hard'
  const statusClass = status?.class ?? (replyCode === null ? 5 : Math.floor(replyCode / 100))
  return statusClass === 4 ? 'soft' : 'hard'
}

/**
 * The class of the status, else of the reply. A reported failure without any code is final: the reporting MTA
 * "has abandoned any attempts to deliver" (RFC 3464 §2.3.3). Null where there is no report at all.
 */
function isPermanent({ status, replyCode, isReported }: Hearing): boolean | null {
  if (status !== null) return status.class === 5
  if (replyCode !== null) return replyCode >= 500
  return isReported ? true : null
}

function byRule(rule: Rule, rung: 'override' | 'fallback', hearing: Hearing): Verdict {
  const { category, type = 'soft' } = ruled(rule)
  return {
    category,
    type,
    permanent: isPermanent(hearing),
    because: { rung, rule: rule.id, text: rule.text },
  }
}

function ruled(rule: Rule): Opinion {
  return {
    category: rule.category ?? 'undetermined',
    rule: rule.id,
    text: rule.text,
    // OpenCRM's rule: what matches as both is soft.
    type: rule.type === 'hard' ? 'hard' : 'soft',
  }
}

function told({ category, id, text }: { category: Category; id: string; text: string }): Opinion {
  return { category, rule: id, text }
}

function exactStatus({ statusRow, replyCode, recipient }: Hearing): Opinion | null {
  if (statusRow === null || statusRow.vague || statusRow.category === null) return null
  // 552 and its like speak of storage alone (RFC 5321 §4.2.3): a bad address beside it is a careless server's default.
  const reply = replyCode === null ? null : replyRow(replyCode)?.category
  if (groupOf(statusRow.category) === 'hard' && (reply === 'mailbox-full' || reply === 'system-full'))
    return null
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

/** The deciding words as the mail has them, where they are still in one piece. */
function asItStood(text: string, { diagnostic, explanation }: RecipientReport): string {
  for (const source of [diagnostic ?? '', explanation]) {
    const at = source.toLowerCase().indexOf(text)
    if (at >= 0) return source.slice(at, at + text.length)
  }
  return text
}

function explained(
  recipient: RecipientReport,
  verdict: Verdict | null,
  hearing: Hearing | null,
  book: RuleBook,
  report: Report,
): RecipientExplanation {
  const override = book.override(report.sections)
  const said = (rung: Rung, opinion: Opinion | null) => ({
    rung,
    opinion,
    fate: fateOf(rung, opinion, verdict),
  })
  return {
    address: recipient.address ?? recipient.originalAddress,
    verdict,
    steps:
      hearing === null || verdict === null
        ? []
        : [
            said('override', override === null ? null : ruled(override)),
            ...ladder.map(({ rung, ask }) => said(rung, ask(hearing))),
          ],
  }
}

function fateOf(
  rung: Rung,
  opinion: Opinion | null,
  verdict: Verdict | null,
): 'silent' | 'decides' | 'overruled' | 'outranked' {
  if (opinion === null) return 'silent'
  if (verdict?.because.overruled?.rung === rung) return 'overruled'
  return verdict?.because.rung === rung ? 'decides' : 'outranked'
}
