// What is kept of a message so that it can be judged again when a rule is tried.

import type { Kind } from './report.ts'

export interface EvidenceEntry {
  readonly receivedAt: Date
  readonly kind: Kind
  /** The event it led to; null for a message that made none. */
  readonly bounceId: string | null
  /** The message cut down, as text that only the judge of it reads. */
  readonly kept: string
}

export interface StoredEvidence extends EvidenceEntry {
  readonly id: string
}

/** The newest pieces of evidence. */
export interface EvidenceStore {
  /** Takes an entry and returns at once; when the database is slow or away, entries are dropped, never waited for. */
  readonly keep: (entry: EvidenceEntry) => void
  /** The newest first, page by page: `before` is the id of the last one seen. */
  readonly newest: (page: {
    readonly before?: string | undefined
    readonly limit: number
  }) => Promise<readonly StoredEvidence[]>
  /** What is kept of the message that led to this event, itself or beside others; null when nothing is. */
  readonly find: (event: { readonly id: string; readonly receivedAt: Date }) => Promise<StoredEvidence | null>
  /** Takes no more, and writes what is still waiting. */
  readonly close: () => Promise<void>
}
