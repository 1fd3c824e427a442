// What a change of rules would do to the messages that evidence was kept of, before it acts.

import type { Judge } from '../classify/ladder.ts'
import type { Report } from '../model/report.ts'
import type { JudgedRecipient, Judgement } from '../model/verdict.ts'
import { reportFromEvidence } from './evidence.ts'

/** A stored message: its key, and what `keepEvidence` made of it. */
export interface StoredEvidence {
  readonly id: string
  readonly kept: string
}

/** One outcome as a person sees it. */
export interface Outcome {
  readonly kind: Judgement['kind']
  readonly type: string | null
  readonly category: string | null
  /** The rung and the rule that decided, null where nothing was judged. */
  readonly rung: string | null
  readonly rule: string | null
}

export interface Difference {
  readonly id: string
  readonly subject: string
  readonly address: string | null
  readonly before: Outcome
  readonly after: Outcome
}

export interface Preview {
  /** How many messages were judged again, and how many of them would be judged differently. */
  readonly judged: number
  readonly changed: number
  /** One a recipient, in the order of the evidence. */
  readonly differences: readonly Difference[]
}

/**
 * Judges every piece of evidence by the rules before and after. A difference is another kind, type or category;
 * that another rule decides the same is none. Evidence of another version is left out.
 */
export function previewRules(
  before: Pick<Judge, 'judge'>,
  after: Pick<Judge, 'judge'>,
  evidence: Iterable<StoredEvidence>,
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
      before: outcome(was, was.recipients[at]),
      after: outcome(will, will.recipients[at]),
    }
  }).filter(
    ({ before, after }) =>
      before.kind !== after.kind || before.type !== after.type || before.category !== after.category,
  )
}

function outcome({ kind }: Judgement, recipient: JudgedRecipient | undefined): Outcome {
  const verdict = recipient?.verdict ?? null
  return {
    kind,
    type: verdict?.type ?? null,
    category: verdict?.category ?? null,
    rung: verdict?.because.rung ?? null,
    rule: verdict?.because.rule ?? null,
  }
}
