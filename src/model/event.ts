// The event: the unit that is stored, deduplicated and counted, and what recording it did.

import type { Kind, RecipientReport, Report } from './report.ts'
import type { Link } from './return-path.ts'
import type { BounceType, Verdict } from './verdict.ts'

/**
 * Whom a recipient block concerns. `owner`: the address of the return path, or the only block.
 * `forward`: the only block, but another address than we wrote to. `expanded`: one of several of
 * which none is ours (an alias was expanded): soft whatever the category. `other`: someone else's block, no effect.
 */
export const concerns = ['owner', 'forward', 'expanded', 'other'] as const

export type Concern = (typeof concerns)[number]

/** One event per return path and recipient block: the unit that is stored, deduplicated and counted. */
export interface BounceEvent {
  /** 8 hex digits of issue day, then SHA-256 in hex (72 characters). */
  readonly fingerprint: string
  readonly receivedAt: Date
  readonly clientIp: string
  readonly returnPath: string
  readonly kind: Kind
  readonly concern: Concern
  readonly link: Link | null
  readonly recipient: RecipientReport
  readonly verdict: Verdict | null
  readonly report: Report
  /** Was the mail sent to this address? Null if nothing in the event says so. */
  readonly isSentTo: AddressTest | null
}

/** Was the mail sent to this address? */
export type AddressTest = (address: string) => boolean

export interface Recorded {
  readonly event: BounceEvent
  /** The row's id. */
  readonly id: string
  /** False: the same event was stored before; nothing was counted. */
  readonly isNew: boolean
  /** The address the bounce counts for, when it matches the return path's check. */
  readonly address: string | null
  /** What `rebound_bounced_sends_total` counts: the campaign's count moved to this type, or a record's first of the type. */
  readonly movedTo: BounceType | null
}

/**
 * What an event did to its record. `none`: nothing, since it is not a bounce or belongs to no record. `absent`: counted, while the CRM has
 * no such record. `counted`: counted and no more, the record has another address by now. `flagged`: the record is
 * flagged as bounced. `removed`: that, and the address is taken from it.
 */
export const recordEffects = ['none', 'absent', 'counted', 'flagged', 'removed'] as const

export type RecordEffect = (typeof recordEffects)[number]
