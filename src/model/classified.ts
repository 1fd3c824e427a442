// What `classify --json` and `POST /v1/classify` answer about one mail.

import type { Advice, Category } from './categories.ts'
import type { Problem } from './message.ts'
import type { Action, Kind, Original } from './report.ts'
import type { Because, BounceType, RecipientExplanation, RefusalHints } from './verdict.ts'

export interface Classified {
  readonly kind: Kind
  readonly recipients: readonly ClassifiedRecipient[]
  readonly reportingMta: string | null
  readonly original: Pick<Original, 'messageId' | 'envelopeId' | 'subject'>
  readonly problems: readonly Problem[]
}

/** Type, permanent, category and because are null for a recipient that did not fail. */
export interface ClassifiedRecipient extends RefusalHints {
  readonly address: string | null
  readonly originalAddress: string | null
  readonly type: BounceType | null
  readonly permanent: boolean | null
  readonly category: Category | null
  readonly action: Action | null
  readonly status: string | null
  readonly replyCode: number | null
  readonly diagnostic: string | null
  readonly remoteMta: string | null
  readonly because: Because | null
  /** Whose move it is. */
  readonly advice: Advice | null
}

/** The same with the way to it. */
export interface ClassifiedAndWhy {
  readonly classified: Classified
  /** Which reader recognised it: `dsn`, `qmail`, …, `none`. */
  readonly reader: string
  /** What about the mail speaks for a notice of a mail system, in words. */
  readonly signs: readonly string[]
  readonly explanation: readonly RecipientExplanation[]
}
