// The verdict: hard or soft, and why.

import type { Category } from './categories.ts'
import type { Kind, RecipientReport } from './report.ts'

export const bounceTypes = ['hard', 'soft'] as const

export type BounceType = (typeof bounceTypes)[number]

/** The ladder's rungs in order; the first with an opinion decides. */
export const rungs = [
  'override',
  'provider',
  'exact-status',
  'text',
  'vague-status',
  'reply-code',
  'action',
  'fallback',
  'none',
] as const

export type Rung = (typeof rungs)[number]

/** Whose move it is after a failure. */
export const advices = ['remove', 'wait', 'fix-sending', 'fix-content', 'ask-recipient'] as const

export type Advice = (typeof advices)[number]

export interface Because {
  readonly rung: Rung
  /** The id of the row or rule that decided. */
  readonly rule: string
  /** The words that decided, verbatim. */
  readonly text?: string
  /** Set when a sender's-fault text overruled a hard opinion: what that opinion was. */
  readonly overruled?: { readonly rung: Rung; readonly rule: string }
}

export interface Verdict {
  readonly category: Category
  readonly type: BounceType
  /** Was this message's failure permanent (class 5) or temporary (class 4)? Null if nothing says so. */
  readonly permanent: boolean | null
  readonly because: Because
}

export interface JudgedRecipient extends RecipientReport {
  /** Null when this recipient did not fail. */
  readonly verdict: Verdict | null
}

/** A report with its verdicts. A bounce has at least one recipient here, its address perhaps null. */
export interface Judgement {
  readonly kind: Kind
  readonly recipients: readonly JudgedRecipient[]
}

/** What one rung of the ladder says of one failure. */
export interface Opinion {
  readonly category: Category
  /** The id of the row or rule. */
  readonly rule: string
  /** The row's or rule's words. */
  readonly text?: string
  /** Only operators' rules set it: elsewhere hardness follows from category and class. */
  readonly type?: BounceType
}

/** `outranked`: an earlier rung decided. `overruled`: a hard opinion against which the sender's fault was told. */
export type Fate = 'silent' | 'decides' | 'overruled' | 'outranked'

/** How a verdict came about: every rung in order. Empty steps where there was nothing to judge. */
export interface RecipientExplanation {
  readonly address: string | null
  readonly verdict: Verdict | null
  readonly steps: readonly { readonly rung: Rung; readonly opinion: Opinion | null; readonly fate: Fate }[]
}

export interface Explanation {
  readonly kind: Kind
  readonly recipients: readonly RecipientExplanation[]
}
