// The verdict: hard or soft, and why.

import type { Category } from './categories.ts'
import type { Kind, RecipientReport, Sections } from './report.ts'

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

/** What a refusal names beside its cause; null for what it does not name. A stranger wrote it. */
export interface RefusalHints {
  /** Seconds after which the server said to come back. */
  readonly retryAfter: number | null
  /** The zone or name of the block list, in lower case. */
  readonly blocklist: string | null
  /** The page that explains the refusal. */
  readonly helpUrl: string | null
}

export const noHints: RefusalHints = { retryAfter: null, blocklist: null, helpUrl: null }

export interface JudgedRecipient extends RecipientReport {
  /** Null when this recipient did not fail. */
  readonly verdict: Verdict | null
  /** Of one that failed or is delayed. */
  readonly hints: RefusalHints
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
export const fates = ['silent', 'decides', 'overruled', 'outranked'] as const

export type Fate = (typeof fates)[number]

/** When a server asked to come back, and the words that said so. */
export interface Wait {
  readonly seconds: number
  readonly text: string
  /** Files and slots of the words of another attempt and of the unit. */
  readonly places: readonly string[]
}

/** How a verdict came about: every rung in order. Empty steps where there was nothing to judge. */
export interface RecipientExplanation {
  readonly address: string | null
  readonly verdict: Verdict | null
  /** Left out where no time was told. */
  readonly wait?: Wait
  readonly steps: readonly { readonly rung: Rung; readonly opinion: Opinion | null; readonly fate: Fate }[]
}

export interface Explanation {
  readonly kind: Kind
  readonly recipients: readonly RecipientExplanation[]
}

/** How a stored event would be judged now, from what is kept of its message. */
export interface StoredExplanation extends Explanation {
  /** Which reader recognised the message: `dsn`, `qmail`, …, `none`. */
  readonly reader: string
  readonly reportingMta: string | null
  /** What the operators' rules search, as far as it is kept. */
  readonly sections: Sections
}

/** Null when nothing is kept of its message. */
export type ExplainBounce = (event: {
  readonly id: string
  readonly receivedAt: Date
}) => Promise<StoredExplanation | null>
