// Rows as the database gives them, and the nouns of `model.ts` made of them.

import type { Campaign } from '../../model/campaign.ts'
import type { Category } from '../../model/categories.ts'
import type { Concern, RecordEffect } from '../../model/event.ts'
import type { CrmRecord } from '../../model/record.ts'
import type { Kind } from '../../model/report.ts'
import type { LinkedBy } from '../../model/return-path.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import type { BounceType, Rung } from '../../model/verdict.ts'

/** Times are epoch milliseconds; MySQL gives booleans as 0 and 1, and numbers beyond 2^53 as strings. */
export interface RecordRow {
  readonly id: string
  readonly email: string | null
  readonly email_bounced: number | boolean
  readonly bounced_address: string | null
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly last_bounce_at: number | null
  readonly reset_at: number | null
}

export interface CampaignRow {
  readonly id: string
  readonly number: number
  readonly name: string | null
  readonly sent: number
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly blocked_bounces: number
  readonly complaints: number
}

export interface BounceRow {
  readonly id: number
  readonly received_at: number
  readonly recorded_at: number
  readonly kind: string
  readonly type: string | null
  readonly category: string | null
  readonly permanent: number | boolean | null
  readonly status: string | null
  readonly reply_code: number | null
  readonly diagnostic: string | null
  readonly address: string | null
  readonly reported_address: string | null
  readonly module: string | null
  readonly record_id: string | null
  readonly campaign_id: string | null
  readonly mail_id: string | null
  readonly linked_by: string | null
  readonly concern: string
  readonly decided_by: string | null
  readonly decided_rule: string | null
  readonly decided_text: string | null
  readonly subject: string | null
  readonly original_message_id: string | null
  readonly envelope_id: string | null
  readonly reporting_mta: string | null
  readonly remote_mta: string | null
  readonly client_ip: string
  readonly return_path: string
  readonly effect: string
  readonly undone_at: number | null
}

const keptOfEvents = [
  'received_at',
  'recorded_at',
  'kind',
  'type',
  'category',
  'permanent',
  'status',
  'reply_code',
  'diagnostic',
  'address',
  'reported_address',
  'module',
  'record_id',
  'campaign_id',
  'mail_id',
  'linked_by',
  'concern',
  'decided_by',
  'decided_rule',
  'decided_text',
  'subject',
  'original_message_id',
  'envelope_id',
  'reporting_mta',
  'remote_mta',
  'client_ip',
  'return_path',
  'effect',
] as const satisfies readonly (keyof BounceRow)[]

/** What is written of an event, in the order of `eventRow`. */
export const eventColumns = ['fingerprint', ...keptOfEvents] as const

/** The columns of a StoredBounce: what lists select. */
export const bounceColumns = [
  'id',
  ...keptOfEvents,
  'undone_at',
] as const satisfies readonly (keyof BounceRow)[]

export const recordColumns = [
  'id',
  'email',
  'email_bounced',
  'bounced_address',
  'hard_bounces',
  'soft_bounces',
  'last_bounce_at',
  'reset_at',
] as const satisfies readonly (keyof RecordRow)[]

/** One order for all servers, so that none waits for another that waits for it. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const date = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))

export function toRecord(module: string, row: RecordRow): CrmRecord {
  return {
    module,
    id: row.id,
    email: row.email,
    emailBounced: Boolean(row.email_bounced),
    bouncedAddress: row.bounced_address,
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    lastBounceAt: date(row.last_bounce_at),
    resetAt: date(row.reset_at),
  }
}

export function toCampaign(row: CampaignRow): Campaign {
  return {
    id: row.id,
    number: Number(row.number),
    name: row.name,
    sent: Number(row.sent),
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    blockedBounces: row.blocked_bounces,
    complaints: row.complaints,
  }
}

export function toBounce(row: BounceRow): StoredBounce {
  return {
    id: String(row.id),
    receivedAt: new Date(Number(row.received_at)),
    recordedAt: new Date(Number(row.recorded_at)),
    // The words below were written by us, from closed vocabularies.
    kind: row.kind as Kind,
    type: row.type as BounceType | null,
    category: row.category as Category | null,
    permanent: row.permanent === null ? null : Boolean(row.permanent),
    status: row.status,
    replyCode: row.reply_code,
    diagnostic: row.diagnostic,
    address: row.address,
    reportedAddress: row.reported_address,
    module: row.module,
    recordId: row.record_id,
    campaignId: row.campaign_id,
    mailId: row.mail_id,
    linkedBy: row.linked_by as LinkedBy | null,
    concern: row.concern as Concern,
    decidedBy: row.decided_by as Rung | null,
    decidedRule: row.decided_rule,
    decidedText: row.decided_text,
    subject: row.subject,
    originalMessageId: row.original_message_id,
    envelopeId: row.envelope_id,
    reportingMta: row.reporting_mta,
    remoteMta: row.remote_mta,
    clientIp: row.client_ip,
    returnPath: row.return_path,
    effect: row.effect as RecordEffect,
    undoneAt: date(row.undone_at),
  }
}
