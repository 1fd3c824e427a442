// What `classify --json` and `POST /v1/classify` answer about one mail.

import type { Category } from './categories.ts'
import type { Problem } from './message.ts'
import type { Action, Kind, Original } from './report.ts'
import type { Advice, Because, BounceType } from './verdict.ts'

export interface Classified {
  readonly kind: Kind
  readonly recipients: readonly ClassifiedRecipient[]
  readonly reportingMta: string | null
  readonly original: Pick<Original, 'messageId' | 'envelopeId' | 'subject'>
  readonly problems: readonly Problem[]
}

/** Type, permanent, category and because are null for a recipient that did not fail. */
export interface ClassifiedRecipient {
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
  /** Seconds after which the server said to come back. */
  readonly retryAfter: number | null
  /** The block list that the refusal names. */
  readonly blocklist: string | null
  /** The page that the refusal names. */
  readonly helpUrl: string | null
}
