// What one event does to its record and its campaign. Pure, so that every combination can be tested as a table.

import { type Category, groupOf } from '../model/categories.ts'
import type { Concern, RecordEffect, SharedFrom } from '../model/event.ts'
import type { Kind } from '../model/report.ts'
import type { BounceType } from '../model/verdict.ts'

export interface RecordState {
  readonly email: string | null
  readonly emailBounced: boolean
  readonly bouncedAddress: string | null
  /** Since the last reset. */
  readonly hardBounces: number
  readonly softBounces: number
  /** Epoch milliseconds. */
  readonly lastBounceAt: number | null
  /** For life. */
  readonly complaints: number
  readonly lastComplaintAt: number | null
  /** The CRM's own table has no such record: its bounces are counted, and nothing else happens to it. */
  readonly isAbsent?: true
  /** A complaint that nobody can have forged: the CRM's own opt-out is to be set. */
  readonly optsOut?: true
}

/** Kinds of events that change their record. */
export const effectiveKinds: readonly Kind[] = ['bounce', 'complaint']

/** How one record stands in one campaign's counts. */
export interface CampaignRecordState {
  /** The type it is counted at; null while only a complaint is known. */
  readonly type: BounceType | null
  /** The counted bounce is the sender's fault: a part of soft. */
  readonly blocked: boolean
  readonly complained: boolean
}

export interface Facts {
  readonly kind: Kind
  readonly concern: Concern
  readonly verdict: { readonly category: Category; readonly type: BounceType } | null
  /** The link is proven, or the operator trusts claimed ones. */
  readonly trusted: boolean
  /** Nothing that we signed says so: anyone who knows an id could have named it. */
  readonly isClaim: boolean
  /** When the event was received, epoch milliseconds. */
  readonly at: number
  /** The address the report names. */
  readonly reported: string | null
  /** Is the record's current address the one the mail was sent to? Null: the path carries no check. */
  readonly currentMatches: boolean | null
  readonly reportedMatches: boolean
  /** Somebody, or a program of theirs, took the mail: the address works. */
  readonly provesLife: boolean
  /** Whatever the verdict, the record keeps its address: nobody asked to have it removed. */
  readonly keepsAddress: boolean
  /** A bounce of another record took the address that is this one's too: so does this. */
  readonly sharedFrom: SharedFrom | null
}

export interface CampaignCounts {
  readonly hard: number
  readonly soft: number
  readonly blocked: number
  readonly complaints: number
}

export interface Effects {
  /**
   * The type as it counts: a claimed link and an expanded alias are soft whatever the category; somebody else's block
   * counts for nobody and has none.
   */
  readonly type: BounceType | null
  readonly effect: RecordEffect
  /** The record afterwards; null when nothing about it changes. */
  readonly record: RecordState | null
  /** The threshold that this soft bounce reached, as the setting writes it; it removed the address. */
  readonly promotedBy?: string
  /** The incident that holds the removal. */
  readonly incidentId?: number
  /** The campaign's view of the record afterwards, and what to add to its counts; null when nothing changes. */
  readonly campaign: { readonly state: CampaignRecordState; readonly add: CampaignCounts } | null
  /** The address the event counts for, where the check vouches for it. */
  readonly address: string | null
  /** The type to which the campaign's count moved or, without a campaign, the record's first since its reset. */
  readonly movedTo: BounceType | null
}

const nobody: RecordState = {
  email: null,
  emailBounced: false,
  bouncedAddress: null,
  hardBounces: 0,
  softBounces: 0,
  lastBounceAt: null,
  complaints: 0,
  lastComplaintAt: null,
}

const uncounted: CampaignRecordState = { type: null, blocked: false, complained: false }

/**
 * What an event does.
 * @param record the record as it stands; null when it has never been seen
 * @param campaign null when the mail belongs to no campaign; `new` when the campaign has not yet counted the record
 */
export function effectsOf(
  record: RecordState | null,
  campaign: CampaignRecordState | 'new' | null,
  facts: Facts,
): Effects {
  const before = record ?? nobody
  const address = countedAddress(before, facts)
  const counts = facts.kind === 'bounce' && facts.concern !== 'other'
  const type = counts && facts.verdict ? countedType(facts, facts.verdict.type) : null
  const counted = campaign === 'new' ? uncounted : campaign

  if (facts.provesLife && facts.trusted && facts.concern !== 'other')
    return { type, effect: 'alive', record: null, campaign: null, address, movedTo: null }
  // A claim acts on what is there and makes nothing: guessed ids must not fill the CRM.
  if (facts.isClaim && (record === null || record.isAbsent))
    return { type, effect: 'none', record: null, campaign: null, address, movedTo: null }
  if (facts.kind === 'complaint' && facts.concern !== 'other')
    return {
      type,
      effect: before.isAbsent ? 'absent' : 'complained',
      record: withComplaint(record, facts),
      campaign: complaint(counted),
      address,
      movedTo: null,
    }
  if (!counts || !facts.verdict || !type)
    return { type, effect: 'none', record: null, campaign: null, address, movedTo: null }

  const { effect, state } = onRecord(record, facts, type)
  const moved = counted && onCampaign(counted, type, groupOf(facts.verdict.category) === 'blocked')
  const first = (type === 'hard' ? before.hardBounces : before.softBounces) === 0
  const isOfAMail = !facts.isClaim && facts.sharedFrom === null
  const moves = isOfAMail && (counted ? moved !== null : first)
  const promotedBy = facts.sharedFrom?.promotedBy ?? null
  return {
    type,
    effect,
    record: state,
    campaign: moved,
    address,
    movedTo: moves ? type : null,
    ...(promotedBy === null ? {} : { promotedBy }),
  }
}

/**
 * The same while an incident holds removals: flags, counts and history go on, and the record keeps its address.
 * @param before the record as it stood
 */
export function heldBack(effects: Effects, before: RecordState | null, incidentId: number): Effects {
  const { effect, record } = effects
  if (effect !== 'removed' || record === null) return effects
  const kept = { ...record, email: record.bouncedAddress, bouncedAddress: before?.bouncedAddress ?? null }
  return { ...effects, effect: 'held', record: kept, incidentId }
}

function countedType(facts: Facts, type: BounceType): BounceType {
  return facts.trusted && facts.concern !== 'expanded' ? type : 'soft'
}

function countedAddress(before: RecordState, facts: Facts): string | null {
  if (facts.currentMatches === true && before.email !== null) return before.email
  return facts.reportedMatches ? facts.reported : null
}

function onRecord(
  record: RecordState | null,
  facts: Facts,
  type: BounceType,
): { readonly effect: RecordEffect; readonly state: RecordState } {
  const proven = facts.reportedMatches ? facts.reported : null
  // First seen in a bounce: it gets an address only where the check vouches for it.
  const before = record ?? { ...nobody, email: proven }
  const matches = record ? facts.currentMatches : proven !== null
  const counts = {
    hardBounces: before.hardBounces + (type === 'hard' ? 1 : 0),
    softBounces: before.softBounces + (type === 'soft' ? 1 : 0),
    lastBounceAt: Math.max(before.lastBounceAt ?? 0, facts.at),
  }
  if (before.isAbsent) return { effect: 'absent', state: { ...before, ...counts } }
  // A new address by now: the bounce was of another one, and says nothing about this.
  if (before.email !== null && matches === false)
    return { effect: 'counted', state: { ...before, ...counts } }
  const flagged = { ...before, ...counts, emailBounced: true }
  if ((type === 'soft' && facts.sharedFrom === null) || (facts.keepsAddress && before.email !== null))
    return { effect: 'flagged', state: flagged }
  if (before.email !== null && matches === true)
    return { effect: 'removed', state: { ...flagged, email: null, bouncedAddress: before.email } }
  if (before.email === null && proven !== null)
    return { effect: 'flagged', state: { ...flagged, bouncedAddress: proven } }
  return { effect: 'flagged', state: flagged }
}

const ranks = { hard: 2, soft: 1 } as const
const rank = (type: BounceType | null): number => (type === null ? 0 : ranks[type])

/** One record counts once per campaign, at its worst type: the first event of that type is the counted one. */
function onCampaign(before: CampaignRecordState, type: BounceType, blocked: boolean): Effects['campaign'] {
  if (rank(type) <= rank(before.type)) return null
  const state = { ...before, type, blocked: blocked && type === 'soft' }
  const softBefore = before.type === 'soft' ? 1 : 0
  return {
    state,
    add: {
      hard: type === 'hard' ? 1 : 0,
      soft: (type === 'soft' ? 1 : 0) - softBefore,
      blocked: (state.blocked ? 1 : 0) - (before.blocked ? 1 : 0),
      complaints: 0,
    },
  }
}

function withComplaint(
  record: RecordState | null,
  { at, trusted, reported, reportedMatches }: Facts,
): RecordState {
  const before = record ?? { ...nobody, email: reportedMatches ? reported : null }
  return {
    ...before,
    complaints: before.complaints + 1,
    lastComplaintAt: Math.max(before.lastComplaintAt ?? 0, at),
    ...(trusted && !before.isAbsent ? { optsOut: true as const } : {}),
  }
}

function complaint(before: CampaignRecordState | null): Effects['campaign'] {
  if (!before || before.complained) return null
  return { state: { ...before, complained: true }, add: { hard: 0, soft: 0, blocked: 0, complaints: 1 } }
}
