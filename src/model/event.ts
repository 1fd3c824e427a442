// The event: the unit that is stored, deduplicated and counted, and what recording it did.

import type { Kind, RecipientReport, Report } from './report.ts'
import type { Link } from './return-path.ts'
import type { BounceType, RefusalHints, Verdict } from './verdict.ts'

/**
 * Whom a recipient block concerns. `owner`: the address of the return path, or the only block.
 * `forward`: the only block, but another address than we wrote to. `expanded`: one of several of
 * which none is ours (an alias was expanded): soft whatever the category. `other`: someone else's block, no effect.
 * `shared`: no block, but another record that has the address which a bounce took (REBOUND_SPREAD).
 */
export const concerns = ['owner', 'forward', 'expanded', 'other', 'shared'] as const

export type Concern = (typeof concerns)[number]

/** What says nothing of a mail that came back to the record: sums leave it out. */
export const uncountedConcerns: readonly Concern[] = ['other', 'shared']

/** The mail was for this one address: repeated, its failures say something of it. */
export const countedConcerns: readonly Concern[] = ['owner', 'forward']

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
  readonly hints: RefusalHints
  readonly report: Report
  /** Was the mail sent to this address? Null if nothing in the event says so. */
  readonly isSentTo: AddressTest | null
  /** Out of an archive: flags its record, and leaves it its address. */
  readonly keepsAddress?: boolean
  /** Of a `shared` one: the removal that it goes back to. */
  readonly sharedFrom?: SharedFrom
}

/** The event that took the address from its own record, and the threshold that it reached, if any. */
export interface SharedFrom {
  readonly eventId: string
  readonly promotedBy: string | null
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
  /** What it did to its record; `none` if it is not new. */
  readonly effect: RecordEffect
}

/**
 * What an event did to its record. `none`: nothing, since it is neither bounce nor complaint, or belongs to no record.
 * `complained`: its complaint is counted. `absent`: counted, while the CRM has
 * no such record. `counted`: counted and no more, the record has another address by now. `flagged`: the record is
 * flagged as bounced. `removed`: that, and the address is taken from it. `held`: flagged, and removed
 * once people decide so, since an incident lasts. `alive`: it is not a bounce but a proof that
 * somebody reads the mail, so that soft bounces are counted anew towards thresholds.
 */
export const recordEffects = [
  'none',
  'alive',
  'complained',
  'absent',
  'counted',
  'flagged',
  'removed',
  'held',
] as const

export type RecordEffect = (typeof recordEffects)[number]

/** What metrics count: `promoted` is a removal after repeated soft bounces, `undone` an event that was taken back. */
export const countedEffects = [...recordEffects, 'promoted', 'undone'] as const

export type CountedEffect = (typeof countedEffects)[number]
