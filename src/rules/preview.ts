// What a change of rules would do to messages with stored evidence, before the change takes effect.

import type { Judge } from '../classify/ladder.ts'
import type { EvidenceStore, StoredEvidence } from '../model/evidence.ts'
import type { Report } from '../model/report.ts'
import type { JudgedMail, RulePreview } from '../model/rule.ts'
import type { JudgedRecipient, Judgement, Rung } from '../model/verdict.ts'
import { reportFromEvidence } from './evidence.ts'

/** One recipient as judged, and by what. */
export interface JudgedRow extends JudgedMail {
  /** The rung and the rule that decided, null where nothing was judged. */
  readonly rung: Rung | null
  readonly rule: string | null
}

export interface Difference {
  readonly id: string
  readonly subject: string
  readonly address: string | null
  readonly before: JudgedRow
  readonly after: JudgedRow
}

export interface Preview {
  /** How many messages were judged again, and how many of them would be judged differently. */
  readonly judged: number
  readonly changed: number
  /** One per recipient, in the order of the evidence. */
  readonly differences: readonly Difference[]
}

/** How much is judged again before mail and probes get their turn: a few milliseconds. */
const pageSize = 100
const maxExamples = 100

/** All stored evidence judged by both, page by page. */
export async function previewEvidence(
  before: Pick<Judge, 'judge'>,
  after: Pick<Judge, 'judge'>,
  evidence: Pick<EvidenceStore, 'newest'>,
): Promise<RulePreview> {
  const examples: RulePreview['examples'][number][] = []
  let examined = 0
  let changed = 0
  let last: string | undefined
  for (;;) {
    const page = await evidence.newest({ before: last, limit: pageSize })
    const found = previewRules(before, after, page)
    examined += found.judged
    changed += found.changed
    for (const { id, subject, before: was, after: will } of found.differences) {
      const entry = page.find(each => each.id === id)
      if (entry === undefined || examples.length >= maxExamples) continue
      examples.push({
        bounceId: entry.bounceId,
        receivedAt: entry.receivedAt,
        subject: subject === '' ? null : subject,
        before: mailOf(was),
        after: mailOf(will),
      })
    }
    last = page.at(-1)?.id
    if (last === undefined || page.length < pageSize) return { examined, changed, examples }
  }
}

const mailOf = ({ kind, type, category }: JudgedMail): JudgedMail => ({ kind, type, category })

/**
 * Judges every piece of evidence by the rules before and after. A difference is another kind, type or category;
 * another rule with the same outcome is not a difference. Evidence of another version is skipped.
 */
export function previewRules(
  before: Pick<Judge, 'judge'>,
  after: Pick<Judge, 'judge'>,
  evidence: Iterable<Pick<StoredEvidence, 'id' | 'kept'>>,
): Preview {
  const differences: Difference[] = []
  let judged = 0
  let changed = 0
  for (const { id, kept } of evidence) {
    const report = reportFromEvidence(kept)
    if (report === null) continue
    judged++
    const found = compare(id, report, before.judge(report), after.judge(report))
    if (found.length > 0) changed++
    differences.push(...found)
  }
  return { judged, changed, differences }
}

function compare(id: string, report: Report, was: Judgement, will: Judgement): readonly Difference[] {
  const count = Math.max(was.recipients.length, will.recipients.length, 1)
  return Array.from({ length: count }, (_, at): Difference => {
    const recipient = report.recipients[at]
    return {
      id,
      subject: report.sections.subject,
      address: recipient?.address ?? recipient?.originalAddress ?? null,
      before: judgedRow(was, was.recipients[at]),
      after: judgedRow(will, will.recipients[at]),
    }
  }).filter(
    ({ before, after }) =>
      before.kind !== after.kind || before.type !== after.type || before.category !== after.category,
  )
}

function judgedRow({ kind }: Judgement, recipient: JudgedRecipient | undefined): JudgedRow {
  const verdict = recipient?.verdict ?? null
  return {
    kind,
    type: verdict?.type ?? null,
    category: verdict?.category ?? null,
    rung: verdict?.because.rung ?? null,
    rule: verdict?.because.rule ?? null,
  }
}
