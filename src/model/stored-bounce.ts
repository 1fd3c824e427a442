// A stored event, as every door shows it.

import type { Category } from './categories.ts'
import type { Concern, RecordEffect } from './event.ts'
import type { Kind } from './report.ts'
import type { LinkedBy } from './return-path.ts'
import type { BounceType, Rung } from './verdict.ts'

/** A row of `rebound_bounces`. */
export interface StoredBounce {
  readonly id: string
  readonly receivedAt: Date
  readonly recordedAt: Date
  readonly kind: Kind
  /** As it counted; null for what is no bounce, and for somebody else's block (`concern: other`). */
  readonly type: BounceType | null
  readonly category: Category | null
  readonly permanent: boolean | null
  readonly status: string | null
  readonly replyCode: number | null
  readonly diagnostic: string | null
  /** The address the bounce counts for: the record's at that time. */
  readonly address: string | null
  readonly reportedAddress: string | null
  readonly module: string | null
  readonly recordId: string | null
  readonly campaignId: string | null
  readonly mailId: string | null
  readonly linkedBy: LinkedBy | null
  readonly concern: Concern
  readonly decidedBy: Rung | null
  readonly decidedRule: string | null
  readonly decidedText: string | null
  readonly subject: string | null
  readonly originalMessageId: string | null
  readonly envelopeId: string | null
  readonly reportingMta: string | null
  readonly remoteMta: string | null
  readonly clientIp: string
  readonly returnPath: string
  readonly effect: RecordEffect
  readonly undoneAt: Date | null
}
