// The rows of each table as the databases answer them: `rowsOf` types its queries by this list. Times are epoch
// milliseconds; MySQL gives booleans as 0 and 1, and numbers beyond 2^53 as strings.

import type { Category } from '../../model/categories.ts'
import type { IncidentDecision, SignKind } from '../../model/incident.ts'
import type { Kind } from '../../model/report.ts'
import type { RuleSection, RuleSource, RuleStage, RuleType } from '../../model/rule.ts'
import type { ViewList } from '../../model/saved-view.ts'
import type { BounceType } from '../../model/verdict.ts'
import type { Store } from './open.ts'
import type { BounceRow, CampaignRow, RecordRow } from './rows.ts'

export interface AuditTableRow {
  readonly id: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly module: string | null
  readonly record_id: string | null
  readonly event_id: number | null
  readonly before: string | null
}

/** What is counted, or to be added, per campaign. */
export interface CampaignCountRow {
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly blocked_bounces: number
  readonly complaints: number
}

export interface CampaignDeltaRow extends CampaignCountRow {
  readonly id: number
  readonly campaign_id: string
}

/** How a campaign counts a record. */
export interface StandingRow {
  readonly campaign_id: string
  readonly module: string
  readonly record_id: string
  readonly type: BounceType | null
  readonly blocked: number | boolean
  readonly event_id: number | null
  readonly complaint_event_id: number | null
}

/** Filters of a list under a name. */
export interface SavedViewRow {
  readonly id: number
  readonly list: ViewList
  readonly name: string
  /** JSON. */
  readonly filters: string
  readonly saved_by: string
  readonly changed_at: number
}

/** How far removals were looked at; one row, as long as REBOUND_SPREAD is on. */
export interface SpreadRow {
  readonly id: number
  readonly recorded_at: number
  readonly event_id: number
}

/** A day that is over, or of which sends were counted. */
export interface DayRow {
  readonly day: number
  readonly sent: number
  readonly counted: number | boolean
  readonly changes: number
}

/** What a day came to; empty texts for none. */
export interface DayCountRow {
  readonly day: number
  readonly kind: Kind
  readonly type: BounceType | ''
  readonly category: Category | ''
  readonly provider: string
  readonly events: number
}

export interface EvidenceRow {
  readonly id: number
  readonly at: number
  readonly kind: Kind
  readonly event_id: number | null
  readonly body: string
}

export interface IncidentRow {
  readonly id: number
  readonly sign: SignKind
  readonly subject: string
  readonly open_key: string | null
  readonly opened_at: number
  readonly last_sign_at: number
  readonly ended_at: number | null
  readonly records: number
  readonly domains: number
  readonly decision: IncidentDecision | null
  readonly decided_at: number | null
  readonly decided_by: string | null
  readonly reason: string | null
  /** What the receiver of webhooks heard: 0 nothing, 1 that it was opened, 2 that it ended. */
  readonly told: number
}

export interface KeyRow {
  readonly check_value: string
  readonly key_id: number
  readonly first_used_at: number
  readonly retired_at: number | null
}

export interface MailboxRow {
  readonly name: string
  readonly owner: string | null
  readonly leased_until: number
  readonly uid_validity: string
  readonly last_uid: number
  readonly seen: string
}

export interface ModuleRow {
  readonly number: number
  readonly module: string
  readonly retired_at: number | null
}

export interface OutboxRow {
  readonly id: number
  readonly event_id: number
  readonly created_at: number
  readonly due_at: number | null
  readonly lease: string | null
  readonly attempts: number
  readonly last_error: string | null
}

/** Whom a stored path or a Message-ID stands for. */
export interface SendRow {
  readonly module: string
  readonly record_id: string
  readonly campaign_id: string | null
  readonly mail_id: string | null
  readonly address_check: string | null
  readonly issued_at: number
}

export interface RefusedRow {
  readonly fingerprint: string
  readonly code: string
  readonly first_at: number
  readonly last_at: number
  readonly attempts: number
}

export interface ReplyRow {
  readonly event_id: number
  readonly received_at: number
  readonly sender: string | null
  readonly reply_to: string | null
  readonly subject: string | null
  readonly body: string
  readonly bytes: number
}

export interface RuleRow {
  readonly position: number
  readonly id: string
  readonly section: RuleSection
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly source: RuleSource
  readonly enabled: number | boolean
  readonly category: Category | null
  readonly note: string | null
  readonly hits: number
  readonly last_hit_at: number | null
  readonly removed_at: number | null
}

export interface StrippedRow {
  readonly event_id: number
  readonly at: number
  readonly detail: string
  readonly code: string
}

export interface ThresholdRow {
  readonly category: string
  readonly bounces: number
  readonly days: number
  readonly after_id: number
  readonly since: number
}

/** What a command counted. */
export interface ToldCount {
  readonly what: 'sends' | 'undone' | 'imported'
  /** The provider of sends, the kind of what was imported; otherwise empty. */
  readonly word: string
  readonly count: number
}

export interface Tables {
  rebound_audit: AuditTableRow
  rebound_bounces: BounceRow & {
    readonly fingerprint: string
    readonly repeats: number
    readonly incident_id: number | null
  }
  rebound_campaign_deltas: CampaignDeltaRow
  rebound_campaign_records: StandingRow
  rebound_campaign_results: CampaignRow
  rebound_campaigns: CampaignRow & { readonly closed_at: number | null }
  rebound_contacts: RecordRow
  rebound_companies: RecordRow
  rebound_day_counts: DayCountRow
  rebound_days: DayRow
  rebound_leads: RecordRow
  rebound_evidence: EvidenceRow
  rebound_incidents: IncidentRow
  rebound_keys: KeyRow
  rebound_mailboxes: MailboxRow
  rebound_message_ids: SendRow & { readonly message_id_hash: string }
  rebound_mints: { readonly id: string; readonly at: number }
  rebound_modules: ModuleRow
  rebound_node_clocks: { readonly server: string; readonly at: number }
  rebound_outbox: OutboxRow
  rebound_refused: RefusedRow
  rebound_replies: ReplyRow
  rebound_return_paths: SendRow & { readonly token: string }
  rebound_rules: RuleRow
  rebound_saved_views: SavedViewRow
  rebound_spread: SpreadRow
  rebound_stripped: StrippedRow
  rebound_thresholds: ThresholdRow
  rebound_told_counts: ToldCount & { readonly id: number }
  rebound_versions: { readonly name: string; readonly version: number }
}

/** A query of one of our tables, whose answer has the type of its rows. */
export const rowsOf = <Name extends keyof Tables>({ knex }: Pick<Store, 'knex'>, name: Name) =>
  knex<Tables[Name]>(name)
